"""Random histories of a waitlist: never over capacity, no seat promised twice, and each waiting party knows why.

200 steps on SQLite here, and few by several at once on each database; `SOAK=full` (make soak) makes 20,000
in minutes. `test_passes` has the long histories, of what decides.
"""

import functools
import os
import random
import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message, WaitlistEntry
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, STAFF, a_customer, an_event, minutes
from venue import bookings, events, waitlist
from venue.errors import VenueError
from venue.messages.states import State as TextState
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.waitlist import State
from venue.waitlist.states import OPEN

pytestmark = pytest.mark.soak

FULL = os.environ.get("SOAK") == "full"
STEPS = 20_000 if FULL else 200
CONCURRENT = 500 if FULL else 12
EVENING = 50
CAPACITY, GUESTS = 10, 12
WEIGHTS = {
    "book": 2,
    "join": 6,
    "unbook": 2,
    "change": 2,
    "answer": 2,
    "leave": 1,
    "offer": 1,
    "withdraw": 1,
    "size": 1,
}


def an_evening(venue: Venue) -> tuple[UUID, list[UUID]]:
    """A full event with few seats, and guests who compete for them."""
    with venue.transaction(STAFF) as session:
        event = an_event(session, capacity=CAPACITY)
        guests = [a_customer(session, first_name=f"Guest {n}").id for n in range(GUESTS)]
        for guest, seats in zip(guests, (3, 3, 2, 2), strict=False):
            bookings.book(session, customer_id=guest, event_id=event.id, seats=seats, now=NOW)
        return event.id, guests


@pytest.mark.plain_sql
def test_no_history_promises_a_seat_twice(venue: Venue) -> None:
    chance = random.Random(19)
    event_id, guests = an_evening(venue)
    now, offered = NOW, 0
    for step in range(STEPS):
        now += minutes(chance.choice((0, 0, 1, 5, 60)))
        if step % EVENING == EVENING - 1:
            end_evening(venue, event_id)
            event_id, guests = an_evening(venue)
            now = NOW
        with venue.transaction(STAFF) as session:
            attempt(session, chance, event_id, guests, now)
            check_capacity(session, event_id)
        if chance.random() < 0.7:
            waitlist.offer_all(functools.partial(venue.transaction, SCHEDULER), now=now)
            with venue.transaction(STAFF) as session:
                check_capacity(session, event_id)
                check_after_pass(session, event_id, now)
                offered += answer_text(session, chance, event_id)
    assert offered > STEPS / 50


def end_evening(venue: Venue, event_id: UUID) -> None:
    """When it has begun, no one waits any more. Without this, each pass would look at all evenings there were."""
    waitlist.offer_all(functools.partial(venue.transaction, SCHEDULER), now=IN_TWO_WEEKS)
    with venue.transaction(STAFF) as session:
        assert not session.scalars(select(WaitlistEntry).where(of(event_id), WaitlistEntry.state.in_(OPEN))).all()
        assert not waitlist.listed(session, event_id)


