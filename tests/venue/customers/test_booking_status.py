"""The stored booking times of a customer match their bookings, after any history."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from tests.databases import SOAK_IS_FULL
from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event, days
from venue import bookings, clock, customers, events, privacy
from venue.customers import booking_status
from venue.customers.booking_status import Booked
from venue.errors import Invalid, NotFound

PEOPLE, EVENTS = 3, 3
ACTS = st.one_of(
    st.tuples(st.just("book"), st.integers(0, PEOPLE - 1), st.integers(0, EVENTS - 1), st.integers(0, 2)),
    st.tuples(st.just("change"), st.integers(0, PEOPLE - 1), st.integers(0, EVENTS - 1), st.integers(0, 2)),
    st.tuples(st.just("give up"), st.integers(0, PEOPLE - 1), st.integers(0, EVENTS - 1)),
    st.tuples(st.just("move"), st.integers(0, EVENTS - 1), st.integers(-30, 30)),
    st.tuples(st.just("cancel"), st.integers(0, EVENTS - 1)),
    st.tuples(st.just("delete"), st.integers(0, PEOPLE - 1)),
)


@pytest.mark.soak
@settings(
    max_examples=300 if SOAK_IS_FULL else 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ACTS, max_size=12))
def test_stored_booking_times_match_the_bookings(session: Session, history: list[tuple[object, ...]]) -> None:
    with session.begin_nested() as tried:
        people = [a_customer(session).id for _ in range(PEOPLE)]
        coming = [an_event(session, starts_at=IN_TWO_WEEKS + days(day)).id for day in range(EVENTS)]
        for act in history:
            perform(session, act, people, coming)
        assert booking_status.drifted(session) == []
        assert kept(session) == worked_out(session)
        tried.rollback()
    session.expunge_all()


def perform(session: Session, act: tuple[object, ...], people: list[UUID], coming: list[UUID]) -> None:
    match act:
        case ("book", int(person), int(event), int(seats)):
            try:
                bookings.book(session, customer_id=people[person], event_id=coming[event], seats=seats, now=NOW)
            except (Invalid, NotFound):  # booked already, cancelled, over, or deleted
                return
        case ("change", int(person), int(event), int(seats)):
            booking = made(session, people[person], coming[event])
            if booking:
                bookings.update(session, booking.id, version=booking.version, now=NOW, seats=seats)
        case ("give up", int(person), int(event)):
            booking = made(session, people[person], coming[event])
            if booking:
                bookings.delete(session, booking.id, now=NOW)
        case ("move", int(event), int(day)):
            version = events.get(session, coming[event]).version
            events.update(session, coming[event], version=version, now=NOW, starts_at=IN_TWO_WEEKS + days(day))
        case ("cancel", int(event)):
            events.cancel(session, coming[event], now=NOW)
        case ("delete", int(person)):
            privacy.erase(session, people[person], now=NOW)


def made(session: Session, customer_id: UUID, event_id: UUID) -> Booking | None:
    return session.scalar(select(Booking).where(Booking.customer_id == customer_id, Booking.event_id == event_id))


State = dict[UUID, tuple[datetime | None, datetime | None]]


def kept(session: Session) -> State:
    rows = session.execute(select(Customer.id, Customer.active_until, Customer.reminder_until))
    return {row.id: (row.active_until, row.reminder_until) for row in rows}


def worked_out(session: Session) -> State:
    """The same from the bookings, without SQL's help."""
    rows = session.execute(
        select(Booking.customer_id, Booking.seats, Event.starts_at, Event.cancelled_at).join(
            Event, Event.id == Booking.event_id
        )
    ).all()
    standing = [row for row in rows if row.cancelled_at is None]

    def latest(customer_id: UUID, active: bool) -> datetime | None:
        mine = [row for row in standing if row.customer_id == customer_id and (row.seats > 0) == active]
        return max((row.starts_at for row in mine), default=None)

    people = session.scalars(select(Customer.id)).all()
    return {customer_id: (latest(customer_id, True), latest(customer_id, False)) for customer_id in people}


def test_a_drift_is_found(session: Session) -> None:
    booking = a_booking(session)
    session.execute(update(Customer).values(active_until=None))
    assert booking_status.drifted(session) == [booking.customer_id]
    booking_status.refresh(session, [booking.customer_id])
    assert booking_status.drifted(session) == []


@pytest.mark.parametrize(
    ("coming", "status"),
    [
        ([], Booked.NONE),
        ([(1, 2)], Booked.ACTIVE),
        ([(1, 0)], Booked.REMINDER_ONLY),
        ([(1, 0), (2, 1)], Booked.ACTIVE),
        ([(0, 2)], Booked.ACTIVE),
        ([(-1, 2)], Booked.NONE),
        ([(-1, 2), (3, 0)], Booked.REMINDER_ONLY),
        ([(-1, 0)], Booked.NONE),
    ],
)
def test_the_status_depends_on_upcoming_bookings(
    session: Session, coming: list[tuple[int, int]], status: Booked
) -> None:
    """A pair is in how many days the event is, and how many seats are booked."""
    customer = a_customer(session)
    for day, seats in coming:
        event = an_event(session, starts_at=NOW + days(day) - days(0.2))
        a_booking(session, customer, event, seats=seats, reason="then")
    (row,) = customers.search(session, now=NOW).rows
    assert row.booking_status == status
    today = clock.start_of_today(NOW, session.info["venue"].zone)
    for booked in Booked:
        found = session.scalars(select(Customer.id).where(booking_status.is_booked(booked, today))).all()
        assert (customer.id in found) == (booked is status)
