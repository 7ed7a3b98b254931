"""The scheduler looks at all customers at first and every night, and in between at those who changed."""

from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select, update

from db.models import Customer, DuplicatePair
from tests.makers import MANAGER, NOW, a_customer, hours
from venue import customers
from venue.duplicates import full_pass, marks, work
from venue.duplicates.work import DuplicateFinder
from venue.journal import seals
from venue.profile import Venue
from venue.roles import SCHEDULER

NUMBER = "+447700900801"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def finder(venue: Venue, clock: Clock) -> DuplicateFinder:
    return DuplicateFinder(venue, clock=clock, stopping=Event())


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When each pass over all customers began."""
    began: list[datetime] = []
    find_all = full_pass.find_all

    def noted(venue: Venue, *, now: datetime, step: full_pass.Step) -> int:
        began.append(now)
        return find_all(venue, now=now, step=step)

    monkeypatch.setattr(full_pass, "find_all", noted)
    return began


def count(venue: Venue) -> int:
    with venue.reading(SCHEDULER) as session:
        return len(session.scalars(select(DuplicatePair)).all())


def two_of_one_name(venue: Venue) -> None:
    """Without the search that adding makes, as after an import."""
    with venue.transaction(MANAGER) as session:
        for name in ("Ann", "Bob"):
            a_customer(session, first_name=name, mobile_number=NUMBER)
    with venue.transaction(MANAGER) as session:
        session.execute(update(Customer).values(sort_key="smith\x1fann"))


def seal(venue: Venue) -> None:
    seals.seal_all(lambda: venue.transaction(SCHEDULER), now=NOW)


def test_everyone_is_looked_at_when_the_scheduler_first_runs(venue: Venue, finder: DuplicateFinder) -> None:
    two_of_one_name(venue)
    finder.run()
    assert count(venue) == 1
    with venue.reading(SCHEDULER) as session:
        assert marks.last_checked(session) == NOW


def test_then_every_night(venue: Venue, finder: DuplicateFinder, clock: Clock, passes: list[datetime]) -> None:
    for hour in (0, 1, 14, 16, 17, 39, 41):
        clock.now = NOW + hours(hour)
        finder.run()
    # NOW is at noon; a night begins at three.
    assert passes == [NOW, NOW + hours(16), NOW + hours(39)]


def test_in_between_those_are_looked_at_whom_the_journal_names(
    venue: Venue, finder: DuplicateFinder, clock: Clock, passes: list[datetime]
) -> None:
    finder.run()
    two_of_one_name(venue)
    clock.now += timedelta(minutes=1)
    finder.run()
    # They may be followed by an entry with a lesser id, as long as they are not sealed.
    assert count(venue) == 0
    seal(venue)
    finder.run()
    assert (count(venue), len(passes)) == (1, 1)


def test_of_too_many_changes_everyone_is_looked_at(
    venue: Venue, finder: DuplicateFinder, passes: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_CHANGED", 1)
    finder.run()
    two_of_one_name(venue)
    seal(venue)
    finder.run()
    assert (count(venue), len(passes)) == (1, 2)
    finder.run()
    assert len(passes) == 2


def test_a_pair_that_no_longer_holds_goes(venue: Venue, finder: DuplicateFinder) -> None:
    finder.run()
    with venue.transaction(MANAGER) as session:
        for _ in range(2):
            last = a_customer(session, mobile_number=NUMBER)
    assert count(venue) == 1
    with venue.transaction(MANAGER) as session:
        customers.update(session, last.id, version=1, notes="Regular", now=NOW)
        session.execute(update(Customer).where(Customer.id == last.id).values(sort_key="smith\x1fzoe"))
    finder.run()
    assert count(venue) == 1
    seal(venue)
    finder.run()
    assert count(venue) == 0


def test_one_process_at_a_time_makes_a_pass(venue: Venue, clock: Clock, passes: list[datetime]) -> None:
    first, second = (DuplicateFinder(venue, clock=clock, stopping=Event()) for _ in range(2))
    with venue.transaction(SCHEDULER) as session:
        marks.write(session, marks.Mark(pass_began_at=NOW, lease_until=NOW + work.LEASE), now=NOW)
    first.run()
    assert passes == []
    # The process of that pass was killed.
    clock.now = NOW + work.LEASE
    second.run()
    assert passes == [clock.now]


def test_a_pass_that_is_stopped_is_begun_again(venue: Venue, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ROWS_AT_ONCE", 1)
    two_of_one_name(venue)
    stopping = Event()
    finder = DuplicateFinder(venue, clock=clock, stopping=stopping)
    stopping.set()
    finder.run()
    assert count(venue) == 0
    stopping.clear()
    finder.run()
    assert count(venue) == 1


def test_a_pass_that_another_process_took_over_deletes_nothing(
    venue: Venue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "ROWS_AT_ONCE", 1)
    two_of_one_name(venue)
    finder = DuplicateFinder(venue, clock=clock, stopping=Event())
    rows = 0
    step = finder._step

    def slow_step() -> None:
        nonlocal rows
        rows += 1
        if rows == 2:
            clock.now += work.LEASE
            DuplicateFinder(venue, clock=clock, stopping=Event()).run()
        step()

    monkeypatch.setattr(finder, "_step", slow_step)
    finder.run()
    assert count(venue) == 1
    with venue.reading(SCHEDULER) as session:
        assert marks.last_checked(session) == NOW + work.LEASE
