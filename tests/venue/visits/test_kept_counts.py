"""Random acts of staff, after each of which the stored visits are what a count of all bookings says."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, CustomerVisits, Event, JournalEntry
from tests.databases import SOAK_IS_FULL
from tests.makers import MANAGER_AND_SCHEDULER, NOW, a_customer, an_event, hours
from venue import bookings, clock, customers, events, privacy
from venue.customers import CustomerFilter, visit_counts
from venue.customers.visit_counts import Came
from venue.errors import VenueError
from venue.events import cancellations
from venue.journal.undo import undo
from venue.merging import merge
from venue.merging.plan import preview
from venue.profile import Venue, venue_of
from venue.visits import of_customer

HISTORIES, STEPS = (200, 100) if SOAK_IS_FULL else (3, 40)


@dataclass
class Evening:
    """A session with guests and events around now, and the chance that decides what happens."""

    session: Session
    chance: random.Random
    now: datetime = NOW

    # By name, so that a seed gives the same history each time, whatever the ids are.

    def booking(self) -> Booking:
        booked = select(Booking).join(Customer).join(Event).order_by(Event.name, Customer.first_name)
        return self.chance.choice(self.session.scalars(booked).all())

    def event(self) -> Event:
        return self.chance.choice(self.session.scalars(select(Event).order_by(Event.name)).all())

    def customer(self) -> UUID:
        return self.chance.choice(self.session.scalars(select(Customer.id).order_by(Customer.first_name)).all())

    def start(self) -> datetime:
        return self.now + hours(self.chance.choice((-50, -26, -3, 2, 30)))


def book(evening: Evening) -> None:
    bookings.book(
        evening.session,
        customer_id=evening.customer(),
        event_id=evening.event().id,
        seats=evening.chance.choice((0, 2, 4)),
        reason="They came",
        now=evening.now,
    )


def walk_in(evening: Evening) -> None:
    event_id = evening.event().id
    bookings.walk_in(evening.session, event_id, customer_id=evening.customer(), seats=3, now=evening.now)


def mark(evening: Evening) -> None:
    arrived = evening.chance.choice((True, True, False, None))
    seats = evening.chance.choice((None, 1)) if arrived else None
    bookings.mark_arrived(evening.session, evening.booking().id, arrived=arrived, seats=seats, now=evening.now)


def change(evening: Evening) -> None:
    booking = evening.booking()
    seats = evening.chance.choice((0, 1, 5))
    bookings.update(evening.session, booking.id, version=booking.version, seats=seats, now=evening.now)


def unbook(evening: Evening) -> None:
    bookings.delete(evening.session, evening.booking().id, now=evening.now)


def hand_over(evening: Evening) -> None:
    booking = evening.booking()
    bookings.move(evening.session, booking.id, customer_id=evening.customer(), version=booking.version, now=evening.now)


def move(evening: Evening) -> None:
    event = evening.event()
    events.update(evening.session, event.id, version=event.version, starts_at=evening.start(), now=evening.now)


def cancel(evening: Evening) -> None:
    events.cancel(evening.session, evening.event().id, now=evening.now)


def restore(evening: Evening) -> None:
    cancellations.undo(evening.session, evening.event().id, now=evening.now)


def undo_last(evening: Evening) -> None:
    undo(evening.session, evening.session.scalars(select(func.max(JournalEntry.id))).one(), now=evening.now)


def merge_two(evening: Evening) -> None:
    keep, other = evening.customer(), evening.customer()
    if keep == other:
        return
    plan = preview(evening.session, keep, other, now=evening.now)
    merge(evening.session, keep_id=keep, other_id=other, plan_fingerprint=plan.fingerprint, now=evening.now)


def add(evening: Evening) -> None:
    number = len(evening.session.scalars(select(Event.id)).all())
    a_customer(evening.session, first_name=f"Guest {number}", now=evening.now)
    an_event(evening.session, name=f"Event {number}", starts_at=evening.start(), now=evening.now)


def erase_one(evening: Evening) -> None:
    privacy.erase(evening.session, evening.customer(), now=evening.now)
    count_all(evening)


def wait(evening: Evening) -> None:
    evening.now += hours(evening.chance.choice((1, 5, 20)))
    count_all(evening)


def count_all(evening: Evening) -> None:
    while visit_counts.count_next(evening.session, now=evening.now):
        pass


ACTS: dict[Callable[[Evening], None], int] = {
    book: 8,
    mark: 6,
    walk_in: 2,
    change: 2,
    unbook: 2,
    hand_over: 2,
    undo_last: 6,
    move: 3,
    cancel: 2,
    restore: 3,
    merge_two: 1,
    add: 3,
    erase_one: 1,
    wait: 2,
}


@pytest.mark.plain_sql
@pytest.mark.parametrize("seed", range(HISTORIES))
def test_whatever_staff_do_the_stored_visits_are_those_of_the_bookings(venue: Venue, seed: int) -> None:
    chance = random.Random(seed)
    now, done = NOW, Counter[str]()
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        for _ in range(4):
            add(Evening(session, chance))
    for _ in range(STEPS):
        (what,) = chance.choices(list(ACTS), weights=list(ACTS.values()))
        try:
            with venue.transaction(MANAGER_AND_SCHEDULER) as session:
                evening = Evening(session, chance, now)
                what(evening)
                now = evening.now
            done[what.__name__] += 1
        except (VenueError, IndexError):  # It is not allowed now, or there are no bookings.
            continue
        with venue.reading(MANAGER_AND_SCHEDULER) as session:
            check(session, now, what.__name__)
    assert min(done["mark"], done["move"]) > 0, done


def check(session: Session, now: datetime, done: str) -> None:
    stored = {row.customer_id: (row.visits, row.seats, row.last_day) for row in session.scalars(select(CustomerVisits))}
    visits, no_shows = counted(session, now)
    assert stored == visits, done
    missed = customers.search(session, where=CustomerFilter(came=Came.NO_SHOW), now=now).rows
    assert {row.id for row in missed} == {each for each, count in no_shows.items() if count}, done
    for customer_id in stored:
        summary = of_customer(session, customer_id, now=now)
        assert (summary.visits, summary.seats, summary.last_day) == visits[customer_id], done
        assert len(summary.no_shows) == no_shows[customer_id], done


def counted(session: Session, now: datetime) -> tuple[dict[UUID, tuple[int, int, date]], Counter[UUID]]:
    """The visits, seats and last day of each customer, and their no-shows, counted from nothing."""
    zone = venue_of(session).zone
    today = clock.today(now, zone)
    visits: dict[UUID, tuple[int, int, date]] = {}
    no_shows = Counter[UUID]()
    for event in session.scalars(select(Event).where(Event.cancelled_at.is_(None))).all():
        day = clock.today(event.starts_at, zone)
        booked = session.scalars(select(Booking).where(Booking.event_id == event.id)).all()
        is_marked = any(booking.arrived is not None for booking in booked)
        for booking in booked:
            no_shows[booking.customer_id] += booking.arrived is False
            came = booking.arrived or (not is_marked and booking.seats and day < today)
            if came and day <= today:
                count, seats, last = visits.get(booking.customer_id, (0, 0, day))
                more = (booking.arrived_seats or 0) if booking.arrived else booking.seats
                visits[booking.customer_id] = (count + 1, seats + more, max(last, day))
    return visits, no_shows
