"""Entries of the journal, latest first: of everything, or of one record."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from db.models import (
    Booking,
    Customer,
    Device,
    Event,
    JournalEntry,
    JournalValue,
    MergedCustomer,
    OneTimeCode,
    SignIn,
    Staff,
)
from db.streams import count_rows
from db.types import AnyRow
from venue import clock, masking
from venue.acts import Act
from venue.customers import merged
from venue.errors import NotFound
from venue.journal import names
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import full_name

# Of an act that changed more rows than this, the others are only counted.
MOST_VALUES = 12
# What was done to these belongs to no customer or event, and everyone may read it.
OF_ALL = frozenset(
    {"templates", "tags", "custom_fields", "field_choices", "households", "duplicate_pairs", "saved_views"}
)
# Only those who may read the whole journal see what was changed in these.
OF_STAFF = [entity.__tablename__ for entity in (Staff, Device, SignIn, OneTimeCode)]


@dataclass(frozen=True)
class Value:
    """One row that was changed: the columns that differ. `before` is None for a new row, `after` for a deleted one;
    both are None if the values are erased."""

    table: str
    row_id: str
    customer_id: UUID | None
    event_id: UUID | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    is_erased: bool


@dataclass(frozen=True)
class EntryRow:
    """One act. `at` is in UTC. `values` are the first rows that it changed, of `rows` in all.

    `customers` and `events` are the present names of those that the values belong to; deleted ones are missing. So is
    `staff`, by the id as text, and the `names` of tags, fields, choices and bulk texts (`names.of`).
    `undone_by` is the entry that undid this one, `undoes` the one that this one undid.
    """

    id: int
    at: datetime
    actor: str
    staff_id: UUID | None
    act: str
    details: Mapping[str, Any]
    undoes: int | None
    undone_by: int | None
    rows: int
    values: Sequence[Value]
    customers: Mapping[UUID, str]
    events: Mapping[UUID, str]
    staff: Mapping[str, str]
    names: Mapping[str, str]
    zone: ZoneInfo
    region: str


@dataclass(frozen=True)
class EntryPage:
    """Some entries, latest first. `next` is the `after` of the following page, None on the last."""

    rows: Sequence[EntryRow]
    next: int | None


def page(
    session: Session,
    *,
    staff_id: UUID | None = None,
    act: Act | None = None,
    day: date | None = None,
    customer_id: UUID | None = None,
    event_id: UUID | None = None,
    booking_id: UUID | None = None,
    template: str | None = None,
    after: int | None = None,
    limit: int = 50,
) -> EntryPage:
    """The entries that match all filters. `day` is a day of the venue; `template` is a kind of text. With a customer,
    an event, a booking or a template it is the history of one record, which everyone may read."""
    is_history = any(one is not None for one in (customer_id, event_id, booking_id, template))
    require(session, Permission.READ if is_history else Permission.JOURNAL)
    about = _about(session, customer_id, event_id, booking_id, template)
    wanted = _matching(session, about, staff_id, act, day)
    if after is not None:
        wanted.append(JournalEntry.id < after)
    rows = session.execute(_entries().where(*wanted).order_by(JournalEntry.id.desc()).limit(limit + 1)).all()
    # Of a long act, the history of one customer or booking shows only what it did to them.
    of_one = about if customer_id is not None or booking_id is not None else None
    return EntryPage(_loaded(session, rows[:limit], of_one), rows[limit - 1].id if len(rows) > limit else None)


def count(
    session: Session,
    *,
    staff_id: UUID | None = None,
    act: Act | None = None,
    day: date | None = None,
    customer_id: UUID | None = None,
    event_id: UUID | None = None,
    booking_id: UUID | None = None,
    template: str | None = None,
    most: int,
) -> int:
    """The number of entries that `page` finds with these filters, counted up to `most`."""
    require(session, Permission.JOURNAL)
    about = _about(session, customer_id, event_id, booking_id, template)
    return count_rows(session, select(JournalEntry.id).where(*_matching(session, about, staff_id, act, day)), most)


def get(session: Session, entry_id: int) -> EntryRow:
    """One entry; those about a customer, an event or a template everyone may read. Raises NotFound."""
    require(session, Permission.READ)
    rows = session.execute(_entries().where(JournalEntry.id == entry_id)).all()
    if not rows:
        raise NotFound("This journal entry does not exist.")
    entry = _loaded(session, rows, None)[0]
    _require_readable(session, entry.values)
    return entry


def people(session: Session) -> Sequence[tuple[UUID, str]]:
    """The ids and names of the staff to filter by, sorted by name."""
    require(session, Permission.JOURNAL)
    return [(row.id, row.name) for row in session.execute(select(Staff.id, Staff.name).order_by(Staff.name_key))]


def values_of(session: Session, entry_id: int, *, tables: Collection[str] | None = None) -> Sequence[Value]:
    """All rows that an entry changed, in order, or those of these tables; those about a customer, an event or a
    template everyone may read."""
    require(session, Permission.READ)
    where = JournalValue.entry_id == entry_id
    where = where if tables is None else and_(where, JournalValue.table_name.in_(tables))
    values = [value for _, value in _values(session, where)]
    if values or tables is None:
        _require_readable(session, values)
    return values


def values_between(session: Session, entry_id: int, first: int, last: int, *, tables: Sequence[str]) -> Sequence[Value]:
    """The rows of these tables that an entry changed, latest first, from position `first` to `last`."""
    require(session, Permission.IMPORT, ask_again=False)
    some = and_(JournalValue.entry_id == entry_id, JournalValue.position.between(first, last))
    return [value for _, value in _values(session, and_(some, JournalValue.table_name.in_(tables)))][::-1]


def _require_readable(session: Session, values: Sequence[Value]) -> None:
    """What was done to accounts of staff, or to settings, is for those who may view the journal."""
    if not any(value.customer_id or value.event_id or value.table in OF_ALL for value in values):
        require(session, Permission.JOURNAL)


def _matching(
    session: Session, about: ColumnElement[bool] | None, staff_id: UUID | None, act: Act | None, day: date | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = (
        [true()] if about is None else [JournalEntry.id.in_(select(JournalValue.entry_id).where(about))]
    )
    if staff_id is not None:
        wanted.append(JournalEntry.staff_id == staff_id)
    if act is not None:
        wanted.append(JournalEntry.act == act.value)
    if day is not None:
        begins, ends = clock.day_bounds(day, venue_of(session).zone)
        wanted.append(and_(JournalEntry.at >= begins, JournalEntry.at < ends))
    return wanted


def _about(
    session: Session, customer_id: UUID | None, event_id: UUID | None, booking_id: UUID | None, template: str | None
) -> ColumnElement[bool] | None:
    """A SQL condition for the values of one record, or None for all."""
    conditions: list[ColumnElement[bool]] = []
    if booking_id is not None:
        keys = session.execute(select(Booking.customer_id, Booking.event_id).where(Booking.id == booking_id)).first()
        customer_id, event_id = (None, None) if keys is None else (keys.customer_id, keys.event_id)
        if keys is None:
            conditions += [JournalValue.table_name == "bookings", JournalValue.row_id == str(booking_id)]
    if customer_id is not None:
        theirs = JournalValue.customer_id.in_([customer_id, *merged.old_ids(session, [customer_id])])
        # It may have been the booking of another customer, made for the wrong one.
        itself = and_(JournalValue.table_name == "bookings", JournalValue.row_id == str(booking_id))
        conditions.append(theirs if booking_id is None else or_(theirs, itself))
    if event_id is not None:
        conditions.append(JournalValue.event_id == event_id)
    if template is not None:
        of_no_one = and_(JournalValue.customer_id.is_(None), JournalValue.event_id.is_(None))
        conditions += [of_no_one, JournalValue.table_name == "templates", JournalValue.row_id == template]
    return and_(*conditions) if conditions else None


def _entries() -> Any:
    undoing = aliased(JournalEntry)
    last = select(func.max(JournalValue.position)).where(JournalValue.entry_id == JournalEntry.id).scalar_subquery()
    undone_by = select(func.max(undoing.id)).where(undoing.undoes == JournalEntry.id).scalar_subquery()
    return select(JournalEntry.__table__, last.label("last_position"), undone_by.label("undone_by"))


def _loaded(session: Session, rows: Sequence[AnyRow], of_one: ColumnElement[bool] | None) -> list[EntryRow]:
    ids = [row.id for row in rows]
    shown = _first_values(rows) if of_one is None else of_one
    values: dict[int, list[Value]] = defaultdict(list)
    for entry_id, value in _values(session, and_(JournalValue.entry_id.in_(ids), shown)):
        values[entry_id].append(value)
    every = [value for those in values.values() for value in those]
    customers = _customer_names(session, {each for value in every for each in _customers_of(value)})
    events = _event_names(session, {value.event_id for value in every if value.event_id})
    details = [json.loads(row.details) for row in rows]
    staff, own_names = _staff_names(session, every), names.of(session, every, details)
    venue = venue_of(session)
    return [
        EntryRow(
            id=row.id,
            at=row.at,
            actor=row.actor,
            staff_id=row.staff_id,
            act=row.act,
            details=about,
            undoes=row.undoes,
            undone_by=row.undone_by,
            rows=0 if row.last_position is None else row.last_position + 1,
            values=values[row.id],
            customers=customers,
            events=events,
            staff=staff,
            names=own_names,
            zone=venue.zone,
            region=venue.region,
        )
        for row, about in zip(rows, details, strict=True)
    ]


def _first_values(rows: Sequence[AnyRow]) -> ColumnElement[bool]:
    """The values that are shown of acts: the first ones and, of a merge, also who was merged into whom."""
    merges = [row.id for row in rows if row.act == Act.CUSTOMERS_MERGED]
    tables = (Customer.__tablename__, MergedCustomer.__tablename__)
    who = and_(JournalValue.entry_id.in_(merges), JournalValue.table_name.in_(tables))
    return or_(JournalValue.position < MOST_VALUES, who)


def _values(session: Session, where: ColumnElement[bool]) -> list[tuple[int, Value]]:
    full = masking.sees_numbers(session)
    may_read_all = require(session, Permission.READ).may(Permission.JOURNAL)
    is_shown = true() if may_read_all else JournalValue.table_name.not_in(OF_STAFF)
    query = select(JournalValue.__table__).where(where, is_shown)
    rows = session.execute(query.order_by(JournalValue.entry_id, JournalValue.position))
    return [(row.entry_id, _value(row, full=full)) for row in rows]


def _value(row: AnyRow, *, full: bool) -> Value:
    before, after = (_read(each, full=full) for each in (row.before, row.after))
    return Value(row.table_name, row.row_id, row.customer_id, row.event_id, before, after, row.salt is None)


def _read(stored: str | None, *, full: bool) -> dict[str, Any] | None:
    """The stored values, with numbers hidden in each: in JSON as a whole, a line break would be two letters."""
    if stored is None:
        return None
    values: dict[str, Any] = json.loads(stored)
    return values if full else {name: _hidden(value) for name, value in values.items()}


def _hidden(value: Any) -> Any:
    return masking.hide_numbers(value) if isinstance(value, str) else value


def _customers_of(value: Value) -> Iterator[UUID]:
    """The customer whose row it is and, if it changed hands, the one whose it became."""
    if value.customer_id:
        yield value.customer_id
    if value.after and value.before and value.after.get("customer_id"):
        yield UUID(value.after["customer_id"])


def _customer_names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """The present names, by id. Those who were merged are called as the one into whom they were."""
    present = select(Customer.id, Customer.first_name, Customer.last_name).where(Customer.id.in_(ids))
    known = {row.id: full_name(row) for row in session.execute(present)}
    if not ids - known.keys():
        return known
    of_survivors = select(MergedCustomer.old_id, Customer.first_name, Customer.last_name).join(Customer)
    rows = session.execute(of_survivors.where(MergedCustomer.old_id.in_(ids)))
    return {row.old_id: full_name(row) for row in rows} | known


def _event_names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = select(Event.id, Event.name).where(Event.id.in_(ids))
    return {row.id: row.name for row in session.execute(rows)}


def _staff_names(session: Session, values: Sequence[Value]) -> dict[str, str]:
    ids = {staff_of(value) for value in values} - {""}
    rows = select(Staff.id, Staff.name).where(Staff.id.in_([UUID(staff_id) for staff_id in ids]))
    return {str(row.id): row.name for row in session.execute(rows)} if ids else {}


def staff_of(value: Value) -> str:
    """The id, as text, of the member of staff whose row this is, or an empty string."""
    if value.table == "staff":
        return value.row_id
    return str((value.after or value.before or {}).get("staff_id") or "")
