"""The filter for guests of one event, upcoming or past."""

from uuid import UUID

import streamlit as st

from db.models import Event
from pages.customers.list_address import filter_by
from pages.parts.context import actor, now, reading
from pages.parts.format import day
from pages.parts.shared_value import draw_shared
from venue import events
from venue.errors import NotFound
from venue.rows import DatedEventRow


def event_filter(chosen: UUID | None) -> None:
    """Draw the filter. Choosing an event changes the address."""
    event_id = str(chosen) if chosen else None
    with reading(actor()) as session:
        choices = {str(row.id): _words(row) for row in events.nearest_first(session, now=now())}
    draw_shared(
        st.selectbox,
        "Booked for",
        "booked_on",
        event_id if event_id in choices else None,
        lambda chosen: filter_by(event_id=UUID(chosen) if chosen else None),
        options=list(choices),
        format_func=lambda event_id: choices.get(event_id, ""),
        placeholder="Any event",
        filter_mode="contains",  # Keeps the order of events; a fuzzy search puts shorter names first.
    )


def name_of(event_id: UUID, how: str = "Booked") -> str:
    """The label of a filter on this event."""
    try:
        with reading(actor()) as session:
            return f"{how} for {_words(events.get(session, event_id))}"
    except NotFound:
        return f"{how} for an event that no longer exists"


def _words(event: DatedEventRow | Event) -> str:
    return f"{event.name}, {day(event.starts_at)}"
