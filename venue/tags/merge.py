"""Merge a tag into another: for two that mean the same."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.models import CustomerTag, Tag
from db.writes import ROWS_AT_ONCE, insert_new, update_each
from venue import acts
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.roles import Permission, require
from venue.tags.find import GONE


@act(Act.TAGS_MERGED)
def merge(session: Session, *, into: UUID, tag_id: UUID, now: datetime) -> int:
    """Give the tag `into` to all customers who have the tag `tag_id`, delete `tag_id`, and return the number of these
    customers. Those who had both keep the later last day. Raises NotFound, and Invalid for a tag and itself."""
    require(session, Permission.FIELDS)
    if into == tag_id:
        raise Invalid(into="Choose another tag")
    # Locked in one order, so that two staff who merge the same tags do not deadlock.
    locked = select(Tag).where(Tag.id.in_([into, tag_id])).order_by(Tag.id).with_for_update()
    tags = {tag.id: tag for tag in session.scalars(locked.execution_options(populate_existing=True))}
    if len(tags) < 2:
        raise NotFound(GONE)
    acts.details(session, tag_id=str(tag_id), into_id=str(into))
    moved = _move(session, into, tag_id)
    session.delete(tags[tag_id])
    session.flush()
    return moved


def _move(session: Session, into: UUID, tag_id: UUID) -> int:
    mine, other = aliased(CustomerTag), aliased(CustomerTag)
    both = (other.customer_id == mine.customer_id) & (other.tag_id == into)
    columns = (mine.customer_id, mine.last_day, mine.added_at, other.customer_id.label("other"), other.last_day)
    rows = session.execute(select(*columns).outerjoin(other, both).where(mine.tag_id == tag_id)).all()
    new = [_row(into, customer_id, last_day, added_at=at) for customer_id, last_day, at, other, _ in rows if not other]
    longer = [
        _row(into, customer_id, last_day)
        for customer_id, last_day, _, other, others in rows
        if other and _is_later(last_day, others)
    ]
    if new:
        insert_new(session, CustomerTag, new)
    for start in range(0, len(longer), ROWS_AT_ONCE):
        update_each(session, CustomerTag, longer[start : start + ROWS_AT_ONCE], by=("tag_id", "customer_id"))
    return len(rows)


def _row(tag_id: UUID, customer_id: UUID, last_day: date | None, **more: Any) -> dict[str, Any]:
    return {"tag_id": tag_id, "customer_id": customer_id, "last_day": last_day, **more}


def _is_later(one: date | None, other: date | None) -> bool:
    """Whether one last day is later than the other. None is later than all."""
    return other is not None and (one is None or one > other)
