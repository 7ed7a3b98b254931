"""The stored pairs of customers who may be the same person."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from db.lists import one_of
from db.models import Customer, DuplicatePair
from db.writes import delete_where, insert_once, update_each
from venue.duplicates.compare import Comparison, Person
from venue.duplicates.find import find_for
from venue.duplicates.points import Evidence
from venue.roles import Permission, require

OPEN, LATER, NOT_SAME, HOUSEHOLD = "open", "later", "not_same", "household"
DECIDED = (NOT_SAME, HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class NewPair:
    """Two customers who are probably the same person; the lesser id is first."""

    first_id: UUID
    second_id: UUID
    comparison: Comparison

    @classmethod
    def of(cls, one: UUID, other: UUID, comparison: Comparison) -> "NewPair":
        return cls(min(one, other), max(one, other), comparison)


def store(session: Session, pairs: Iterable[NewPair], *, now: datetime) -> None:
    """Store these pairs. What staff said about one before stays. Pairs of customers who are gone are left out."""
    require(session, Permission.CUSTOMERS, Permission.DELIVERY)
    unique = {(pair.first_id, pair.second_id): pair for pair in pairs}
    there = _locked(session, {each for key in unique for each in key}) if unique else set()
    rows = [_row(pair, now) for key, pair in sorted(unique.items()) if there.issuperset(key)]
    if rows:
        insert_once(session, DuplicatePair, rows)
        found = [{name: row[name] for name in row if name != "state"} for row in rows]
        update_each(session, DuplicatePair, found, by=("first_id", "second_id"))


def refresh(session: Session, customer_id: UUID, person: Person, *, now: datetime) -> None:
    """Find a customer's pairs again, after they were added or their name or number changed. Undecided pairs that no
    longer hold are deleted."""
    require(session, Permission.CUSTOMERS, Permission.DELIVERY)
    found = find_for(session, person)
    store(session, (NewPair.of(customer_id, each.customer_id, each.comparison) for each in found), now=now)
    undecided = DuplicatePair.state.in_((OPEN, LATER))
    gone = [
        (pair.first_id, pair.second_id)
        for pair in session.execute(
            select(DuplicatePair.first_id, DuplicatePair.second_id).where(with_one_of([customer_id]), undecided)
        )
        if {pair.first_id, pair.second_id}.isdisjoint(each.customer_id for each in found)
    ]
    if gone:
        delete_where(session, DuplicatePair, tuple_(DuplicatePair.first_id, DuplicatePair.second_id).in_(gone))


def with_one_of(customer_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """The condition that a pair has one of these customers."""
    return or_(DuplicatePair.first_id.in_(customer_ids), DuplicatePair.second_id.in_(customer_ids))


def of_two(one: UUID, other: UUID) -> ColumnElement[bool]:
    """The condition that a pair is these two, in any order."""
    return and_(DuplicatePair.first_id == min(one, other), DuplicatePair.second_id == max(one, other))


def reasons_of(stored: str) -> list[Evidence]:
    """The evidence in a pair's `reasons`, without codes that are no longer known."""
    known = {each.value for each in Evidence}
    return [Evidence(code) for code in json.loads(stored) if code in known]


def _locked(session: Session, customer_ids: Collection[UUID]) -> set[UUID]:
    """Those of these customers who are there. They cannot be deleted until the transaction ends."""
    ids = select(Customer.id).where(one_of(session, Customer.id, list(customer_ids))).order_by(Customer.id)
    return set(session.scalars(ids.with_for_update(read=True, key_share=True)))


def _row(pair: NewPair, now: datetime) -> dict[str, object]:
    return {
        "first_id": pair.first_id,
        "second_id": pair.second_id,
        "state": OPEN,
        "score": pair.comparison.score,
        "reasons": json.dumps([each.value for each in pair.comparison.reasons]),
        "found_at": now,
    }
