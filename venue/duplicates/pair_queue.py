"""The pairs that staff are asked about, and what they say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Booking, Customer, DuplicatePair, Event, HouseholdMember
from db.types import AnyRow
from db.writes import insert_once, update_where
from venue import clock, households, masking, tags
from venue.acts import Act, act
from venue.duplicates import points
from venue.duplicates.pairs import LATER, OPEN, of_two, reasons_of, with_one_of
from venue.errors import Invalid, NotFound
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.tags import TagRow

# When a pair is asked about again of which staff said "Later".
ASK_AGAIN = timedelta(days=7)


class Answer(StrEnum):
    """What staff say about a pair. The values are stored as its state."""

    NOT_SAME = "not_same"
    HOUSEHOLD = "household"
    LATER = "later"


@dataclass(frozen=True)
class Side:
    """One of the two. The number is E.164 or masked; instants are in UTC."""

    id: UUID
    first_name: str
    last_name: str
    mobile_number: str
    notes: str
    created_at: datetime
    bookings: int = 0
    last_visit: datetime | None = None
    tags: Sequence[TagRow] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """Two customers who may be the same person, and in words why."""

    first: Side
    second: Side
    reasons: str


def queue(session: Session, *, now: datetime, limit: int, offset: int = 0) -> list[Pair]:
    """The pairs to decide, the likeliest first; those put off come last, a week after that."""
    require(session, Permission.READ)
    return _pairs(session, _is_asked(now), now=now, limit=limit, offset=offset)


def of_customer(session: Session, customer_id: UUID, *, now: datetime) -> list[Pair]:
    """The undecided pairs of one customer, also those put off."""
    require(session, Permission.READ)
    return _pairs(session, and_(with_one_of([customer_id]), _is_undecided()), now=now, limit=20)


def count_open(session: Session, *, now: datetime) -> int:
    """How many pairs there are to decide."""
    require(session, Permission.READ)
    return session.scalar(select(func.count()).select_from(DuplicatePair).where(_is_asked(now))) or 0


def count_put_off(session: Session, *, now: datetime) -> int:
    """How many pairs were put off, and are not asked about again yet."""
    require(session, Permission.READ)
    put_off = select(func.count()).select_from(DuplicatePair).where(_is_undecided(), _is_put_off(now))
    return session.scalar(put_off) or 0


@act(Act.DUPLICATE_DECIDED)
def decide(
    session: Session, first_id: UUID, second_id: UUID, *, answer: str, unite: bool = False, now: datetime
) -> None:
    """Say about two customers that they are "not_same", one "household", or to be asked about "later".

    Except for "later", staff are never asked about these two again. Raises Invalid(answer=…) for another answer,
    Invalid(unite=…) as `households.join` does, and NotFound.
    """
    actor = require(session, Permission.CUSTOMERS)
    if answer not in list(Answer):
        raise Invalid(answer=f"Answer with {', '.join(Answer)}")
    if first_id == second_id:
        raise Invalid(second_id="Choose two different customers")
    _lock(session, first_id, second_id)
    if answer == Answer.HOUSEHOLD:
        households.join(session, [first_id, second_id], unite=unite, now=now)
    decided = {"state": answer, "decided_at": now, "decided_by": actor.name}
    ids = {"first_id": min(first_id, second_id), "second_id": max(first_id, second_id)}
    if not insert_once(session, DuplicatePair, [{**ids, **decided, "score": 0, "reasons": "[]", "found_at": now}]):
        is_new = DuplicatePair.state != answer if answer != Answer.LATER else _is_asked(now)
        update_where(session, DuplicatePair, and_(of_two(first_id, second_id), is_new), decided)


def _lock(session: Session, first_id: UUID, second_id: UUID) -> None:
    both = select(Customer.id).where(Customer.id.in_([first_id, second_id])).order_by(Customer.id)
    if len(session.scalars(both.with_for_update(key_share=True)).all()) < 2:
        raise NotFound("One of these customers no longer exists.")


def _is_undecided() -> ColumnElement[bool]:
    """Neither decided nor, in another way, put into one household."""
    one, other = aliased(HouseholdMember), aliased(HouseholdMember)
    together = exists().where(
        one.customer_id == DuplicatePair.first_id,
        other.customer_id == DuplicatePair.second_id,
        one.household_id == other.household_id,
    )
    return and_(DuplicatePair.state.in_((OPEN, LATER)), ~together)


def _is_asked(now: datetime) -> ColumnElement[bool]:
    return and_(_is_undecided(), or_(DuplicatePair.state == OPEN, ~_is_put_off(now)))


def _is_put_off(now: datetime) -> ColumnElement[bool]:
    return and_(DuplicatePair.state == LATER, DuplicatePair.decided_at > now - ASK_AGAIN)


def _pairs(session: Session, where: ColumnElement[bool], *, now: datetime, limit: int, offset: int = 0) -> list[Pair]:
    rows = session.execute(
        select(DuplicatePair.first_id, DuplicatePair.second_id, DuplicatePair.reasons)
        .where(where)
        .order_by(
            DuplicatePair.state.desc(), DuplicatePair.score.desc(), DuplicatePair.first_id, DuplicatePair.second_id
        )
        .limit(limit)
        .offset(offset)
    ).all()
    sides = _sides(session, {each for row in rows for each in (row.first_id, row.second_id)}, now)
    return [
        Pair(sides[row.first_id], sides[row.second_id], points.in_words(reasons_of(row.reasons)))
        for row in rows
        if row.first_id in sides and row.second_id in sides
    ]


def _sides(session: Session, customer_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Side]:
    ids = list(customer_ids)
    columns = (Customer.id, Customer.first_name, Customer.last_name, Customer.mobile_number, Customer.notes)
    shown = masking.shown((*columns, Customer.created_at), full=masking.sees_numbers(session))
    visits = {row.customer_id: row for row in session.execute(_visits(ids, now))}
    on = tags.of_customers(session, ids, today=clock.today(now, venue_of(session).zone))
    rows = session.execute(select(*shown).where(Customer.id.in_(ids)))
    return {row.id: _side(row, visits.get(row.id), on[row.id]) for row in rows}


def _side(row: AnyRow, visits: Any, on: Sequence[TagRow]) -> Side:
    counts = {} if visits is None else {"bookings": visits.bookings, "last_visit": visits.last_visit}
    return Side(**row._mapping, **counts, tags=on)


def _visits(customer_ids: Sequence[UUID], now: datetime) -> Any:
    """The number of bookings of each, and when the last past event began for which they had seats."""
    came = and_(Booking.seats > 0, Event.cancelled_at.is_(None), Event.starts_at <= now)
    return (
        select(
            Booking.customer_id,
            func.count().label("bookings"),
            func.max(Event.starts_at).filter(came).label("last_visit"),
        )
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.customer_id.in_(customer_ids))
        .group_by(Booking.customer_id)
    )
