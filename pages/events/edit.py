"""Edit an event. A new start reschedules it, after staff have seen who will be texted."""

from datetime import datetime
from typing import Any

import streamlit as st

from db.models import Event
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.events.form import (
    LABELS,
    about,
    ask_about_past,
    draw_about,
    is_past,
    refuse_all_at_once,
    start_is_typed_over,
    start_of,
)
from pages.parts import dialog, forms, page_state
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction
from pages.parts.dialog_buttons import close
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain, when
from pages.parts.permissions import need
from venue import acts, events
from venue.errors import Conflict, Invalid
from venue.roles import Permission
from venue.wording import counted

need(Permission.EVENTS)
event_id = page_state.subject()


def read() -> Event:
    with reading(actor()) as session:
        return events.get(session, event_id)


def stored(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in LABELS}


event = forms.opened("edit", read)
editing = Editing("edit", LABELS, was=stored(event), read=lambda: stored(read()))
token = forms.token("edit")

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
    return editing.changed(about(fields) | start)


def save(version: int) -> None:
    with fields.checked():
        typed = changed()
        try:
            with transaction(actor()) as session:
                edited = events.update(
                    session,
                    event_id,
                    version=version,
                    was=editing.was,
                    **typed,
                    now=now(),
                    tell_customers=page_state.get("tell_customers", True),
                )
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        toast(f"{edited.name} saved{editing.also_changed(typed)}", undo=entry)
        if "starts_at" in typed and start_of(fields).note:
            toast(start_of(fields).note)
        back()


def save_or_ask(*, even_in_the_past: bool = False) -> None:
    """Save the form. An event with guests to text or reminders to move is only rescheduled after a confirmation."""
    with fields.checked():
        refuse_all_at_once(fields)
        start = changed().get("starts_at")
        if start is not None and not even_in_the_past and is_past(start):
            dialog.open("past", start)
        if start is not None:
            with reading(actor()) as session:
                moving = events.preview_move(session, event_id, starts_at=start, now=now())
            if moving.guests_texted or moving.unreachable or moving.reminders_replaced:
                dialog.open("moving", (start, moving))
        save(event.version)


def ask_about_moving(asked: tuple[datetime, events.MovePreview]) -> None:
    """A dialog: how many guests will be texted, and who can't be. The answer is whether to text them."""
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
    if moved:
        dialog.answer(texts_guests)
    if cancelled:
        close()


def yours() -> list[str]:
    try:
        return list(changed())
    except Invalid:
        return []


def back() -> None:
    forms.finish("edit")
    page_state.go("events/one.py", id=event_id)


if cancelled:
    back()
if saved:
    editing.begin_saving()
    page_state.delete("tell_customers")
    save_or_ask()
if dialog.pop_answer("past"):
    save_or_ask(even_in_the_past=True)
tell_customers = dialog.pop_answer("moving")
if tell_customers is not None:
    page_state.set("tell_customers", tell_customers)
    save(event.version)
version = editing.ask(event.name, yours=yours())
if version is not None:
    save(version)
dialog.draw(
    {
        "past": (f"This date is in the past: {event.name}", ask_about_past),
        "moving": (f"Reschedule {event.name}?", ask_about_moving),
    }
)
