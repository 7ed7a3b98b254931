"""Bookings on a customer's screen."""

from collections.abc import Sequence

import streamlit as st

from pages.elements.board import Act, Badge, Column, Line, Row, Section, address
from pages.messages.shown import moment_in_short, state_badge
from pages.messages.undelivered import trouble
from pages.parts.context import now
from pages.parts.format import plain, seats, when
from pages.parts.paging import page_of
from pages.parts.permissions import if_may
from venue.customers.visit_counts import is_forgotten
from venue.messages.causes import Cause
from venue.messages.labels import title
from venue.messages.outbox import State
from venue.messages.rows import CustomerMessageRow
from venue.roles import Permission
from venue.rows import CustomerBookingRow
from venue.wording import counted

COLUMNS = (
    Column("Event", "1.5fr", "title"),
    Column("When", "1.8fr"),
    Column("Seats", "1fr"),
    Column("Attendance", "1.15fr", "beside"),
)
HISTORY_SHOWN = 5
HISTORY_ON_A_PAGE = 25


def coming_section(
    heading: str,
    rows: Sequence[CustomerBookingRow],
    texts: Sequence[CustomerMessageRow],
    *,
    empty: str,
    said_above: Cause | None = None,
) -> Section:
    """Bookings on upcoming events, each with its texts and buttons."""
    coming = [_coming(row, [text for text in texts if text.booking_id == row.id], said_above) for row in rows]
    return _section(heading, coming, empty)


def history_section(past: Sequence[CustomerBookingRow]) -> Section:
    """The latest past bookings; `draw_older` has the rest."""
    rows = [_row(booking) for booking in past[:HISTORY_SHOWN]]
    return _section("Booking history", rows, "No past bookings.")


def _section(heading: str, rows: Sequence[Row], empty: str) -> Section:
    """A table, with a column for attendance if any of the rows has it."""
    attended = any(row.cells[-1] for row in rows)
    shown = rows if attended else [row._replace(cells=row.cells[:-1]) for row in rows]
    return Section(heading, empty=empty, columns=COLUMNS if attended else COLUMNS[:-1], rows=shown)


def draw_older(past: Sequence[CustomerBookingRow]) -> None:
    """The rest as lines, a page of them at a time."""
    older = past[HISTORY_SHOWN:]
    if not older:
        return
    with st.expander(counted(len(older), "older booking")):
        shown = page_of(older, size=HISTORY_ON_A_PAGE, key="older_bookings")
        st.markdown("\n\n".join(map(_in_lines, shown)))


def _coming(booking: CustomerBookingRow, texts: Sequence[CustomerMessageRow], said_above: Cause | None) -> Row:
    sent = sorted((text for text in texts if text.state != State.SKIPPED), key=lambda text: text.created_at)
    return _row(booking)._replace(
        said=tuple(Line(title(text), state_badge(text.state), moment_in_short(text)) for text in sent),
        notices=trouble([text for text in texts if text.needs_person], said_above),
        ways=if_may(
            Permission.BOOKINGS,
            Act("Edit booking", "edit", str(booking.id)),
            Act("Delete booking", "unbook", str(booking.id), looks="quiet danger"),
        ),
    )


def _row(booking: CustomerBookingRow) -> Row:
    cells = (booking.event_name, when(booking.starts_at), seats(booking), _became(booking) or "")
    return Row(address("event", id=booking.event_id), cells, words=booking.notes)


def _in_lines(booking: CustomerBookingRow) -> str:
    became = _became(booking)
    words = f"{seats(booking)} {became.markdown}" if became else seats(booking)
    return f"**{plain(booking.event_name)}**  \n{when(booking.starts_at)}  \n{words}"


def _became(booking: CustomerBookingRow) -> Badge | None:
    if booking.cancelled_at is not None:
        return Badge("red", "Event cancelled")
    if booking.arrived is None or (booking.arrived is False and is_forgotten(booking.starts_at, now=now())):
        return None
    return Badge("green", "Arrived") if booking.arrived else Badge("gray", "No-show")
