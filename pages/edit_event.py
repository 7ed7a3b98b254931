"""Change an event. A new start moves it: first it says who will be told."""

import streamlit as st

from pages.parts import visit
from pages.parts.conflict import draw_conflict, meet
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
above = st.container()  # As on a customer's form: below it nobody would see that there is something to choose.
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


def ask_about_moving() -> None:
    """Before an event with bookings moves: how many will be told, who cannot be, which reminders are replaced."""
    with fields.checked():
        start = start_of(fields)
        with reading(actor()) as session:
            moving = events.moving(session, event_id, starts_at=start.instant, now=now())
        if not (moving.told or moving.cannot_be_told or moving.reminders_replaced):
            visit.forget("moving")  # Nothing is asked: what comes of it is drawn, and not saved anew with it.
            save(event.version, tell_customers=True)
            return
        with st.container(border=True):
            st.subheader(f"Move to {when(start.instant)}?", anchor=False)
            st.markdown(
                f"{counted(moving.told, 'customer')} will be texted, "
                f"{counted(moving.reminders_replaced, 'planned reminder')} will be replaced."
            )
            if moving.cannot_be_told:
                st.warning(plain("Texts cannot reach " + ", ".join(moving.cannot_be_told) + ": they need a call."))
            telling = st.checkbox("Text the customers", True, key=f"{token}.tell_customers")
            if st.button("Move the event", type="primary"):
                save(event.version, tell_customers=telling)


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
    visit.remember("moving", is_moved())
    if not visit.remembered("moving"):
        save(event.version, tell_customers=False)
if visit.remembered("moving"):
    ask_about_moving()
with above:
    chosen = draw_conflict(LABELS)
if chosen is not None:
    save(chosen, tell_customers=st.session_state.get(f"{token}.tell_customers", True))
