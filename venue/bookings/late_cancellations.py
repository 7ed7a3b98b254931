"""Late cancellations: bookings that guests cancelled shortly before the event, as counts with dates for a year."""

from datetime import datetime, timedelta

from sqlalchemy import and_
from sqlalchemy.orm import Session

from db.models import Booking, LateCancellation
from db.types import AnyRow
from db.writes import delete_where
from venue import acts
from venue.roles import Permission, require

WITHIN = timedelta(hours=24)
KEPT = timedelta(days=365)
# In the details of the deletion's entry.
WAS_LATE = "late"


def is_late(booking: Booking, event: AnyRow, *, now: datetime) -> bool:
    """Whether cancelling this booking now is a late cancellation."""
    begins_soon = now < event.starts_at <= now + WITHIN
    return begins_soon and booking.seats > 0 and booking.arrived is None and event.cancelled_at is None


def note(session: Session, booking: Booking, event: AnyRow, *, now: datetime) -> None:
    """Store that a booking is cancelled late. It is about to be deleted."""
    require(session, Permission.BOOKINGS)
    late = {"seats": booking.seats, "starts_at": event.starts_at, "cancelled_at": now}
    acts.details(session, **{WAS_LATE: True})
    session.add(LateCancellation(customer_id=booking.customer_id, event_id=event.id, **late))


def tidy(session: Session, *, now: datetime) -> int:
    """Delete those of events of more than a year ago, and return how many."""
    require(session, Permission.DELIVERY)
    # An index finds the first; the event began later.
    is_old = and_(LateCancellation.cancelled_at < now - KEPT, LateCancellation.starts_at < now - KEPT)
    return delete_where(session, LateCancellation, is_old)
