"""Factories for tests: customers, events and bookings, with defaults for everything that does not matter.

Every number is from Ofcom's range for films and books, 07700 900000 to 900999, which is given to no one.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, PhoneNumber
from db.session import Database
from sms.texts import Kind
from venue import bookings, customers, events
from venue.clock import Hours
from venue.profile import Venue
from venue.roles import Actor, Permission, Role

# A Friday in winter, when London's clock shows UTC.
NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
IN_TWO_WEEKS = datetime(2027, 1, 29, 19, 30, tzinfo=UTC)

VIEWER = Actor.with_role("Vic", Role.VIEWER)
STAFF = Actor.with_role("Sam", Role.STAFF)
MANAGER = Actor.with_role("Max", Role.MANAGER)
# A manager for whom the scheduler works, too: a test of a rule moves both.
MANAGER_AND_SCHEDULER = Actor("Max", frozenset(Permission))

# No test names one of the 200 numbers from here on.
_FIRST_NUMBER = 557
_given: list[str] = []


def a_number() -> str:
    """The next made-up mobile number of this test, as E.164."""
    _given.append(f"+447700900{(_FIRST_NUMBER + len(_given)) % 1000:03}")
    return _given[-1]


def start_numbers_again() -> None:
    """Before each test, so that its numbers do not depend on the tests that ran before it."""
    _given.clear()


def a_venue(database: Database, **over: Any) -> Venue:
    venue = Venue(
        name="The Anchor",
        phone="01632 960123",
        zone=ZoneInfo("Europe/London"),
        region="GB",
        hours=Hours(time(9), time(21)),
        simulated=True,
        database=database,
    )
    return replace(venue, **over)


def a_customer(session: Session, *, now: datetime = NOW, **over: Any) -> Customer:
    fields: dict[str, Any] = {"first_name": "Jo", "last_name": "Smith", "add_anyway": True, **over}
    fields.setdefault("mobile_number", a_number())
    return customers.add(session, now=now, **fields)


def an_event(session: Session, *, now: datetime = NOW, **over: Any) -> Event:
    fields: dict[str, Any] = {"name": "Quiz Night", "starts_at": IN_TWO_WEEKS, **over}
    return events.add(session, now=now, **fields)


def a_booking(
    session: Session,
    customer: Customer | None = None,
    event: Event | None = None,
    *,
    seats: int = 2,
    now: datetime = NOW,
    **over: Any,
) -> Booking:
    customer = customer or a_customer(session, now=now)
    event = event or an_event(session, now=now)
    return bookings.book(session, customer_id=customer.id, event_id=event.id, seats=seats, now=now, **over)


def an_opt_out(session: Session, mobile_number: str, *, now: datetime = NOW) -> None:
    """The owner of a number texted STOP."""
    session.add(PhoneNumber(mobile_number=mobile_number, opted_out_at=now))
    session.flush()


def texts_to(session: Session, customer: Customer | UUID, *kinds: Kind) -> list[Message]:
    """A customer's messages of these kinds (or of all), as they are stored now, in the order they are due."""
    customer_id = customer if isinstance(customer, UUID) else customer.id
    wanted = select(Message).where(Message.customer_id == customer_id).order_by(Message.due_at, Message.kind)
    if kinds:
        wanted = wanted.where(Message.kind.in_([kind.value for kind in kinds]))
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
