"""Edit an event, or it and all later ones of its series.

A new start reschedules them, after staff have seen who will be texted.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NoReturn

import streamlit as st
from sqlalchemy.orm import Session

from db.models import Event
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.events import overbook
from pages.events.form import (
    LABELS,
    about,
    ask_about_past,
    day_and_time,
    draw_about,
    is_past,
    refuse_all_at_once,
    start_is_typed_over,
    start_of,
)
from pages.events.series import ask_scope
from pages.parts import dialog, forms, page_state
from pages.parts.conflict import Editing
from pages.parts.context import actor, now, reading, transaction, venue
from pages.parts.dialog_buttons import close
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.format import plain, when
from pages.parts.permissions import need
from venue import acts, events
from venue.errors import Conflict, Invalid, Overbooked
from venue.events import series
from venue.roles import Permission
from venue.wording import counted

need(Permission.EVENTS)
event_id = page_state.subject()


def read() -> Event:
    with reading(actor()) as session:
        return events.get(session, event_id)


def stored(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in LABELS}


def read_coming() -> series.Coming:
    with reading(actor()) as session:
        return series.coming(session, event_id, now=now())


event, coming = forms.opened("edit", lambda: (read(), read_coming()))
repeats = len(coming.events) > 1
editing = Editing("edit", LABELS, was=stored(event), read=lambda: stored(read()))
token = forms.token("edit")

st.title("Edit event", anchor=False)
if repeats:
    st.caption("Part of a series: Save asks whether to change all later ones. A new date is for this event only.")
draft = st.container()
# Enter in the name would save an event of which only that was typed.
with st.form(f"edit.{token}", enter_to_submit=False, width=FORM_WIDTH):
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


def new_time() -> time | None:
    """The new time of day, if the day is as it was."""
    day, at = day_and_time(fields)
    local = event.starts_at.astimezone(venue().zone)
    return at if day == local.date() and at != local.time().replace(second=0, microsecond=0) else None


def is_for_all() -> bool:
    """Whether to change all coming events of the series: staff were asked when they pressed Save."""
    return bool(page_state.get("for_all"))


def save(version: int) -> None:
    with fields.checked():
        typed = changed()
        how: dict[str, Any] = {
            "version": version,
            "was": editing.was,
            "now": now(),
            "tell_customers": page_state.get("tell_customers", True),
        }
        try:
            with transaction(actor()) as session:
                saved_events = save_all(session, typed, how) if is_for_all() else [save_one(session, typed, how)]
                entry = acts.last_entry(session)
        except Conflict as conflict:
            editing.meet(conflict)
        except Overbooked as problem:
            overbook.ask_or_refuse(problem)
            return
        words = f"{counted(len(saved_events), 'event')} saved" if is_for_all() else f"{saved_events[0].name} saved"
        toast(f"{words}{editing.also_changed(typed)}", undo=entry)
        if "starts_at" in typed and start_of(fields).note:
            toast(start_of(fields).note)
        back()


def save_one(session: Session, typed: dict[str, Any], how: dict[str, Any]) -> Event:
    reason = page_state.get("overbooked_reason", "")
    return events.update(session, event_id, overbooked_reason=reason, **typed, **how)


def save_all(session: Session, typed: dict[str, Any], how: dict[str, Any]) -> Sequence[Event]:
    values = {name: value for name, value in typed.items() if name != "starts_at"}
    try:
        at = new_time() if "starts_at" in typed else None
        return series.update_coming(session, event_id, versions=coming.versions, at=at, **values, **how)
    except Invalid:
        # Staff have read which others were changed: saving again writes over them.
        forms.set_opened("edit", (event, read_coming()))
        raise


def save_or_ask(*, even_in_the_past: bool = False) -> None:
    """Save the form. An event with guests to text or reminders to move is only rescheduled after a confirmation."""
    with fields.checked():
        refuse_all_at_once(fields)
        typed = changed()
        start = typed.get("starts_at")
        if start is not None and not even_in_the_past and is_past(start):
            dialog.open("past", start)
        is_other_day = start is not None and new_time() is None
        if repeats and typed and not is_other_day and page_state.get("for_all") is None:
            dialog.open("scope", coming)
        if start is not None:
            ask_if_guests_are_texted(start)
        save(event.version)


def ask_if_guests_are_texted(start: datetime) -> None:
    at = new_time()
    with reading(actor()) as session:
        if is_for_all() and at is not None:
            moving = series.preview_move(session, event_id, at=at, now=now())
            to = f"{counted(len(coming.events), 'event')} to {at:%H:%M}"
        else:
            moving = events.preview_move(session, event_id, starts_at=start, now=now())
            to = f"To {when(start)}"
    if moving.guests_texted or moving.unreachable or moving.reminders_replaced or moving.offers_taken_back:
        dialog.open("moving", (to, moving))


def ask_about_moving(asked: tuple[str, events.MovePreview]) -> None:
    """A dialog: how many guests will be texted, and who can't be. The answer is whether to text them."""
    to, moving = asked
    st.markdown(f"**{to}**")
    st.markdown(f"{counted(moving.guests_texted, 'guest')} will be texted; reminders move with it.")
    if moving.offers_taken_back:
        offers = counted(moving.offers_taken_back, "open offer")
        st.markdown(f"{offers} of the waitlist will be taken back: these guests are texted too, and wait again.")
    if moving.unreachable:
        st.warning(plain(f"Can't be texted: {', '.join(moving.unreachable)}. Call them instead."))
    texts_guests = st.checkbox("Text the customers", True)
    texted = moving.guests_texted + moving.offers_taken_back
    and_text = f" and text {counted(texted, 'guest')}" if texts_guests and texted else ""
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


def back() -> NoReturn:
    forms.finish("edit")
    page_state.go("events/one.py", id=event_id)


if cancelled:
    back()
if saved:
    editing.begin_saving()
    page_state.delete("tell_customers")
    page_state.delete("for_all")
    page_state.delete("overbooked_reason")
    save_or_ask()
if dialog.pop_answer("past"):
    save_or_ask(even_in_the_past=True)
for_all = dialog.pop_answer("scope")
if for_all is not None:
    page_state.set("for_all", for_all)
    save_or_ask(even_in_the_past=True)
tell_customers = dialog.pop_answer("moving")
if tell_customers is not None:
    page_state.set("tell_customers", tell_customers)
    save(event.version)
reason = dialog.pop_answer("overbook")
if reason is not None:
    page_state.set("overbooked_reason", reason)
    save(event.version)
version = editing.ask(event.name, yours=yours())
if version is not None:
    save(version)
dialog.draw(
    {
        "scope": (f"Change {event.name}", ask_scope),
        "overbook": (f"Fewer seats than booked: {event.name}", overbook.ask),
        "past": (f"This date is in the past: {event.name}", ask_about_past),
        "moving": (f"Reschedule {event.name}?", ask_about_moving),
    }
)
