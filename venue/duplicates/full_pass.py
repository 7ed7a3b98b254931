"""Find all customers who are probably the same person, by reading the list in four orders.

It takes little memory, holds no locks while it reads, and stores what it finds in short transactions.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.lists import one_of
from db.models import Customer, DuplicatePair
from db.streams import stream
from db.writes import delete_where
from venue.duplicates import candidates
from venue.duplicates.compare import Person, compare
from venue.duplicates.find import HAS_EMAIL, with_either_name
from venue.duplicates.pairs import LATER, OPEN, NewPair, store
from venue.duplicates.points import FEW
from venue.profile import Venue
from venue.roles import SCHEDULER

PAIRS_AT_ONCE = 500
NAMES_AT_ONCE = 2_000
# Between two pairs that are compared: raises an exception to end the pass, such as when the process stops.
Step = Callable[[], None]
Thing = TypeVar("Thing")


def no_step() -> None:
    """Go on."""


def find_all(venue: Venue, *, now: datetime, step: Step = no_step) -> int:
    """Find all pairs, store them, and delete undecided ones that no longer hold. Returns how many of those found
    are undecided.

    `now` is the time at which the pass begins.
    """
    for pairs in _in_parts(_all_likely(venue, step), PAIRS_AT_ONCE):
        with venue.transaction(SCHEDULER) as session:
            store(session, pairs, now=now)
    with venue.transaction(SCHEDULER) as session:
        undecided = DuplicatePair.state.in_((OPEN, LATER))
        delete_where(session, DuplicatePair, undecided & (DuplicatePair.found_at < now))
        return session.scalars(select(func.count()).select_from(DuplicatePair).where(undecided)).one()


def _all_likely(venue: Venue, step: Step) -> Iterator[NewPair]:
    number = Customer.mobile_number
    ending = func.substr(number, func.length(number) - candidates.END + 1)
    with venue.reading_at_length(SCHEDULER) as session:
        yield from _likely(candidates.by_number(_people(session, step, number, Customer.id)))
    with venue.reading_at_length(SCHEDULER) as session:
        yield from _likely(candidates.by_end_of_number(_people(session, step, ending)))
    with venue.reading_at_length(SCHEDULER) as session:
        address = func.lower(Customer.email)
        yield from _likely(candidates.by_email(_people(session, step, address, where=HAS_EMAIL)))
    with venue.reading_at_length(SCHEDULER) as session:
        people = _people(session, step, Customer.sort_key, Customer.id)
        for one, other, count in candidates.by_last_name(people):
            yield from _if_likely(one, other, count)
    yield from _swapped(venue, step)


def _likely(pairs: Iterator[candidates.Pair]) -> Iterator[NewPair]:
    for one, other in pairs:
        yield from _if_likely(one, other, None)


def _if_likely(one: Person, other: Person, with_last_name: int | None) -> Iterator[NewPair]:
    comparison = compare(one, other, with_last_name=with_last_name)
    if comparison.is_likely and one.id is not None and other.id is not None:
        yield NewPair.of(one.id, other.id, comparison)


def _people(session: Session, step: Step, *order: Any, where: Any = None) -> Iterator[Person]:
    query = select(Customer.id, Customer.sort_key, Customer.mobile_number, Customer.email).order_by(*order)
    query = query if where is None else query.where(where)
    for row in stream(session, query):
        step()
        yield Person.of(row)


def _swapped(venue: Venue, step: Step) -> Iterator[NewPair]:
    """Pairs whose first and last name are swapped, and rare."""
    with venue.reading_at_length(SCHEDULER) as reading, venue.reading(SCHEDULER) as session:
        people = _people(reading, step, Customer.sort_key, Customer.id)
        for batch in _in_parts(people, NAMES_AT_ONCE):
            yield from _swapped_of(session, batch)


def _swapped_of(session: Session, people: Sequence[Person]) -> Iterator[NewPair]:
    # Each pair is found from both sides: the one whose last name comes first looks for the other.
    by_swapped: dict[str, list[Person]] = {}
    for person in people:
        if person.first_name and person.last_name < person.first_name:
            by_swapped.setdefault(f"{person.first_name}\x1f{person.last_name}", []).append(person)
    query = select(Customer.id, Customer.sort_key, Customer.mobile_number, Customer.email)
    counts: dict[str, int] = {}
    for row in session.execute(query.where(one_of(session, Customer.sort_key, list(by_swapped)))).all():
        other = Person.of(row)
        if row.sort_key not in counts:
            counts[row.sort_key] = with_either_name(session, other)
        if counts[row.sort_key] <= FEW:
            for person in by_swapped[row.sort_key]:
                yield from _if_likely(person, other, counts[row.sort_key])


def _in_parts(things: Iterator[Thing], size: int) -> Iterator[list[Thing]]:
    while part := list(islice(things, size)):
        yield part
