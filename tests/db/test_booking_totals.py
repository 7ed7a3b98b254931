"""The kept totals of bookings equal a recount, whatever is done to bookings."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db import booking_totals
from db.models import Booking, BookingTotal, Customer, Event
from tests.makers import NOW, a_customer, an_event

Totals = dict[tuple[Any, datetime], tuple[int, int, int]]


def recount(session: Session) -> Totals:
    found: dict[tuple[Any, datetime], list[int]] = {}
    rows = session.execute(select(Booking.event_id, Booking.created_at, Booking.seats, Booking.arrived))
    for event_id, created_at, seats, arrived in rows:
        hour = created_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        counts = found.setdefault((event_id, hour), [0, 0, 0])
        for place, number in enumerate((seats, arrived is not None, arrived is False)):
            counts[place] += number
    return {key: (counts[0], counts[1], counts[2]) for key, counts in found.items() if any(counts)}


def kept(session: Session) -> Totals:
    sums = [func.sum(column) for column in (BookingTotal.seats, BookingTotal.marked, BookingTotal.no_shows)]
    query = select(BookingTotal.event_id, BookingTotal.hour, *sums).group_by(BookingTotal.event_id, BookingTotal.hour)
    return {(event_id, hour): tuple(counts) for event_id, hour, *counts in session.execute(query) if any(counts)}


class Evening:
    """Bookings that are made, changed and deleted at random."""

    def __init__(self, session: Session, random: Random):
        self.session, self.random = session, random
        self.events = [an_event(session, name=f"Quiz {number}") for number in range(3)]
        self.customers = [a_customer(session) for _ in range(12)]

    def book(self) -> None:
        event, customer = self.random.choice(self.events), self.random.choice(self.customers)
        about = {"event_id": event.id, "customer_id": customer.id}
        if self.session.scalar(select(Booking.id).filter_by(**about)) is None:
            at = NOW + timedelta(minutes=self.random.randrange(300))
            arrived = self.random.choice((None, None, True, False))
            seats = self.random.randrange(4)
            self.session.add(Booking(**about, seats=seats, arrived=arrived, created_at=at, updated_at=at))
            self.session.flush()

    def change_one(self) -> None:
        booking = self.session.scalars(select(Booking).order_by(Booking.id).limit(1)).first()
        if booking is not None:
            booking.seats, booking.notes = self.random.randrange(6), "Window"
            self.session.flush()

    def mark_many(self) -> None:
        event = self.random.choice(self.events)
        arrived = self.random.choice((None, True, False))
        self.session.execute(update(Booking).where(Booking.event_id == event.id).values(arrived=arrived))
        self.session.expire_all()

    def move_many(self) -> None:
        """As when customers are merged, or bookings moved to another event."""
        event, other = self.random.sample(self.events, 2)
        there = select(Booking.customer_id).where(Booking.event_id == other.id)
        these = (Booking.event_id == event.id) & Booking.customer_id.not_in(there)
        self.session.execute(update(Booking).where(these).values(event_id=other.id))
        self.session.expire_all()

    def delete_some(self) -> None:
        self.session.execute(delete(Booking).where(Booking.seats == self.random.randrange(4)))
        self.session.expire_all()

    def delete_a_customer(self) -> None:
        customer = self.customers.pop(self.random.randrange(len(self.customers)))
        self.session.execute(delete(Customer).where(Customer.id == customer.id))
        self.session.expire_all()
        self.customers.append(a_customer(self.session))

    def delete_an_event(self) -> None:
        event = self.events.pop(0)
        self.session.execute(delete(Event).where(Event.id == event.id))
        self.session.expire_all()
        self.events.append(an_event(self.session))

    def tidy(self) -> None:
        booking_totals.tidy(self.session)

    def step(self) -> None:
        often = [self.book] * 8
        act = self.random.choice([*often, self.change_one, self.mark_many, self.move_many, self.delete_some])
        self.random.choice([act] * 8 + [self.delete_a_customer, self.delete_an_event, self.tidy])()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_equal_a_recount(session: Session, seed: int) -> None:
    evening = Evening(session, Random(seed))
    seen = 0
    for number in range(150):
        evening.step()
        if number % 10 == 9:
            counted = recount(session)
            assert kept(session) == counted
            seen = max(seen, len(counted))
    assert seen > 5


def test_tidying_leaves_one_row_for_each_hour_with_bookings(session: Session) -> None:
    evening = Evening(session, Random(1))
    for _ in range(60):
        evening.book()
    evening.mark_many()
    before = kept(session)

    booking_totals.tidy(session)
    booking_totals.tidy(session)

    assert kept(session) == before == recount(session)
    assert session.scalar(select(func.count()).select_from(BookingTotal)) == len(before)
