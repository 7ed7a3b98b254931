"""Whether an event has no free seats, for texts to guests without seats: these may not offer any of a full event."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from db.models import Booking, Event, WaitlistEntry
from venue.roles import Permission, require


def is_full(session: Session, event_id: UUID) -> bool:
    """Whether all seats of an event are booked, offered to the waitlist, or taken by walk-ins."""
    require(session, Permission.READ)
    return bool(session.scalar(select(is_full_in_sql()).where(Event.id == event_id)))


def is_full_in_sql() -> ColumnElement[bool]:
    """The same as a SQL expression. The query must read from Event."""
    return and_(Event.capacity.is_not(None), _booked() + _offered() + Event.unnamed_seats >= Event.capacity)


def _booked() -> ScalarSelect[Any]:
    # An alias, as the query may join the guest's own booking.
    booking = aliased(Booking)
    seats = select(func.coalesce(func.sum(booking.seats), 0)).where(booking.event_id == Event.id)
    return seats.correlate(Event).scalar_subquery()


def _offered() -> ScalarSelect[Any]:
    entry = aliased(WaitlistEntry)
    seats = select(func.coalesce(func.sum(entry.seats), 0)).where(entry.event_id == Event.id, entry.state == "offered")
    return seats.correlate(Event).scalar_subquery()
