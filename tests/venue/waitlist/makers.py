"""Full events and parties on their waitlists, for tests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message, WaitlistEntry
from sms.texts import Kind
from tests.makers import NOW, a_booking, a_customer, an_event, minutes
from venue import waitlist


def a_full_event(session: Session, *, capacity: int = 4, **over: object) -> tuple[Event, Booking]:
    event = an_event(session, capacity=capacity, **over)
    return event, a_booking(session, event=event, seats=capacity)


def a_party(
    session: Session, event: Event, seats: int = 2, *, first_name: str = "Ann", joined_at: datetime = NOW
) -> WaitlistEntry:
    customer = a_customer(session, first_name=first_name)
    return waitlist.join(session, event_id=event.id, customer_id=customer.id, seats=seats, now=joined_at)


def parties(session: Session, event: Event, *seats: int) -> list[WaitlistEntry]:
    """Parties of these seats, each joining a minute after the one before."""
    return [a_party(session, event, each, joined_at=NOW + minutes(number)) for number, each in enumerate(seats)]


def offer_texts(session: Session, event_id: UUID) -> list[Message]:
    """The texts with offers for an event, in the order in which they were queued."""
    query = select(Message).where(Message.event_id == event_id, Message.kind == Kind.WAITLIST_OFFER.value)
    return list(session.scalars(query.order_by(Message.created_at, Message.id)))