def test_staff_and_schedulers_at_once_promise_no_seat_twice(venue: Venue) -> None:
    event_id, guests = an_evening(venue)
    problems: list[BaseException] = []
    work = [functools.partial(be_staff, venue, event_id, guests, seed) for seed in range(2)]
    work += [functools.partial(be_scheduler, venue, event_id)] * 2
    threads = [threading.Thread(target=guard, args=(each, problems)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with venue.transaction(STAFF) as session:
        check_capacity(session, event_id)
        offers = session.scalars(select(WaitlistEntry.offers)).all()
        texts = session.scalar(select(func.count()).where(Message.kind == Kind.WAITLIST_OFFER.value))
        assert sum(offers) == texts


def guard(work: Callable[[], None], problems: list[BaseException]) -> None:
    try:
        work()
    except BaseException as problem:
        problems.append(problem)


def be_staff(venue: Venue, event_id: UUID, guests: list[UUID], seed: int) -> None:
    chance = random.Random(seed)
    for step in range(CONCURRENT):
        with venue.transaction(STAFF) as session:
            attempt(session, chance, event_id, guests, NOW + minutes(step))
        with venue.transaction(STAFF) as session:
            check_capacity(session, event_id)


def be_scheduler(venue: Venue, event_id: UUID) -> None:
    for step in range(CONCURRENT):
        waitlist.offer_all(functools.partial(venue.transaction, SCHEDULER), now=NOW + minutes(step))


def attempt(session: Session, chance: random.Random, event_id: UUID, guests: list[UUID], now: datetime) -> None:
    """One thing that staff do; a refusal is one, too."""
    guest = chance.choice(guests)
    entry = session.scalars(select(WaitlistEntry.id).order_by(func.random()).where(of(event_id))).first()
    # A row, as screens read it: an object would be locked with the version that it was read with.
    of_event = select(Booking.id, Booking.version).where(Booking.event_id == event_id)
    booking = session.execute(of_event.order_by(func.random())).first()
    seats = chance.randint(1, 6)
    known = {"event_id": event_id, "customer_id": guest, "seats": seats, "now": now}
    does = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    try:
        if does in ("book", "join"):
            (bookings.book if does == "book" else waitlist.join)(session, **known)
        elif does == "unbook" and booking is not None:
            bookings.delete(session, booking.id, now=now)
        elif does == "change" and booking is not None:
            bookings.update(session, booking.id, version=booking.version, seats=chance.randint(0, 6), now=now)
        elif does == "answer" and entry is not None:
            waitlist.answer(session, entry, accepts=chance.random() < 0.6, now=now)
        elif does == "leave" and entry is not None:
            waitlist.leave(session, entry, now=now)
        elif does == "offer" and entry is not None:
            waitlist.offer(session, entry, now=now)
        elif does == "withdraw" and entry is not None:
            waitlist.withdraw(session, entry, now=now)
        elif does == "size":
            version = session.get_one(Event, event_id, populate_existing=True).version
            events.update(session, event_id, version=version, capacity=chance.randint(8, 12), now=now)
    except VenueError:
        pass


def of(event_id: UUID) -> object:
    return WaitlistEntry.event_id == event_id


def check_capacity(session: Session, event_id: UUID) -> None:
    """What is booked and what is promised fit together."""
    booked = session.scalar(select(func.coalesce(func.sum(Booking.seats), 0)).where(Booking.event_id == event_id))
    is_offered = WaitlistEntry.state == State.OFFERED
    offered = select(func.coalesce(func.sum(WaitlistEntry.seats), 0)).where(of(event_id), is_offered)
    capacity = session.scalar(select(Event.capacity).where(Event.id == event_id))
    assert booked + session.scalar(offered) <= capacity


def check_after_pass(session: Session, event_id: UUID, now: datetime) -> None:
    """Each party that still waits has a cause, and none of them is a guest with seats."""
    waiting = session.scalars(select(WaitlistEntry).where(of(event_id), WaitlistEntry.state == State.WAITING)).all()
    assert all(entry.cause for entry in waiting), [entry.cause for entry in waiting]
    with_seats = select(Booking.customer_id).where(Booking.event_id == event_id, Booking.seats > 0)
    assert not {entry.customer_id for entry in waiting} & set(session.scalars(with_seats))


def answer_text(session: Session, chance: random.Random, event_id: UUID) -> int:
    """What becomes of the texts with offers: most arrive. Returns how many there were."""
    planned = (Message.event_id == event_id) & (Message.kind == Kind.WAITLIST_OFFER.value)
    texts = session.scalars(select(Message).where(planned, Message.state == TextState.PLANNED.value)).all()
    for text in texts:
        state = chance.choice((TextState.PLANNED, TextState.DELIVERED, TextState.DELIVERED, TextState.FAILED))
        text.state, text.provider_id = state.value, f"SM{text.id.hex}"
    return len(texts)
