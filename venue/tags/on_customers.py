"""Put tags on a customer, and take them off."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.models import Customer, CustomerTag, Tag
from db.writes import delete_where, insert_one
from venue import acts, clock
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.tags.find import GONE


@act(Act.CUSTOMER_TAGGED)
def put_on(
    session: Session, customer_id: UUID, tag_id: UUID, *, last_day: date | None = None, now: datetime
) -> CustomerTag:
    """Put a tag on a customer, until the end of `last_day` if one is given. A customer who has the tag already gets
    this last day. Raises NotFound, and Invalid for a last day in the past."""
    require(session, Permission.CUSTOMERS)
    if last_day is not None and last_day < clock.today(now, venue_of(session).zone):
        raise Invalid(last_day="This day is in the past: choose today or later")
    _present(session, Tag.id, tag_id, GONE)
    acts.details(session, tag_id=str(tag_id))
    _present(session, Customer.id, customer_id, "This customer no longer exists.")
    values = {"tag_id": tag_id, "customer_id": customer_id, "last_day": last_day, "added_at": now}
    stored = insert_one(session, CustomerTag, values)
    if stored is None:
        stored = session.get_one(CustomerTag, (tag_id, customer_id), populate_existing=True, with_for_update=True)
        stored.last_day = last_day
        session.flush()
    return stored


@act(Act.CUSTOMER_UNTAGGED)
def take_off(session: Session, customer_id: UUID, tag_id: UUID, *, now: datetime) -> None:
    """Take a tag off a customer. Of one who does not have it, nothing changes."""
    require(session, Permission.CUSTOMERS)
    acts.details(session, tag_id=str(tag_id))
    delete_where(session, CustomerTag, and_(CustomerTag.tag_id == tag_id, CustomerTag.customer_id == customer_id))


def tidy(session: Session, *, now: datetime) -> int:
    """Take off all tags whose last day is over, for the scheduler, and return how many. They counted no more."""
    require(session, Permission.DELIVERY)
    today = clock.today(now, venue_of(session).zone)
    return delete_where(session, CustomerTag, CustomerTag.last_day < today)


def _present(session: Session, key: Any, row_id: UUID, gone: str) -> None:
    """Until the transaction ends, the row with this key cannot be deleted. Raises NotFound."""
    if session.scalar(select(key).where(key == row_id).with_for_update(read=True, key_share=True)) is None:
        raise NotFound(gone)
