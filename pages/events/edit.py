"""Edit an event. A new start reschedules it, after staff have seen who will be texted."""

from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from pages.elements.drafts import keep_draft
from pages.elements.toast import tell
from pages.events.form import (
    LABELS,
    about,
    asks_about_past,
    draw_about,
    draw_past_question,
    refuse_all_at_once,
    start_is_typed_over,
    start_of,
)
from pages.parts import page_state
from pages.parts.conflict import also_changed, ask_whose, begin_saving, changed_since, meet, typed_over
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import counted, plain, when
from venue import events
from venue.errors import Conflict, Invalid

event_id = page_state.subject()
if page_state.remembered("opened") is None:
    with reading(actor()) as session:
        page_state.remember("opened", events.get(session, event_id))
event = page_state.remembered("opened")
was = {name: getattr(event, name) for name in LABELS}
token = page_state.form_token("edit")

st.title("Edit event", anchor=False)
draft = st.container()
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_about(fields, event)
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("edit", draft)


def changed() -> dict[str, Any]:
    """The fields that were changed. Raises Invalid for an unreadable date or time."""
    start = {"starts_at": start_of(fields).instant} if start_is_typed_over(fields, event.starts_at) else {}
    return typed_over(about(fields) | start, was)


def save(version: int, *, tell_customers: bool) -> None:
    with fields.checked():
        typed = changed()
        try:
            with transaction(actor()) as session:
                edited = events.update(
                    session, event_id, version=version, was=was, **typed, now=now(), tell_customers=tell_customers
                )
        except Conflict as conflict:
            page_state.remember("theirs", changed_by_others())
            meet(conflict)
        tell(f"{edited.name} saved{also_changed(LABELS, changed_by_others(), typed)}")
        if "starts_at" in typed and start_of(fields).note:
            tell(start_of(fields).note)
        back()


def changed_by_others() -> dict[str, Any]:
    with reading(actor()) as session:
        row = events.row(session, event_id)
    return changed_since(was, {name: getattr(row, name) for name in LABELS})


def save_or_ask_about_moving() -> None:
    """Save the form. An event with guests to text or reminders to move is only rescheduled after a confirmation."""
    with fields.checked():
        refuse_all_at_once(fields)
        start = changed().get("starts_at")
        if start is not None and asks_about_past(fields):
            return
        if start is not None:
            with reading(actor()) as session:
                moving = events.preview_move(session, event_id, starts_at=start, now=now())
            if moving.guests_texted or moving.unreachable or moving.reminders_replaced:
                page_state.remember("moving", (start, moving))
                return
        save(event.version, tell_customers=True)


def ask_about_moving(asked: tuple[datetime, events.MovePreview]) -> None:
    """Confirm rescheduling: how many guests will be texted, and who can't be."""
    start, moving = asked
    st.markdown(f"**To {when(start)}**")
    st.markdown(f"{counted(moving.guests_texted, 'guest')} will be texted; reminders move with it.")
    if moving.unreachable:
        st.warning(plain(f"Can't be texted: {', '.join(moving.unreachable)}. Call them instead."))
    texts_guests = st.checkbox("Text the customers", True)
    count = counted(moving.guests_texted, "guest")
    and_text = f" and text {count}" if texts_guests and moving.guests_texted else ""
    with st.container(horizontal=True):
        moved = st.button(f"Reschedule{and_text}", type="primary", key="moving.sure")
        cancelled = st.button("Cancel", type="tertiary", key="moving.cancel")
    if moved or cancelled:
        page_state.forget("moving")
    if moved:
        page_state.remember("texts guests", texts_guests)
        page_state.remember("move", True)
    if moved or cancelled:
        st.rerun()


def yours() -> list[str]:
    try:
        return list(changed())
    except Invalid:
        return []


def back() -> None:
    page_state.finish_form("edit")
    page_state.go("events/one.py", id=event_id)


if cancelled:
    back()
if saved:
    begin_saving()
    page_state.forget("texts guests")
    save_or_ask_about_moving()
if page_state.take("save past"):
    save_or_ask_about_moving()
if page_state.take("move"):
    save(event.version, tell_customers=page_state.remembered("texts guests"))
chosen = ask_whose(LABELS, name=event.name, yours=yours(), theirs=page_state.remembered("theirs"))
if chosen is not None:
    save(chosen, tell_customers=page_state.remembered("texts guests", True))
asked = page_state.remembered("moving")
if asked is not None:
    st.dialog(plain(f"Reschedule {event.name}?"), on_dismiss=partial(page_state.forget, "moving"))(ask_about_moving)(
        asked
    )
draw_past_question(event.name)
