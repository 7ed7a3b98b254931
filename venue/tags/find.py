"""Find tags: all of them, with the number of customers who have each, and those of some customers.

A tag counts for a customer until the end of its last day in the venue's zone. `today` is the venue's day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Booking, CustomerTag, Tag
from db.types import AnyRow, AnySelect
from venue import short_names
from venue.errors import NotFound
from venue.roles import Permission, require

# Between names in a file. No name contains it.
JOINED_BY = "; "
GONE = "This tag no longer exists."


@dataclass(frozen=True)
class TagRow:
    """A tag; of a customer, with the last day on which it counts, if it has one. `at_door`: it is shown at the door."""

    id: UUID
    name: str
    colour: str
    at_door: bool
    last_day: date | None = None


@dataclass(frozen=True)
class CountedTag:
    """A tag, and the number of customers who have it today."""

    id: UUID
    name: str
    colour: str
    at_door: bool
    version: int
    customers: int


def counts_on(today: date) -> ColumnElement[bool]:
    """The condition that a row of `customer_tags` still counts today."""
    return or_(CustomerTag.last_day.is_(None), CustomerTag.last_day >= today)


def has(customer_id: ColumnElement[UUID], tag_id: UUID, *, today: date, tags_first: bool = True) -> ColumnElement[bool]:
    """The condition that a customer has a tag today. With `tags_first`, SQLite reads all who have it; otherwise it
    looks at one customer after the other. PostgreSQL makes its own plan."""
    having = and_(CustomerTag.tag_id == tag_id, counts_on(today))
    if tags_first:
        return customer_id.in_(select(CustomerTag.customer_id).where(having))
    return exists().where(CustomerTag.customer_id == customer_id, having)


def counting(ids: Sequence[UUID], *, today: date) -> ColumnElement[int]:
    """The number of customers who have all of these tags today. Their rows alone say who they are."""
    first, *others = ids
    having = [CustomerTag.tag_id == first, counts_on(today)]
    for tag_id in others:
        other = aliased(CustomerTag)
        counts = or_(other.last_day.is_(None), other.last_day >= today)
        having.append(exists().where(other.customer_id == CustomerTag.customer_id, other.tag_id == tag_id, counts))
    return select(func.count()).select_from(CustomerTag).where(*having).scalar_subquery()


def has_none(customer_id: ColumnElement[UUID], *, today: date, tags_first: bool = False) -> ColumnElement[bool]:
    """The condition that a customer has no tag today. With `tags_first`, all who have one are read first, which is
    quicker on SQLite if most customers are looked at."""
    if tags_first:
        return customer_id.not_in(select(CustomerTag.customer_id).where(counts_on(today)))
    return ~exists().where(CustomerTag.customer_id == customer_id, counts_on(today))


def counting_tagged(*, today: date) -> ColumnElement[int]:
    """The number of customers who have a tag today."""
    return select(func.count(CustomerTag.customer_id.distinct())).where(counts_on(today)).scalar_subquery()


def joined_names(
    customer_id: ColumnElement[UUID], *, today: date, is_sorted: bool = False
) -> ColumnElement[str | None]:
    """A column for a query of customers: the names of the tags that each has today, like "Regular; VIP"; NULL without
    any. They are sorted by their characters if `is_sorted`, which takes PostgreSQL, and otherwise in any order."""
    having = and_(CustomerTag.customer_id == customer_id, counts_on(today))
    joined: ColumnElement[str] = func.aggregate_strings(Tag.name, JOINED_BY)
    if is_sorted:
        joined = func.aggregate_strings(Tag.name, JOINED_BY).aggregate_order_by(Tag.name.collate("C"))
    names = select(joined).join(CustomerTag, CustomerTag.tag_id == Tag.id)
    return names.where(having).scalar_subquery()


def every(session: Session) -> Sequence[TagRow]:
    """All tags by name, without counting their customers."""
    require(session, Permission.READ)
    rows = session.execute(select(Tag.id, Tag.name, Tag.colour, Tag.at_door).order_by(Tag.folded_name))
    return [TagRow(row.id, row.name, row.colour, row.at_door) for row in rows]


def listed(session: Session, *, today: date) -> Sequence[CountedTag]:
    """All tags by name, with the number of customers who have each."""
    require(session, Permission.READ)
    counted = (
        select(CustomerTag.tag_id, func.count().label("customers"))
        .where(counts_on(today))
        .group_by(CustomerTag.tag_id)
        .subquery()
    )
    customers = func.coalesce(counted.c.customers, 0)
    columns = (Tag.id, Tag.name, Tag.colour, Tag.at_door, Tag.version, customers)
    rows = session.execute(select(*columns).outerjoin(counted, counted.c.tag_id == Tag.id).order_by(Tag.folded_name))
    return [CountedTag(*row) for row in rows]


def count(session: Session, tag_id: UUID, *, today: date) -> int:
    """The number of customers who have the tag."""
    require(session, Permission.READ)
    having = and_(CustomerTag.tag_id == tag_id, counts_on(today))
    return session.scalar(select(func.count()).select_from(CustomerTag).where(having)) or 0


def missing(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are of no tag."""
    require(session, Permission.READ)
    if not ids:
        return set()
    return set(ids) - set(session.scalars(select(Tag.id).where(Tag.id.in_(ids))))


def named(session: Session, name: str) -> TagRow:
    """The tag with this name, whatever its case and accents. Raises NotFound."""
    require(session, Permission.READ)
    key = short_names.folded(name)
    tag = next((tag for tag in every(session) if short_names.folded(tag.name) == key), None)
    if tag is None:
        raise NotFound("There is no tag with this name.")
    return tag


def of_customers(session: Session, ids: Collection[UUID], *, today: date) -> Mapping[UUID, list[TagRow]]:
    """The tags of these customers, by customer id; each customer's by name. This takes one statement. Those without
    tags have an empty list."""
    require(session, Permission.READ)
    tags: dict[UUID, list[TagRow]] = {customer_id: [] for customer_id in ids}
    for row in session.execute(_put_on(today).where(CustomerTag.customer_id.in_(ids))):
        tags[row.customer_id].append(_tag(row))
    return tags


def at_door(
    session: Session, event_id: UUID, *, customer_ids: Collection[UUID] | None = None, today: date
) -> Mapping[UUID, list[TagRow]]:
    """The tags that are shown at the door, of the customers who are booked on an event, or of these of them, by
    customer id. This takes one statement. Customers without such tags are missing."""
    require(session, Permission.READ)
    tags: dict[UUID, list[TagRow]] = defaultdict(list)
    guests = _put_on(today).join(Booking, Booking.customer_id == CustomerTag.customer_id)
    guests = guests.where(Booking.event_id == event_id, Tag.at_door)
    if customer_ids is not None:
        guests = guests.where(Booking.customer_id.in_(customer_ids))
    for row in session.execute(guests):
        tags[row.customer_id].append(_tag(row))
    return dict(tags)


def _put_on(today: date) -> AnySelect:
    """The tags that customers have today, by name."""
    columns = (CustomerTag.customer_id, Tag.id, Tag.name, Tag.colour, Tag.at_door, CustomerTag.last_day)
    joined = select(*columns).join(Tag, Tag.id == CustomerTag.tag_id)
    return joined.where(counts_on(today)).order_by(Tag.folded_name)


def _tag(row: AnyRow) -> TagRow:
    return TagRow(row.id, row.name, row.colour, row.at_door, row.last_day)
