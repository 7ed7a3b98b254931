"""Put customers into a household, and take them out of it.

The customers are locked first, in the order of their ids, then the households.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, DuplicatePair, Household, HouseholdMember
from db.writes import delete_where, insert_new, insert_once, update_where
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.households.find import names_of
from venue.roles import Permission, require
from venue.wording import full_name, in_words

# More share a phone only by mistake, such as a pub's own number.
MOST_MEMBERS = 20


@act(Act.HOUSEHOLD_JOINED)
def join(session: Session, customer_ids: Collection[UUID], *, unite: bool = False, now: datetime) -> None:
    """Make these customers one household, together with the household that some of them are in. Those who are one
    already are not changed.

    Raises NotFound. Raises Invalid(customer_ids=…) for fewer than two customers or too many, and Invalid(unite=…) if
    they are in different households, unless `unite`: then all members of those become one household.
    """
    require(session, Permission.CUSTOMERS)
    if len(set(customer_ids)) < 2:
        raise Invalid(customer_ids="Choose at least two customers for a household")
    _join(session, customer_ids, unite=unite, now=now)


@act(Act.HOUSEHOLD_LEFT)
def leave(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """Take a customer out of their household. If only one is left then, there is no household any more. Does nothing
    for a customer who is in none."""
    require(session, Permission.CUSTOMERS)
    _lock_customers(session, [customer_id])
    _take_out(session, customer_id)


@act(Act.HOUSEHOLD_DECLINED)
def decline(session: Session, customer_id: UUID, other_id: UUID, *, now: datetime) -> None:
    """Record that these two only have the same number: `offers` does not offer them again, nor are they duplicates.
    Raises NotFound, and Invalid(other_id=…) if they are in one household."""
    actor = require(session, Permission.CUSTOMERS)
    first_id, second_id = sorted((customer_id, other_id))
    _lock_customers(session, [first_id, second_id])
    households = _households_of(session, [first_id, second_id])
    if len(households) == 2 and len(set(households.values())) == 1:
        raise Invalid(other_id="They are in one household")
    decided = {"state": "not_same", "decided_at": now, "decided_by": actor.name}
    found = {"first_id": first_id, "second_id": second_id, "score": 0, "reasons": "[]", "found_at": now}
    if not insert_once(session, DuplicatePair, [{**found, **decided}]):
        pair = (DuplicatePair.first_id == first_id) & (DuplicatePair.second_id == second_id)
        update_where(session, DuplicatePair, pair, decided)


def move(session: Session, from_id: UUID, to_id: UUID) -> None:
    """Give a customer who survives a merge the household of the one who is merged into them. If both are in one, they
    become one household; without others it ends."""
    require(session, Permission.MERGE)
    _lock_customers(session, [from_id, to_id])
    households = _households_of(session, [from_id, to_id])
    if from_id not in households:
        return
    if to_id in households:
        _unite(session, households[to_id], [households[from_id]])
        _take_out(session, from_id)
        return
    membership = session.scalars(select(HouseholdMember).where(HouseholdMember.customer_id == from_id)).one()
    added_at, household_id = membership.added_at, membership.household_id
    delete_where(session, HouseholdMember, HouseholdMember.customer_id == from_id)
    insert_new(session, HouseholdMember, [_member(to_id, household_id, added_at)])


def dissolve_with(session: Session, customer_id: UUID) -> None:
    """Take a customer who is about to be erased out of their household, in the transaction that locked and erases
    them."""
    require(session, Permission.DELETE, Permission.IMPORT)
    _take_out(session, customer_id)


def end_small(session: Session) -> None:
    """End every household that has fewer than two members, after an undo that may have taken the others out."""
    require(session, Permission.CUSTOMERS)
    members = select(func.count()).where(HouseholdMember.household_id == Household.id).scalar_subquery()
    small = list(session.scalars(select(Household.id).where(members < 2).with_for_update(key_share=True)))
    if small:
        delete_where(session, HouseholdMember, HouseholdMember.household_id.in_(small))
        delete_where(session, Household, Household.id.in_(small))


def _join(session: Session, customer_ids: Collection[UUID], *, unite: bool, now: datetime) -> None:
    ids = sorted(set(customer_ids))
    _lock_customers(session, ids)
    of_each = _households_of(session, ids)
    households = sorted(set(of_each.values()))
    if len(households) > 1 and not unite:
        raise Invalid(unite=_two_households(session, list(of_each)))
    if not households:
        household = Household(created_at=now)
        session.add(household)
        session.flush()
        households = [household.id]
    keep, *others = households
    _unite(session, keep, others)
    new = [_member(customer_id, keep, now) for customer_id in ids if customer_id not in of_each]
    if new:
        insert_new(session, HouseholdMember, new)
    if _count(session, keep) > MOST_MEMBERS:
        raise Invalid(customer_ids=f"A household has at most {MOST_MEMBERS} members")


def _two_households(session: Session, customer_ids: Sequence[UUID]) -> str:
    others = names_of(session, customer_ids)
    rows = session.execute(
        select(Customer.id, Customer.first_name, Customer.last_name)
        .where(Customer.id.in_(customer_ids))
        .order_by(Customer.sort_key, Customer.id)
    )
    said = [f"{full_name(row)} is in a household with {in_words(others.get(row.id, []))}" for row in rows]
    return f"{', '.join(said)}. Make them all one household?"


def _unite(session: Session, keep: UUID, others: Sequence[UUID]) -> None:
    """Move the members of other households to this one."""
    others = [household_id for household_id in others if household_id != keep]
    if others:
        of_others = HouseholdMember.household_id.in_(others)
        update_where(session, HouseholdMember, of_others, {"household_id": keep})
        delete_where(session, Household, Household.id.in_(others))


def _take_out(session: Session, customer_id: UUID) -> None:
    household_id = _households_of(session, [customer_id]).get(customer_id)
    if household_id is None:
        return
    if _count(session, household_id) > 2:
        delete_where(session, HouseholdMember, HouseholdMember.customer_id == customer_id)
        return
    # First the members, so that each is recorded as a change of their own.
    delete_where(session, HouseholdMember, HouseholdMember.household_id == household_id)
    delete_where(session, Household, Household.id == household_id)


def _lock_customers(session: Session, customer_ids: Sequence[UUID]) -> None:
    """Lock these customers, in the order of their ids. Raises NotFound."""
    wanted = select(Customer.id).where(Customer.id.in_(customer_ids)).order_by(Customer.id)
    found = session.scalars(wanted.with_for_update(key_share=True)).all()
    if len(found) < len(set(customer_ids)):
        raise NotFound("This customer no longer exists.")


def _households_of(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The household of each of these customers who is in one, locked."""
    theirs = select(HouseholdMember.customer_id, HouseholdMember.household_id).where(
        HouseholdMember.customer_id.in_(customer_ids)
    )
    found = {row.household_id for row in session.execute(theirs)}
    if not found:
        return {}
    locked = select(Household.id).where(Household.id.in_(found)).order_by(Household.id)
    session.execute(locked.with_for_update(key_share=True))
    # Again: while this waited for a lock, others may have taken them out, or united their household with another.
    of_each = {row.customer_id: row.household_id for row in session.execute(theirs)}
    return of_each if set(of_each.values()) <= found else _households_of(session, customer_ids)


def _count(session: Session, household_id: UUID) -> int:
    return session.scalars(select(func.count()).where(HouseholdMember.household_id == household_id)).one()


def _member(customer_id: UUID, household_id: UUID, added_at: datetime) -> dict[str, UUID | datetime]:
    return {"customer_id": customer_id, "household_id": household_id, "added_at": added_at}
