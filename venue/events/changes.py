"""What tells that an event, its bookings or its waitlist changed, without reading them."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, WaitlistEntry
from venue.roles import Permission, require


def mark_of(session: Session, event_id: UUID) -> tuple[object, ...] | None:
    """Differs after each change of the event, its bookings, arrivals included, or its waitlist; None without the event.
    To be compared with an earlier one."""
    require(session, Permission.READ)
    version = session.scalar(select(Event.version).where(Event.id == event_id))
    if version is None:
        return None
    counts = [
        tuple(
            session.execute(select(func.count(), func.sum(table.version), func.max(table.updated_at)).where(of)).one()
        )
        for table, of in ((Booking, Booking.event_id == event_id), (WaitlistEntry, WaitlistEntry.event_id == event_id))
    ]
    return version, *counts
