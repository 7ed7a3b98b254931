"""Who is in a household, and who may belong to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.lists import one_of
from db.models import Customer, DuplicatePair, HouseholdMember
from venue import masking
from venue.roles import Permission, require
from venue.wording import full_name, join_names

MOST_OFFERS = 5
# Pairs about which staff are asked on another screen, or said that these two have nothing to do with each other.
_ASKED_OR_DECLINED = ("open", "later", "not_same")


@dataclass(frozen=True)
class Member:
    """Another customer of a household. The number is E.164, or masked for those who may not see it."""

    id: UUID
    first_name: str
    last_name: str
    mobile_number: str
    same_number: bool

    @property
    def name(self) -> str:
        return join_names(self.first_name, self.last_name)


def of(session: Session, customer_id: UUID) -> list[Member]:
    """The other members of this customer's household by name; none if they are in no household."""
    require(session, Permission.READ)
    theirs = select(HouseholdMember.household_id).where(HouseholdMember.customer_id == customer_id).scalar_subquery()
    is_member = Customer.id.in_(select(HouseholdMember.customer_id).where(HouseholdMember.household_id == theirs))
    return _members(session, customer_id, is_member)


def listed(session: Session) -> dict[UUID, list[Member]]:
    """The members of every household, by its id, those of a household by name. `same_number`: another member has the
    same number."""
    require(session, Permission.READ)
    full = masking.sees_numbers(session)
    having_it = func.count().over(partition_by=(HouseholdMember.household_id, Customer.mobile_number))
    rows = session.execute(
        select(
            *(HouseholdMember.household_id, Customer.id, Customer.first_name, Customer.last_name),
            masking.number(Customer.mobile_number, full=full),
            (having_it > 1).label("shared"),
        )
        .join(Customer, Customer.id == HouseholdMember.customer_id)
        .order_by(Customer.sort_key, Customer.id)
    )
    households: dict[UUID, list[Member]] = defaultdict(list)
    for row in rows:
        member = Member(row.id, row.first_name, row.last_name, row.mobile_number, bool(row.shared))
        households[row.household_id].append(member)
    return dict(households)


def names_of(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The names of the others in each customer's household, sorted; without customers who are in none. One statement,
    for a page of the list."""
    require(session, Permission.READ)
    other = aliased(HouseholdMember)
    rows = session.execute(
        select(HouseholdMember.customer_id, Customer.first_name, Customer.last_name)
        .join(other, other.household_id == HouseholdMember.household_id)
        .join(Customer, Customer.id == other.customer_id)
        .where(one_of(session, HouseholdMember.customer_id, customer_ids))
        .where(other.customer_id != HouseholdMember.customer_id)
        .order_by(Customer.sort_key, Customer.id)
    )
    names: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        names[row.customer_id].append(full_name(row))
    return dict(names)


def offers(session: Session, customer_id: UUID) -> list[Member]:
    """Up to MOST_OFFERS customers with the same number who may be of the same household: those who are not in it, and
    of whom staff did not say otherwise. Those who may be the same person are asked about as duplicates."""
    require(session, Permission.READ)
    mine, theirs = aliased(HouseholdMember), aliased(HouseholdMember)
    together = exists(
        select(mine.household_id)
        .join(theirs, theirs.household_id == mine.household_id)
        .where(mine.customer_id == customer_id, theirs.customer_id == Customer.id)
        .correlate(Customer)
    )
    asked = exists().where(_pair(customer_id, Customer.id), DuplicatePair.state.in_(_ASKED_OR_DECLINED))
    number = select(Customer.mobile_number).where(Customer.id == customer_id).scalar_subquery()
    wanted = and_(Customer.mobile_number == number, ~together, ~asked)
    return _members(session, customer_id, wanted)[:MOST_OFFERS]


def with_same_number(session: Session, customer_id: UUID) -> list[Member]:
    """All other customers with this customer's number, in a household with them or not, by name: they read texts to
    it."""
    require(session, Permission.READ)
    number = select(Customer.mobile_number).where(Customer.id == customer_id).scalar_subquery()
    return _members(session, customer_id, Customer.mobile_number == number)


def _pair(one: UUID, other: Any) -> ColumnElement[bool]:
    first, second = DuplicatePair.first_id, DuplicatePair.second_id
    return or_(and_(first == one, second == other), and_(first == other, second == one))


def _members(session: Session, customer_id: UUID, which: ColumnElement[bool]) -> list[Member]:
    """The customers who match, without this one."""
    number = select(Customer.mobile_number).where(Customer.id == customer_id).scalar_subquery()
    rows = session.execute(
        select(
            *(Customer.id, Customer.first_name, Customer.last_name),
            masking.number(Customer.mobile_number, full=masking.sees_numbers(session)),
            (Customer.mobile_number == number).label("same_number"),
        )
        .where(which, Customer.id != customer_id)
        .order_by(Customer.sort_key, Customer.id)
    )
    return [Member(**{**row._asdict(), "same_number": bool(row.same_number)}) for row in rows]
