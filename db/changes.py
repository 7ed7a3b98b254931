"""What an act changes, row by row: collected while a recording is open, from the ORM's flush and from db/writes.py.

The journal stores it. db/recorded.py says which tables and columns count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, event, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from db.models import Base, Customer, Event, MergedCustomer, PhoneNumber, VenueSetting
from db.recorded import (
    CHOSEN,
    NEW_SECRET,
    RECORDED,
    Values,
    all_values,
    columns_of,
    default_of,
    key_names,
    owner_columns,
    plain_value,
    table_of,
    without_personal,
)

ROW_LOCK = {"key_share": True}
RECORDING = "recording"
# More changes than this are given to `Recording.when_full`, so that an import takes little memory.
MOST_HELD = 2_000


@dataclass(frozen=True)
class Change:
    """One row that changed: the recorded columns that differ. `before` is None for a new row, `after` for a deleted
    one. `customer_id` and `event_id` are the customer and the event that the row belongs to."""

    table: str
    row_id: str
    customer_id: UUID | None
    event_id: UUID | None
    before: Values | None
    after: Values | None


@dataclass
class Recording:
    """The changes of one act, in order. `also` are columns that are recorded whenever a recorded column changes, though
    they are not recorded by themselves.

    `marks` holds the number of changes at the start of each open savepoint, `ended` that of the last one that ended.
    Of `erased_customers`, and of `erased_rows` (table and row id), no values are stored.
    """

    when_full: Callable[[list[Change]], None]
    changes: list[Change] = field(default_factory=list)
    marks: dict[SessionTransaction, int] = field(default_factory=dict)
    ended: tuple[SessionTransaction, int] | None = None
    erased_customers: set[UUID] = field(default_factory=set)
    erased_rows: set[tuple[str, str]] = field(default_factory=set)
    also: frozenset[str] = frozenset()

    def add(self, changes: Iterable[Change]) -> None:
        self.changes.extend(changes)
        # A savepoint may still be rolled back.
        if len(self.changes) > MOST_HELD and not self.marks:
            held, self.changes = self.changes, []
            self.when_full(held)


def start(
    session: Session, *, when_full: Callable[[list[Change]], None], also: frozenset[str] = frozenset()
) -> Recording:
    """Record all changes of this session from now on, until `stop`. Long recordings are given to `when_full` in
    parts."""
    session.flush()
    recording = Recording(when_full=when_full, also=also)
    session.info[RECORDING] = recording
    return recording


def stop(session: Session) -> None:
    session.info.pop(RECORDING, None)


def recording_of(session: Session) -> Recording | None:
    """The recording that is open, or None."""
    recording: Recording | None = session.info.get(RECORDING)
    return recording


def merged(changes: Sequence[Change]) -> list[Change]:
    """One change for each row: from its first `before` to its last `after`, without columns that ended as they began
    and without rows that came and went."""
    rows: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = change.table, change.row_id
        rows[key] = _joined(rows[key], change) if key in rows else change
    return [change for change in rows.values() if change.before or change.after]


def _joined(first: Change, second: Change) -> Change:
    before, after = first.before, second.after
    if before is not None and second.before is not None:
        before = {**second.before, **before}
    if after is not None and first.after is not None:
        after = {**first.after, **after}
    if before is not None and after is not None:
        differing = [name for name in after if before.get(name) != after[name]]
        before, after = {name: before.get(name) for name in differing}, {name: after[name] for name in differing}
    else:
        before, after = _without_nulls(before), _without_nulls(after)
    owner = first if first.customer_id or first.event_id else second
    return Change(first.table, first.row_id, owner.customer_id, owner.event_id, before, after)


def _without_nulls(row: Values | None) -> Values | None:
    return None if row is None else {name: value for name, value in row.items() if value is not None}


# For db/writes.py


def watch(session: Session, table: type[Base], written: Iterable[str] | None = None) -> "Watch | None":
    """For a write to a recorded table while a recording is open; else None. `written` are the columns of an update."""
    recording = recording_of(session)
    if recording is None or table not in RECORDED:
        return None
    if written is not None and not set(written) & columns_of(table_of(table)).keys():
        return None
    return Watch(session, recording, table_of(table))


class Watch:
    """Records the writes of one statement to one table."""

    def __init__(self, session: Session, recording: Recording, table: Table):
        self.session = session
        self.recording = recording
        self.table = table
        self.key = tuple(table.primary_key)

    def complete(self, row: Values) -> dict[str, Any]:
        """The row to insert with the default of its key, which is needed to know it again."""
        missing = (column for column in self.key if column.name not in row)
        return {**{column.name: default_of(column) for column in missing}, **row}

    def inserted(self, rows: Iterable[Values]) -> None:
        self.recording.add(
            change
            for row in rows
            if (change := _change(self.session, self.table, row, None, all_values(self.table, row)))
        )

    def rows(self, where: ColumnElement[bool], names: Iterable[str] | None = None) -> dict[Any, Values]:
        """The rows that match, by key, locked until the transaction ends. `names` are the columns to read, besides
        those that say which row it is and whose."""
        self.session.flush()
        wanted = self.columns(names)
        found = select(*wanted).where(where).order_by(*self.key).with_for_update(of=self.table, **ROW_LOCK)
        names = [column.name for column in wanted]
        # Plain dictionaries are read several times as fast as mappings.
        return self.by_key(dict(zip(names, row, strict=True)) for row in self.session.execute(found))

    def columns(self, names: Iterable[str] | None = None) -> list[Column[Any]]:
        recorded = columns_of(self.table)
        identity = {*(column.name for column in self.key), *owner_columns(self.table)}
        also = self.recording.also & set(self.table.c.keys())
        written = recorded.keys() | also if names is None else set(names) & recorded.keys() | also
        return [column for column in self.table.c if column.name in identity | written]

    def by_key(self, rows: Iterable[Any]) -> dict[Any, Values]:
        return {tuple(row[column.name] for column in self.key): row for row in rows}

    def updated(self, before: Mapping[Any, Values], after: Mapping[Any, Values]) -> None:
        self.recording.add(
            change
            for key, row in after.items()
            if (change := _difference(self.session, self.table, before.get(key, {}), row))
        )

    def deleted(self, rows: Sequence[Values]) -> None:
        """Record that these rows will be deleted, and what the database does to rows that refer to them."""
        self.recording.add(_dependents(self.session, self.table, rows))
        self.recording.add(
            change
            for row in rows
            if (change := _change(self.session, self.table, row, _as_deleted(self.session, self.table, row), None))
        )


# From the ORM


@event.listens_for(Session, "before_flush")
def _record_deletions(session: Session, _context: Any, _instances: Any) -> None:
    recording = recording_of(session)
    if recording is None:
        return
    for row in session.deleted:
        if type(row) in RECORDED:
            table = table_of(type(row))
            Watch(session, recording, table).deleted([_values_of(row, table)])


@event.listens_for(Session, "after_flush")
def _record_flush(session: Session, _context: Any) -> None:
    recording = recording_of(session)
    if recording is None:
        return
    for row in session.new:
        if type(row) in RECORDED:
            table = table_of(type(row))
            Watch(session, recording, table).inserted([_values_of(row, table)])
    for row in session.dirty:
        if type(row) in RECORDED:
            table = table_of(type(row))
            now = _values_of(row, table)
            Watch(session, recording, table).updated({0: {**now, **_old_values(row)}}, {0: now})


@event.listens_for(Session, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    recording = recording_of(session)
    if recording is not None and transaction.nested:
        recording.marks[transaction] = len(recording.changes)


@event.listens_for(Session, "after_transaction_end")
def _end_savepoint(session: Session, transaction: SessionTransaction) -> None:
    recording = recording_of(session)
    if recording is not None and transaction in recording.marks:
        recording.ended = transaction, recording.marks.pop(transaction)


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, transaction: SessionTransaction) -> None:
    recording = recording_of(session)
    if recording is not None and recording.ended is not None and recording.ended[0] is transaction:
        del recording.changes[recording.ended[1] :]


def _values_of(row: Any, table: Table) -> dict[str, Any]:
    """The loaded values of an object, by column."""
    loaded = inspect(row).dict
    return {column.name: loaded[column.name] for column in table.c if column.name in loaded}


def _old_values(row: Any) -> dict[str, Any]:
    state = inspect(row)
    histories = ((name, state.attrs[name].history) for name in state.committed_state if name in state.mapper.columns)
    # A value that was set to what it was has no old one.
    changed = ((name, history) for name, history in histories if history.has_changes())
    return {name: history.deleted[0] if history.deleted else None for name, history in changed}


# Differences


def _difference(session: Session, table: Table, before: Values, after: Values) -> Change | None:
    changed = [name for name in columns_of(table) if name in after and before.get(name) != after[name]]
    if not changed:
        return None
    recording = recording_of(session)
    changed += [name for name in (recording.also if recording else ()) if name in before and name in after]
    # A phone number says which row it is.
    names = [*(column.name for column in table.primary_key if column.info.get("personal")), *changed]
    old = {name: plain_value(table, name, before.get(name)) for name in names}
    new = {name: plain_value(table, name, after[name], secret=NEW_SECRET) for name in names}
    return _change(session, table, {**after, **before}, old, new)


def _change(session: Session, table: Table, row: Values, before: Values | None, after: Values | None) -> Change | None:
    key = [row[name] for name in key_names(table)]
    if table is table_of(VenueSetting) and not str(key[0]).startswith(CHOSEN):
        return None
    customer_id, event_id = _owner(session, table, row)
    if customer_id is None:
        # What belongs to no customer is erased with none.
        before, after = without_personal(table, before), without_personal(table, after)
    return Change(table.name, " ".join(map(str, key)), customer_id, event_id, before, after)


def _owner(session: Session, table: Table, row: Values) -> tuple[UUID | None, UUID | None]:
    if table is table_of(Customer):
        return row["id"], None
    if table is table_of(Event):
        return None, row["id"]
    if table is table_of(MergedCustomer):
        return row.get("survivor_id"), None
    if table is table_of(PhoneNumber):
        # The number is erased with the first customer who has it.
        having = select(Customer.id).where(Customer.mobile_number == row["mobile_number"]).order_by(Customer.id)
        return session.connection().scalar(having.limit(1)), None
    return row.get("customer_id"), row.get("event_id")


def _as_deleted(session: Session, table: Table, row: Values) -> Values:
    """The recorded values of a deleted row, and those of `Recording.also`."""
    recording = recording_of(session)
    also = [name for name in (recording.also if recording else ()) if row.get(name) is not None and name in table.c]
    return {**all_values(table, row), **{name: plain_value(table, name, row[name]) for name in also}}


# What the database does to rows that refer to a deleted row


def _dependents(session: Session, table: Table, rows: Sequence[Values]) -> list[Change]:
    changes: list[Change] = []
    for entity in RECORDED:
        child = table_of(entity)
        for reference in child.foreign_keys:
            if reference.column.table is table and rows:
                changes += _dependents_by(session, child, reference.parent, reference.ondelete, rows)
    return changes


def _dependents_by(
    session: Session, child: Table, column: Column[Any], action: str | None, rows: Sequence[Values]
) -> list[Change]:
    parents = [row["id"] for row in rows]
    changes: list[Change] = []
    for start_ in range(0, len(parents), MOST_HELD):
        # Not through the session, which may be in the middle of a flush.
        found = session.connection().execute(select(child).where(column.in_(parents[start_ : start_ + MOST_HELD])))
        children: list[Values] = [dict(row) for row in found.mappings()]
        if action == "CASCADE":
            changes += _dependents(session, child, children)
            deleted = (_change(session, child, row, _as_deleted(session, child, row), None) for row in children)
            changes += [change for change in deleted if change]
        else:
            emptied = (_difference(session, child, row, {**row, column.name: None}) for row in children)
            changes += [change for change in emptied if change]
    return changes
