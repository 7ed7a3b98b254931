"""Whether someone who is probably the same person is already booked on an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, DuplicatePair
from venue.duplicates.pairs import LATER, OPEN, with_one_of
from venue.roles import Permission, require


@dataclass(frozen=True)
class BookedAlready:
    """A booking of another customer, who is probably the same person."""

    booking_id: UUID
    event_id: UUID
    customer_id: UUID
    first_name: str
    last_name: str
    seats: int


def probably_booked(session: Session, customer_id: UUID, *, event_id: UUID | None = None) -> Sequence[BookedAlready]:
    """The bookings, on this event or on all, of customers who are probably this one and about whom nothing is decided,
    by event."""
    require(session, Permission.READ)
    other = case((DuplicatePair.first_id == customer_id, DuplicatePair.second_id), else_=DuplicatePair.first_id)
    rows = (
        select(
            Booking.id.label("booking_id"),
            Booking.event_id,
            Booking.customer_id,
            Customer.first_name,
            Customer.last_name,
            Booking.seats,
        )
        .select_from(DuplicatePair)
        .join(Booking, Booking.customer_id == other)
        .join(Customer, Customer.id == Booking.customer_id)
        .where(with_one_of([customer_id]), DuplicatePair.state.in_((OPEN, LATER)))
        .order_by(Booking.event_id, Customer.sort_key, Booking.id)
    )
    if event_id is not None:
        rows = rows.where(Booking.event_id == event_id)
    return [BookedAlready(**row._mapping) for row in session.execute(rows)]
