"""Change an event. A new start moves it: first it says who will be told."""

from datetime import datetime
from functools import partial

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import ask_whose, meet
from pages.parts.desk import actor, now, reading, transaction
from pages.parts.event_form import LABELS, about, draw_about, start_of
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.told import tell
from pages.parts.words import counted, plain, when
from venue import events
from venue.errors import Conflict

event_id = visit.subject()
if visit.remembered("opened") is None:
    with reading(actor()) as session:
        visit.remember("opened", events.get(session, event_id))
event = visit.remembered("opened")
token = visit.form_token("edit")

st.title("Edit event", anchor=False)
with st.form(f"edit.{token}", width=FORM_WIDTH):
    fields = Fields(token)
    draw_about(fields, event)
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")


def save(version: int, *, tell_customers: bool) -> None:
    with fields.checked():
        start = start_of(fields)
        try:
            with transaction(actor()) as session:
                events.update(
                    session,
                    event_id,
                    version=version,
                    **about(fields),
                    starts_at=start.instant,
                    now=now(),
                    tell_customers=tell_customers,
                )
        except Conflict as conflict:
            meet(conflict)
        tell(f"{fields['name']} is saved")
        if start.note:
            tell(start.note)
        back()


def move_or_ask() -> None:
    """Before an event with bookings moves it is asked about; one without just moves."""
    with fields.checked():
        start = start_of(fields).instant
        with reading(actor()) as session:
            moving = events.moving(session, event_id, starts_at=start, now=now())
        if moving.told or moving.cannot_be_told or moving.reminders_replaced:
            visit.remember("moving", (start, moving))
        else:
            save(event.version, tell_customers=True)


def ask_about_moving(asked: tuple[datetime, events.Moving]) -> None:
    """How many will be told, who cannot be, which reminders are replaced."""
    start, moving = asked
    st.markdown(f"**To {when(start)}**")
    st.markdown(
        f"{counted(moving.told, 'customer')} will be texted, "
        f"{counted(moving.reminders_replaced, 'planned reminder')} will be replaced."
    )
    if moving.cannot_be_told:
        st.warning(plain("Texts cannot reach " + ", ".join(moving.cannot_be_told) + ": they need a call."))
    telling = st.checkbox("Text the customers", True)
    if st.button("Move the event", type="primary"):
        visit.forget("moving")
        visit.remember("move", visit.remember("telling", telling))
        st.rerun()


def is_moved() -> bool:
    try:
        return start_of(fields).instant != event.starts_at
    except events.Invalid:
        return False


def back() -> None:
    visit.go("event.py", id=event_id)


if cancelled:
    back()
if saved:
    visit.forget("conflict")
    visit.forget("telling")
    if is_moved():
        move_or_ask()
    else:
        save(event.version, tell_customers=False)
move = visit.take("move")
if move is not None:
    save(event.version, tell_customers=move)
chosen = ask_whose(LABELS)
if chosen is not None:
    save(chosen, tell_customers=visit.remembered("telling", True))
asked = visit.remembered("moving")
if asked is not None:
    st.dialog("Move the event?", on_dismiss=partial(visit.forget, "moving"))(ask_about_moving)(asked)
