"""Export bookings: those of one event as its list of guests shows them, or those of all events."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Event
from db.streams import count_rows
from venue import bookings, events
from venue.exports.export import Column, Export, Row, phone_number
from venue.profile import venue_of
from venue.roles import Permission, require

COLUMNS = (
    Column("Event", 30),
    Column("Event Date", 12),
    Column("Event Time", 11),
    Column("First Name", 20),
    Column("Last Name", 20),
    Column("Mobile", 20),
    Column("Seats", 8),
    Column("Notes", 50),
    Column("Arrived", 10),
    Column("Seats Came", 11),
    Column("Walk-in", 9),
    Column("Event Cancelled", 16),
)
ARRIVED = {True: "yes", False: "no", None: ""}


def booking_list(session: Session, *, event_id: UUID | None = None) -> Export:
    """The bookings of an event, sorted by name, those with seats first; without one those of all events, from the first
    event on. Times are in the venue's zone. Raises NotFound. The session must be from `reading_at_length`."""
    require(session, Permission.EXPORT)
    of_these = _all_events(session) if event_id is None else [events.row(session, event_id)]
    query = select(Booking.id) if event_id is None else select(Booking.id).where(Booking.event_id == event_id)
    return Export(COLUMNS, _rows(session, of_these), count=lambda most: count_rows(session, query, most))


def _all_events(session: Session) -> Sequence[Any]:
    columns = (Event.id, Event.name, Event.starts_at, Event.cancelled_at)
    return session.execute(select(*columns).order_by(Event.starts_at, Event.name, Event.id)).all()


def _rows(session: Session, of_these: Sequence[Any]) -> Iterator[Row]:
    """Read event by event: sorting all bookings at once would delay the first row."""
    venue = venue_of(session)
    for event in of_these:
        starts_at = event.starts_at.astimezone(venue.zone)
        about = (event.name, starts_at.date(), starts_at.time())
        cancelled = "yes" if event.cancelled_at else ""
        for row in bookings.for_event(session, event.id):
            person = (row.first_name, row.last_name, phone_number(row.mobile_number, region=venue.region))
            came = (row.arrived_seats or row.seats) if row.arrived else None
            marks = (ARRIVED[row.arrived], came, "yes" if row.walked_in else "")
            yield (*about, *person, row.seats, row.notes, *marks, cancelled)
