"""What goes on at a venue while texts are sent: staff at work, guests who answer, a full event, and who looks on.

Each runs in a thread of its own and does one thing after the other, chosen at random, until `at_work` ends.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Campaign, Customer, Event, PhoneNumber, WaitlistEntry
from db.writes import update_where
from tests.faults.stage import Provider, until
from tests.makers import MANAGER, a_customer, an_event
from tests.venue.campaigns.people import agrees
from venue import bookings, campaigns, clock, events, waitlist
from venue.errors import Busy as DatabaseBusy
from venue.errors import ChangedJustNow, VenueError
from venue.privacy.erase import erase
from venue.profile import Venue
from venue.waitlist import State

# The last names of those who get bulk texts, and of those who wait for seats.
AUDIENCE, PARTIES = "Smith", "Jones"
REPLIES = ("STOP", "Stop texting me please", "Thanks!", "4 please", "We're running late", "Can't make it, sorry")


class Busy:
    """Does one thing after the other, until the storm is over."""

    def __init__(self, venue: Venue, *, seed: int, pause: float):
        self.venue = venue
        self.chance = random.Random(seed)
        self.pause = pause
        self.problems: list[str] = []

    def act(self) -> None:
        raise NotImplementedError

    def work(self, over: threading.Event) -> None:
        while not over.wait(self.chance.uniform(0.5, 1.5) * self.pause):
            try:
                self.act()
            except VenueError:  # as when two of them did the same, or the database is busy
                pass
            except Exception as problem:
                self.problems.append(repr(problem))


@contextlib.contextmanager
def at_work(*busy: Busy) -> Iterator[None]:
    over = threading.Event()
    threads = [threading.Thread(target=each.work, args=(over,)) for each in busy]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def insist(act: Callable[[], None]) -> None:
    """Do this, and try again while the database is busy, or someone else changed the same: staff are told to."""

    def is_done() -> bool:
        try:
            act()
        except (DatabaseBusy, ChangedJustNow):
            return False
        return True

    assert until(is_done)


class Manager(Busy):
    """Pauses and resumes bulk texts, changes their rates, records that customers no longer agree, and erases a few."""

    def __init__(self, venue: Venue, campaign_ids: Sequence[UUID], *, rates: Sequence[int], pause: float):
        super().__init__(venue, seed=19, pause=pause)
        self.campaign_ids = campaign_ids
        self.rates = rates
        self.paused = 0
        self.erasing = 0
        self.erased: set[str] = set()

    def act(self) -> None:
        # First a pause: on a slow machine the storm ends after few acts.
        acts = (self._pause, self._change_rate, self._withdraw, self._erase)
        act = self.chance.choices(acts, (3, 3, 2, 1))[0] if self.paused else self._pause
        act()

    def let_all_go(self) -> None:
        """No pause, and the highest rate."""
        for campaign_id in self.campaign_ids:
            insist(partial(self._resume, campaign_id))
            insist(partial(self._set_rate, campaign_id, max(self.rates)))

    def stop(self, campaign_id: UUID) -> None:
        insist(partial(self._stop, campaign_id))

    def waiting(self) -> int:
        with self.venue.reading(MANAGER) as session:
            return sum(campaigns.get(session, each).progress.waiting for each in self.campaign_ids)

    def _resume(self, campaign_id: UUID) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session, contextlib.suppress(VenueError):
            campaigns.resume(session, campaign_id, now=clock.now())

    def _stop(self, campaign_id: UUID) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session:
            campaigns.stop(session, campaign_id, now=clock.now())

    def _pause(self) -> None:
        campaign_id = self.chance.choice(self.campaign_ids)
        with self.venue.transaction_for_staff(MANAGER) as session:
            campaigns.pause(session, campaign_id, now=clock.now())
        self.paused += 1
        time.sleep(self.chance.uniform(0.1, 1.0))
        with self.venue.transaction_for_staff(MANAGER) as session:
            campaigns.resume(session, campaign_id, now=clock.now())

    def _change_rate(self) -> None:
        self._set_rate(self.chance.choice(self.campaign_ids), self.chance.choice(self.rates))

    def _set_rate(self, campaign_id: UUID, per_minute: int) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session:
            update_where(session, Campaign, Campaign.id == campaign_id, {"per_minute": per_minute})

    def _withdraw(self) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session:
            agrees(session, self._one_of_them(session), "withdrawn", now=clock.now())

    def _erase(self) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session:
            customer = self._one_of_them(session)
            self.erasing += 1
            self.erased.add(customer.first_name)
            erase(session, customer.id, now=clock.now())

    def _one_of_them(self, session: Session) -> Customer:
        who = select(Customer).where(Customer.last_name == AUDIENCE).order_by(func.random()).limit(1)
        return session.scalars(who).one()


class Guests(Busy):
    """Text back at random, some of them STOP, and some of these START."""

    def __init__(self, venue: Venue, provider: Provider, numbers: Sequence[str], *, pause: float):
        super().__init__(venue, seed=20, pause=pause)
        self.provider = provider
        self.numbers = numbers
        self.stopped: list[str] = []

    def act(self) -> None:
        if self.stopped and self.chance.random() < 0.1:
            self.provider.receive(self.stopped.pop(), "START")
            return
        number, body = self.chance.choice(self.numbers), self.chance.choice(REPLIES)
        self.provider.receive(number, body)
        if body.startswith("S"):
            self.stopped.append(number)


class FullEvent(Busy):
    """Parties who wait for seats of a full event. Staff free seats and take answers; each joins or books only once, so
    that no two texts read alike."""

    def __init__(self, venue: Venue, people: Sequence[tuple[str, str]], *, pause: float):
        super().__init__(venue, seed=21, pause=pause)
        self.capacity = len(people) // 2
        with venue.transaction(MANAGER) as session:
            starts_at = clock.now() + timedelta(days=20)
            event = an_event(session, now=clock.now(), starts_at=starts_at, capacity=self.capacity)
            self.event_id = event.id
            ids = [
                a_customer(session, first_name=name, last_name=PARTIES, mobile_number=number, now=clock.now()).id
                for name, number in people
            ]
            half = len(ids) // 2
            for customer_id in ids[half:]:
                bookings.book(session, customer_id=customer_id, event_id=event.id, seats=1, now=clock.now())
            # Some wait from the beginning: once seats are free, they are booked at once.
            self.first = ids[: half // 2]
            for customer_id in self.first:
                waitlist.join(session, event_id=event.id, customer_id=customer_id, seats=1, now=clock.now())
        self.to_join = ids[half // 2 : half]

    def act(self) -> None:
        with self.venue.transaction_for_staff(MANAGER) as session:
            done = self.chance.choices((self._free_seats, self._join, self._answer, self._leave), (4, 4, 3, 1))[0]
            done(session)

    def _free_seats(self, session: Session) -> None:
        which = select(Booking.id).where(Booking.event_id == self.event_id).order_by(func.random())
        booking_id = session.scalar(which.limit(1))
        if booking_id:
            bookings.delete(session, booking_id, now=clock.now())

    def _join(self, session: Session) -> None:
        if self.to_join:
            seats = self.chance.choice((1, 1, 1, 2, 3))
            waitlist.join(session, event_id=self.event_id, customer_id=self.to_join[-1], seats=seats, now=clock.now())
            self.to_join.pop()

    def _answer(self, session: Session) -> None:
        # Of those who come alone none answers.
        if entry := self._one(session, State.OFFERED, WaitlistEntry.seats > 1):
            waitlist.answer(session, entry, accepts=self.chance.random() < 0.7, now=clock.now())

    def _leave(self, session: Session) -> None:
        # On a slow machine all would have left before a scheduler offers them seats, if the first did not stay.
        if entry := self._one(session, State.WAITING, WaitlistEntry.customer_id.not_in(self.first)):
            waitlist.leave(session, entry, now=clock.now())

    def has_offers(self) -> bool:
        with self.venue.reading(MANAGER) as session:
            return self._one(session, State.OFFERED) is not None

    def _one(self, session: Session, state: State, *more: ColumnElement[bool]) -> UUID | None:
        of_these = WaitlistEntry.event_id == self.event_id, WaitlistEntry.state == state, *more
        return session.scalar(select(WaitlistEntry.id).where(*of_these).order_by(func.random()).limit(1))


class Watcher(Busy):
    """Counts, again and again: each of an audience once, and no more seats booked and offered than there are. `stopped`
    are the numbers that have opted out, each with the time since which that is known."""

    def __init__(self, manager: Manager, event: FullEvent, *, texts: int, pause: float):
        super().__init__(manager.venue, seed=22, pause=pause)
        self.manager, self.event, self.texts = manager, event, texts
        self.looks = 0
        self.stopped: dict[str, datetime] = {}

    def act(self) -> None:
        with self.venue.reading(MANAGER) as session:
            for campaign_id in self.manager.campaign_ids:
                progress = campaigns.get(session, campaign_id).progress
                # Those who are being erased count already, since that may have been committed.
                if progress.total != self.texts or not 0 <= progress.erased <= self.manager.erasing:
                    self.problems.append(f"{progress.total} of {self.texts}: {progress}")
            taken = events.seats_taken(session, self.event.event_id)
            capacity = session.scalar(select(Event.capacity).where(Event.id == self.event.event_id))
            if taken > (capacity or 0):
                self.problems.append(f"{taken} seats of {capacity}")
            opted_out = set(
                session.scalars(select(PhoneNumber.mobile_number).where(PhoneNumber.opted_out_at.is_not(None)))
            )
        now = clock.now()
        self.stopped = {number: self.stopped.get(number, now) for number in opted_out}
        self.looks += 1
