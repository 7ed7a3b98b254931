"""Events that were held, with bookings made at a known time. No texts are queued for them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, WaitlistEntry
from tests.makers import a_customer
from venue import clock, events
from venue.profile import venue_of


def hold(session: Session, day: date, *seats: int, at: time = time(19, 30), booked: float = 48, **event: Any) -> Event:
    """An event on this day, with a booking of each number of seats, made some hours before it."""
    starts_at = clock.at_wall_clock(day, at, venue_of(session).zone)
    fields = {"name": "Jazz", **event}
    held = events.add(session, starts_at=starts_at, now=starts_at - timedelta(days=90), **fields)
    for number in seats:
        book(session, held, number, starts_at - timedelta(hours=booked))
    return held


def book(
    session: Session, event: Event, seats: int, at: datetime, customer: Customer | None = None, **columns: Any
) -> Booking:
    customer = customer or a_customer(session)
    about = {"customer_id": customer.id, "event_id": event.id, "created_at": at, "updated_at": at}
    booking = Booking(**about, seats=seats, **columns)
    session.add(booking)
    session.flush()
    return booking


def offer(session: Session, event: Event, seats: int) -> None:
    """Seats of this event that are offered to a party of the waitlist, which has not answered yet."""
    at = event.created_at
    waiting = {"customer_id": a_customer(session).id, "event_id": event.id, "joined_at": at, "updated_at": at}
    session.add(WaitlistEntry(**waiting, seats=seats, state="offered", offered_at=at, answer_by=event.starts_at))
    session.flush()
