"""Add an event or a series of them, or duplicate an event for another date."""

from datetime import datetime
from typing import NoReturn

import streamlit as st

from db.models import Event
from pages.elements.drafts import keep_draft
from pages.elements.toast import toast
from pages.events import repeat
from pages.events.form import (
    about,
    ask_about_past,
    day_and_time,
    draw_about,
    is_past,
    refuse_all_at_once,
    start_of,
)
from pages.parts import dialog, forms, page_state
from pages.parts.context import actor, now, reading, transaction
from pages.parts.fields import FORM_WIDTH, Fields
from pages.parts.permissions import need
from venue import acts, events
from venue.events import series
from venue.roles import Permission
from venue.wording import counted

need(Permission.EVENTS)
again = "id" in st.query_params
original = None
if again:
    with reading(actor()) as session:
        original = events.get(session, page_state.subject())
token = forms.token("event")

st.title("Duplicate event" if again else "New event", anchor=False)
if again:
    st.caption("A new event with the same details and no bookings. Pick a new date. No texts are sent.")
draft = st.container()
# Enter in the name would save an event of which only that was typed.
with st.form(f"event.{token}", enter_to_submit=False, width=FORM_WIDTH):
    fields = Fields(token)
    draw_about(fields, original)
    fields.choice("repeat", "Repeat", list(repeat.CHOICES))
    with st.container(horizontal=True):
        saved = st.form_submit_button("Save", type="primary")
        cancelled = st.form_submit_button("Cancel", type="tertiary")
keep_draft("event", draft)


def save(*, even_in_the_past: bool = False) -> None:
    """Save the event. One that repeats is only added after a look at its dates."""
    with fields.checked():
        refuse_all_at_once(fields)
        start = start_of(fields)
        if not even_in_the_past and is_past(start.instant):
            dialog.open("past", start.instant)
        repeats = repeat.CHOICES[fields["repeat"]]
        if repeats is not None:
            dialog.open("repeat", (*day_and_time(fields), repeats))
        with transaction(actor()) as session:
            event = events.add(session, **about(fields), starts_at=start.instant, now=now(), form_token=token)
        finish(event, f"{event.name} added", start.note)


def save_series(starts: list[datetime]) -> None:
    with fields.checked():
        with transaction(actor()) as session:
            added = series.add(session, **about(fields), starts=starts, now=now(), form_token=token)
            entry = acts.last_entry(session)
        toast(f"{counted(len(added), 'event')} of {added[0].name} added", undo=entry)
        finish(added[0])


def finish(event: Event, *said: str) -> NoReturn:
    for words in filter(None, said):
        toast(words)
    forms.finish("event")
    page_state.go("events/one.py", id=event.id)


if cancelled:
    forms.finish("event")
    page_state.go("events/list.py")
if saved:
    save()
if dialog.pop_answer("past"):
    save(even_in_the_past=True)
starts = dialog.pop_answer("repeat")
if starts is not None:
    save_series(starts)
dialog.draw(
    {
        "past": (f"This date is in the past: {fields['name']}", ask_about_past),
        "repeat": (repeat.title, repeat.ask),
    }
)
