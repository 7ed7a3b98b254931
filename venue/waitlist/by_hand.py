"""An offer that staff make to a party of their choice, out of its turn: by the same text as all others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Customer, Event, WaitlistEntry
from venue import bookings, events
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.messages import numbers
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.waitlist import offers
from venue.waitlist.answer_times import answer_by, may_offer
from venue.waitlist.edit import locked
from venue.waitlist.states import GONE, State


@dataclass(frozen=True)
class OfferPreview:
    """The text with the offer, and until when it may be answered, in UTC."""

    words: str
    answer_by: datetime


def preview_offer(session: Session, entry_id: UUID, *, now: datetime) -> OfferPreview:
    """What offering seats to a waiting party would text them now. Raises what `offer` raises."""
    require(session, Permission.READ)
    entry = session.get(WaitlistEntry, entry_id)
    if entry is None:
        raise NotFound(GONE)
    event, customer = session.get_one(Event, entry.event_id), session.get_one(Customer, entry.customer_id)
    ends = _ends(session, entry, event, customer, now)
    return OfferPreview(offers.words(session, entry, event, customer, ends=ends, now=now), ends)


@act(Act.WAITLIST_OFFERED)
def offer(session: Session, entry_id: UUID, *, now: datetime) -> WaitlistEntry:
    """Offer a waiting party its seats, by text. A party with an offer keeps that. Raises NotFound, and
    Invalid(seats=…) if they are not free, or if no text can be sent or answered now."""
    require(session, Permission.BOOKINGS)
    event, entry = locked(session, entry_id)
    if entry.state == State.OFFERED:
        return entry
    customer = session.get_one(Customer, entry.customer_id)
    entry.answer_by = _ends(session, entry, event, customer, now)
    entry.state, entry.cause = State.OFFERED.value, None
    entry.offers += 1
    entry.offered_at = entry.updated_at = now
    session.flush()
    offers.queue_text(session, entry, event, customer, now=now)
    return entry


def _ends(session: Session, entry: WaitlistEntry, event: Event, customer: Customer, now: datetime) -> datetime:
    """When an offer made now ends. Raises NotFound, and Invalid if none can be made."""
    if entry.state != State.WAITING:
        raise NotFound(GONE)
    if event.cancelled_at is not None:
        raise Invalid(event_id=bookings.why_cancelled(event.name))
    if event.capacity is not None:
        left = event.capacity - events.seats_taken(session, event.id)
        if entry.seats > left:
            offered = events.seats_offered(session, event.id)
            raise Invalid(seats=bookings.why_full(event.name, left, offered=offered))
    blocked = numbers.why_unreachable(session, customer.mobile_number)
    if blocked:
        raise Invalid(seats=f"{blocked.words}: call them, and book them if they want the seats")
    venue = venue_of(session)
    if not may_offer(now, zone=venue.zone, hours=venue.hours):
        raise Invalid(seats="No offers are sent at this time of day: call them, or offer the seats in the morning")
    ends = answer_by(now, event.starts_at, zone=venue.zone, hours=venue.hours)
    if ends is None:
        raise Invalid(seats=f"{event.name} begins too soon for a text: call them")
    return ends
