"""Find the customers who are probably the same person as one customer, by the indexes on number and name."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.lists import one_of
from db.models import Customer
from venue.duplicates.compare import Comparison, Person, compare
from venue.duplicates.near_numbers import near
from venue.duplicates.points import FEW, MOST_SHARING_A_NUMBER
from venue.roles import Permission, require

# In a list where many numbers are close, such as one of made-up numbers.
MOST_NEAR = 500
MOST_SWAPPED = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A customer who is probably the same person."""

    customer_id: UUID
    comparison: Comparison


def find_for(session: Session, person: Person) -> Sequence[Found]:
    """Customers who are probably this person, the likeliest first. A person with an id is not found themselves."""
    require(session, Permission.READ)
    comparisons: dict[UUID, Comparison] = {}
    for other, comparison in [
        *_with_near_number(session, person),
        *_with_last_name(session, person),
        *_with_swapped_names(session, person),
    ]:
        best = comparisons.get(other)
        if comparison.is_likely and (best is None or best.score < comparison.score):
            comparisons[other] = comparison
    found = [Found(customer_id, comparison) for customer_id, comparison in comparisons.items()]
    return sorted(found, key=lambda each: (-each.comparison.score, each.customer_id))


Compared = list[tuple[UUID, Comparison]]


def _with_near_number(session: Session, person: Person) -> Compared:
    numbers = [person.mobile_number, *near(person.mobile_number)]
    others = _people(session, one_of(session, Customer.mobile_number, numbers), MOST_NEAR, besides=person)
    sharing: dict[str, int] = {person.mobile_number: 1}
    for other in others:
        sharing[other.mobile_number] = sharing.get(other.mobile_number, 0) + 1
    too_many = {number for number, count in sharing.items() if count > MOST_SHARING_A_NUMBER}
    if person.mobile_number in too_many:
        return []
    return _compared(person, [other for other in others if other.mobile_number not in too_many], None)


def _with_last_name(session: Session, person: Person) -> Compared:
    others = _people(session, _has_last_name(person.last_name), FEW + 1, besides=person)
    # With the person themselves, it must be at most FEW.
    return _compared(person, others, len(others) + 1) if len(others) < FEW else []


def _with_swapped_names(session: Session, person: Person) -> Compared:
    if not person.first_name or not person.last_name or person.first_name == person.last_name:
        return []
    swapped = Customer.sort_key == f"{person.first_name}\x1f{person.last_name}"
    others = _people(session, swapped, MOST_SWAPPED, besides=person)
    return _compared(person, others, with_either_name(session, person)) if others else []


def with_either_name(session: Session, person: Person) -> int:
    """How many customers have one of a person's names as their last name, counted up to one more than FEW."""
    require(session, Permission.READ)
    counts = [len(_people(session, _has_last_name(name), FEW + 1)) for name in (person.first_name, person.last_name)]
    return max(counts)


def _compared(person: Person, others: Sequence[Person], with_last_name: int | None) -> Compared:
    return [
        (other.id, compare(person, other, with_last_name=with_last_name)) for other in others if other.id is not None
    ]


def _has_last_name(last_name: str) -> ColumnElement[bool]:
    return and_(Customer.sort_key >= f"{last_name}\x1f", Customer.sort_key < f"{last_name}\x20")


def _people(session: Session, where: ColumnElement[bool], most: int, *, besides: Person | None = None) -> list[Person]:
    rows = session.execute(
        select(Customer.id, Customer.sort_key, Customer.mobile_number)
        .where(where)
        .order_by(Customer.sort_key, Customer.id)
        .limit(most + 1)
    )
    return [Person.of(row) for row in rows if besides is None or row.id != besides.id]
