"""Put a tag on many customers at once, or take it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.models import CustomerTag, Tag
from db.writes import delete_where, insert_new, update_where
from venue import acts, clock
from venue.acts import Act, act
from venue.bulk.selection import Chosen, confirm, in_parts
from venue.errors import Invalid, NotFound
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.tags.find import GONE


@dataclass(frozen=True)
class Changed:
    """How many customers a bulk act changed, and how many were already as it would have made them."""

    changed: int
    unchanged: int


@act(Act.CUSTOMERS_TAGGED)
def tag(session: Session, chosen: Chosen, *, tag_id: UUID, last_day: date | None = None, now: datetime) -> Changed:
    """Put a tag on all of them, until the end of `last_day` if one is given: those who have it already get this last
    day. Raises NotFound, Invalid for a last day in the past, and SelectionChanged."""
    require(session, Permission.CHANGE_MANY)
    if last_day is not None and last_day < clock.today(now, venue_of(session).zone):
        raise Invalid(last_day="This day is in the past: choose today or later")
    ids = confirm(session, chosen, now=now)
    _lock(session, tag_id)
    having = select(CustomerTag.customer_id)
    have = {each for part in in_parts(ids) for each in session.scalars(having.where(_on(tag_id, part)))}
    _insert(session, [each for each in ids if each not in have], tag_id, last_day, now)
    other_day = and_(CustomerTag.tag_id == tag_id, CustomerTag.last_day.is_distinct_from(last_day))
    changed = len(ids) - len(have)
    for part in in_parts(sorted(have)):
        theirs = and_(other_day, CustomerTag.customer_id.in_(part))
        changed += update_where(session, CustomerTag, theirs, {"last_day": last_day})
    return _noted(session, tag_id, changed, len(ids))


@act(Act.CUSTOMERS_UNTAGGED)
def untag(session: Session, chosen: Chosen, *, tag_id: UUID, now: datetime) -> Changed:
    """Take a tag off all of them. Raises NotFound, and SelectionChanged."""
    require(session, Permission.CHANGE_MANY)
    ids = confirm(session, chosen, now=now)
    _lock(session, tag_id)
    changed = sum(delete_where(session, CustomerTag, _on(tag_id, part)) for part in in_parts(ids))
    return _noted(session, tag_id, changed, len(ids))


def _lock(session: Session, tag_id: UUID) -> None:
    """Until the transaction ends no one else can put the tag on a customer. Raises NotFound."""
    if session.scalar(select(Tag.id).where(Tag.id == tag_id).with_for_update()) is None:
        raise NotFound(GONE)


def _on(tag_id: UUID, customer_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return and_(CustomerTag.tag_id == tag_id, CustomerTag.customer_id.in_(customer_ids))


def _insert(session: Session, customer_ids: Sequence[UUID], tag_id: UUID, last_day: date | None, now: datetime) -> None:
    same = {"tag_id": tag_id, "last_day": last_day, "added_at": now}
    for part in in_parts(customer_ids):
        insert_new(session, CustomerTag, [{**same, "customer_id": customer_id} for customer_id in part])


def _noted(session: Session, tag_id: UUID, changed: int, count: int) -> Changed:
    acts.details(session, tag_id=str(tag_id), customers=changed)
    return Changed(changed, count - changed)
