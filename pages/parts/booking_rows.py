"""Bookings as they stand on a customer's page."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts.board import Act, Badge, Card, Line, Section, address
from pages.parts.paged import page_of
from pages.parts.texts import moment_in_short, state_mark, title
from pages.parts.trouble import trouble
from pages.parts.words import counted, plain, seats, when
from venue.messages import State

HISTORY_SHOWN = 5
HISTORY_ON_A_PAGE = 25


def coming_section(
    heading: str, rows: Sequence[Any], texts: Sequence[Any], *, empty: str, said_above: str = ""
) -> Section:
    """Those to come: what was said about each, and what can be done with it."""
    cards = [_coming(row, [text for text in texts if text.booking_id == row.id], said_above) for row in rows]
    return Section(heading, cards, empty)


def history_section(past: Sequence[Any]) -> Section:
    """The latest; `draw_older` has the rest."""
    return Section("Booking history", [_past(booking) for booking in past[:HISTORY_SHOWN]], "Nothing in the past yet.")


def draw_older(past: Sequence[Any]) -> None:
    """The rest as lines, a page of them at a time."""
    older = past[HISTORY_SHOWN:]
    if not older:
        return
    with st.expander(counted(len(older), "older booking")):
        shown = page_of(older, size=HISTORY_ON_A_PAGE, key="older_bookings")
        st.markdown("\n\n".join(map(_in_lines, shown)))


def _past(booking: Any) -> Card:
    return Card(
        address("event", id=booking.event_id),
        booking.event_name,
        (when(booking.starts_at), seats(booking)),
        _became(booking),
        words=booking.notes,
    )


def _coming(booking: Any, texts: Sequence[Any], said_above: str) -> Card:
    sent = sorted((text for text in texts if text.state != State.SKIPPED), key=lambda text: text.created_at)
    return _past(booking)._replace(
        said=tuple(Line(title(text), state_mark(text.state), moment_in_short(text)) for text in sent),
        notices=trouble([text for text in texts if text.needs_person], said_above),
        ways=(
            Act("Edit booking", "edit", str(booking.id)),
            Act("Delete booking", "unbook", str(booking.id), looks="quiet danger"),
        ),
    )


def _in_lines(booking: Any) -> str:
    became = _became(booking)
    words = f"{seats(booking)} {became.markdown}" if became else seats(booking)
    return f"**{plain(booking.event_name)}**  \n{when(booking.starts_at)}  \n{words}"


def _became(booking: Any) -> Badge | None:
    if booking.cancelled_at is not None:
        return Badge("red", "Event cancelled")
    if booking.arrived is None:
        return None
    return Badge("green", "Arrived") if booking.arrived else Badge("gray", "Did not come")
