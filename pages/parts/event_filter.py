"""Who is booked on one event: chosen among the coming ones, or by the address of a past one."""

from typing import Any
from uuid import UUID

import streamlit as st

from pages.parts.desk import actor, now, reading
from pages.parts.list_place import change
from pages.parts.words import day
from venue import events


def event_filter(chosen: UUID | None) -> None:
    """Draw the choice; it stands in the address."""
    event_id = str(chosen) if chosen else None
    with reading(actor()) as session:
        coming = events.names_of_coming(session, now=now())
        choices = {str(row.id): f"{row.name}, {day(row.starts_at)}" for row in coming}
        if event_id and event_id not in choices:
            choices |= _past_event(session, event_id)
    st.session_state["booked_on"] = event_id if event_id in choices else None
    st.selectbox(
        "Booked on",
        list(choices),
        format_func=lambda event_id: choices.get(event_id, ""),
        key="booked_on",
        on_change=_choose,
        placeholder="Any event",
    )


def name_of(event_id: UUID) -> str:
    """What a filter on this event is called."""
    with reading(actor()) as session:
        named = _past_event(session, str(event_id))
    return f"Booked on {named[str(event_id)]}" if named else "Booked on an event that is not there any more"


def _past_event(session: Any, event_id: str) -> dict[str, str]:
    try:
        event = events.get(session, UUID(event_id))
    except (ValueError, events.NotFound):
        return {}
    return {event_id: f"{event.name}, {day(event.starts_at)}"}


def _choose() -> None:
    change(event=st.session_state["booked_on"] or "")
