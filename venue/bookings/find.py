"""Bookings as screens show them: one, and those of a customer. Those of an event: venue/bookings/guests.py."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from db.types import AnySelect, Id
from venue import clock, masking
from venue.errors import NotFound
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import BookingRow, CustomerBookingRow

_booking, _customer, _event = Booking.__table__.c, Customer.__table__.c, Event.__table__.c


@dataclass(frozen=True)
class CustomerBookings:
    """A customer's bookings: upcoming with seats, upcoming reminder-only ones, and those of past or cancelled
    events."""

    active: Sequence[CustomerBookingRow]
    reminders: Sequence[CustomerBookingRow]
    history: Sequence[CustomerBookingRow]


def row(session: Session, booking_id: UUID) -> BookingRow:
    """One booking as a row, with the names of the customer and the event. Raises NotFound."""
    require(session, Permission.READ)
    booking = session.execute(
        select(
            *(
                _booking.id,
                _booking.customer_id,
                _booking.event_id,
                _booking.seats,
                _booking.late_since,
                masking.free_text(_booking.notes, full=masking.sees_numbers(session)),
                _booking.version,
            ),
            *(_customer.first_name, _customer.last_name, _event.name.label("event_name")),
        )
        .join(Customer.__table__, _customer.id == _booking.customer_id)
        .join(Event.__table__, _event.id == _booking.event_id)
        .where(_booking.id == booking_id)
    ).first()
    if booking is None:
        raise NotFound("This booking no longer exists.")
    return booking


@functools.cache
def _of_customer(*, full: bool) -> AnySelect:
    return (
        select(
            _booking.id,
            _booking.event_id,
            _event.name.label("event_name"),
            _event.starts_at,
            _event.cancelled_at,
            _event.capacity,
            _booking.seats,
            masking.free_text(_booking.notes, full=full),
            _booking.arrived,
            _booking.version,
            _booking.created_at,
        )
        .join(Event.__table__, _event.id == _booking.event_id)
        .where(_booking.customer_id == bindparam("customer_id", type_=Id()))
        .order_by(_event.starts_at, _booking.id)
    )


def for_customer(session: Session, customer_id: UUID, *, now: datetime) -> CustomerBookings:
    """A customer's bookings, in sections. Upcoming ones are soonest first, the history is latest first."""
    require(session, Permission.READ)
    query = _of_customer(full=masking.sees_numbers(session))
    rows = session.execute(query, {"customer_id": customer_id}).all()
    today = clock.start_of_business_day(now, venue_of(session).zone)
    upcoming: list[CustomerBookingRow] = []
    history: list[CustomerBookingRow] = []
    for row in rows:
        is_upcoming = row.starts_at >= today and row.cancelled_at is None
        (upcoming if is_upcoming else history).append(row)
    return CustomerBookings(
        active=[row for row in upcoming if row.seats > 0],
        reminders=[row for row in upcoming if row.seats == 0],
        history=history[::-1],
    )
