"""Find the customers who are probably the same person as one customer, by the indexes on number, address and name."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import any_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from db.models import Customer
from db.types import AnySelect
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
        *_with_email(session, person),
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
    query = _with_numbers(session.get_bind().dialect.name)
    others = _people(session, query, {"numbers": numbers}, besides=person)
    sharing: dict[str, int] = {person.mobile_number: 1}
    for other in others:
        sharing[other.mobile_number] = sharing.get(other.mobile_number, 0) + 1
    too_many = {number for number, count in sharing.items() if count > MOST_SHARING_A_NUMBER}
    if person.mobile_number in too_many:
        return []
    return _compared(person, [other for other in others if other.mobile_number not in too_many], None)


def _with_email(session: Session, person: Person) -> Compared:
    if not person.email:
        return []
    others = _people(session, _WITH_EMAIL, {"email": person.email}, besides=person)
    return _compared(person, others, None) if len(others) < MOST_SHARING_A_NUMBER else []


def _with_last_name(session: Session, person: Person) -> Compared:
    others = _people(session, _WITH_LAST_NAME, _range(person.last_name), besides=person)
    # With the person themselves, it must be at most FEW.
    return _compared(person, others, len(others) + 1) if len(others) < FEW else []


def _with_swapped_names(session: Session, person: Person) -> Compared:
    if not person.first_name or not person.last_name or person.first_name == person.last_name:
        return []
    swapped = {"key": f"{person.first_name}\x1f{person.last_name}"}
    others = _people(session, _WITH_KEY, swapped, besides=person)
    return _compared(person, others, with_either_name(session, person)) if others else []


def with_either_name(session: Session, person: Person) -> int:
    """How many customers have one of a person's names as their last name, counted up to one more than FEW."""
    require(session, Permission.READ)
    names = (person.first_name, person.last_name)
    return max(len(_people(session, _WITH_LAST_NAME, _range(name))) for name in names)


def _compared(person: Person, others: Sequence[Person], with_last_name: int | None) -> Compared:
    return [
        (other.id, compare(person, other, with_last_name=with_last_name)) for other in others if other.id is not None
    ]


def _people(
    session: Session, query: AnySelect, values: Mapping[str, object], *, besides: Person | None = None
) -> list[Person]:
    people = [Person.of(row) for row in session.execute(query, values)]
    return people if besides is None else [each for each in people if each.id != besides.id]


def _range(last_name: str) -> dict[str, str]:
    """Between which sort keys all of a last name are."""
    return {"from": f"{last_name}\x1f", "before": f"{last_name}\x20"}


# Made once: it takes as long as the queries themselves.
_customers = Customer.__table__.c
_SELECTED = select(_customers.id, _customers.sort_key, _customers.mobile_number, _customers.email).order_by(
    _customers.sort_key, _customers.id
)
_WITH_LAST_NAME = _SELECTED.where(
    _customers.sort_key >= bindparam("from"), _customers.sort_key < bindparam("before")
).limit(FEW + 2)
# A literal, so that the partial index on addresses is used.
HAS_EMAIL = _customers.email != literal_column("''")
_WITH_EMAIL = _SELECTED.where(func.lower(_customers.email) == bindparam("email"), HAS_EMAIL).limit(
    MOST_SHARING_A_NUMBER + 1
)
_WITH_KEY = _SELECTED.where(_customers.sort_key == bindparam("key")).limit(MOST_SWAPPED + 1)


@functools.cache
def _with_numbers(dialect: str) -> AnySelect:
    number = _customers.mobile_number
    if dialect == "postgresql":
        # One array, so that it is one prepared statement.
        wanted = number == any_(bindparam("numbers", type_=ARRAY(number.type)))
    else:
        wanted = number.in_(bindparam("numbers", expanding=True))
    return _SELECTED.where(wanted).limit(MOST_NEAR + 1)
