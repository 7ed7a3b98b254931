"""Export an event's guests as CSV."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from sms import phone
from venue import acts, bookings
from venue.acts import Act
from venue.exports import csv_lines
from venue.profile import venue_of
from venue.roles import Permission, require

HEADER = ("Event", "Event Date", "Event Time", "First Name", "Last Name", "Mobile", "Seats", "Notes", "Arrived")


def guests_csv(session: Session, event: Any) -> Iterator[bytes]:
    """Yield CSV for the bookings of an event, a row of `events.LISTING`; times are in the venue's zone."""
    require(session, Permission.EXPORT)
    venue = venue_of(session)
    yield csv_lines.BOM + csv_lines.line(HEADER)
    for row in bookings.for_event(session, event.id):
        starts_at = event.starts_at.astimezone(venue.zone)
        arrived = {True: "yes", False: "no", None: ""}[row.arrived]
        number = phone.display(row.mobile_number, region=venue.region)
        person = (row.first_name, row.last_name, number)
        yield csv_lines.line(
            (event.name, f"{starts_at:%d/%m/%Y}", f"{starts_at:%H:%M}", *person, row.seats, row.notes, arrived)
        )


def note_guests(session: Session, event_id: UUID, *, now: datetime) -> None:
    """Write to the journal that the guests of an event are exported."""
    require(session, Permission.EXPORT)
    acts.note(session, Act.GUESTS_EXPORTED, now=now, event_id=str(event_id))
