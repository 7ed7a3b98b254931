"""Undo an import: what it added is deleted, and what it changed gets its old values back, unless touched since.

An import has very many rows, so this goes through its entry some rows at a time, and writes them in bulk. Planned
reminders of deleted bookings go; what was sent stays. Deleted customers are erased from the journal, too.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from db.models import Base, Booking, Customer, Event, Import, JournalEntry, JournalValue, Message
from db.recorded import parsed, plain
from db.types import AnyRow
from db.writes import delete_where, update_each, update_where
from venue import acts, events, reminders
from venue.acts import Act
from venue.customers import booking_status, visit_counts
from venue.journal import entries, undo_waitlist
from venue.journal.entries import EntryRow, Value
from venue.messages.states import NOT_YET_GONE, State
from venue.roles import Permission, require
from venue.wording import counted, full_name

# What each act imports.
KINDS = {Act.CUSTOMERS_IMPORTED: "customers", Act.EVENTS_IMPORTED: "events", Act.BOOKINGS_IMPORTED: "bookings"}
# The columns that an import may change, each with its name in a sentence.
CHANGED = {"customers": {"notes": "notes", "email": "e-mail"}, "events": {"capacity": "capacity"}}
AT_ONCE = 1_000
MOST_NAMED = 20


@dataclass
class ImportUndo:
    """What undoing an import does or would do: how many rows, and the names of those that are left, with the reason.

    `deleted` and `restored` are numbers of rows by table. `booked` are the customers and events whose bookings are
    left, `waits` sentences about those who wait again for seats.
    """

    deleted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    restored: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    named: list[str] = field(default_factory=list)
    left: int = 0
    booked: set[undo_waitlist.Place] = field(default_factory=set)
    waits: list[str] = field(default_factory=list)

    def leave(self, name: str, reason: str) -> None:
        self._leave(f"{name}: {reason}")

    def give_places(self, places: tuple[Sequence[str], Sequence[str]]) -> None:
        """Note what is said of those who waited for seats until they were booked."""
        self.waits, stays = list(places[0]), places[1]
        for said in stays:
            self._leave(said)

    def _leave(self, said: str) -> None:
        self.left += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(said)

    @property
    def restores(self) -> list[str]:
        """Sentences for staff."""
        nouns = {"customers": "customer", "events": "event", "bookings": "booking", "messages": "planned reminder"}
        said = [_said(self.deleted[table], noun, "is removed", "are removed") for table, noun in nouns.items()]
        said += [
            _said(self.restored[table], noun, "gets the old values back", "get their old values back")
            for table, noun in nouns.items()
        ]
        more = len(self.waits) - MOST_NAMED
        waits = [*self.waits[:MOST_NAMED], *([f"{more:,} more wait again, in their places"] if more > 0 else [])]
        return [*filter(None, said), *waits]

    @property
    def leaves(self) -> list[str]:
        """Sentences for staff: the first by name."""
        more = self.left - len(self.named)
        return [*self.named, f"and {more:,} more"] if more else self.named


def look(session: Session, entry: EntryRow, *, now: datetime) -> ImportUndo:
    """What undoing the import with this entry would do."""
    require(session, Permission.IMPORT, ask_again=False)
    result = _Undoing(session, entry.id, writes=False).all()
    if result.deleted["bookings"]:
        result.give_places(undo_waitlist.look_at_places(session, entry, booked=result.booked, now=now))
    return result


def carry_out(session: Session, entry: EntryRow, *, now: datetime) -> ImportUndo:
    """Undo the import with this entry, in the act in progress."""
    require(session, Permission.IMPORT)
    result = _Undoing(session, entry.id, writes=True).all()
    if result.deleted["bookings"]:
        result.give_places(undo_waitlist.give_places_back(session, entry, booked=result.booked, now=now))
    undone = {"state": "undone", "worker": None, "lease_until": None, "updated_at": now, "version": Import.version + 1}
    update_where(session, Import, Import.entry_id == entry.id, undone)
    visit_counts.count_again(session)
    acts.details(
        session, imported=KINDS[Act(entry.act)], deleted=sum(result.deleted.values()) - result.deleted["messages"]
    )
    return result


def who_stays(session: Session, entry_id: int, act: str, *, writes: bool) -> frozenset[UUID]:
    """The customers whom the import added and whom undoing it leaves, with what it added about them. With `writes`,
    nothing can be added about the others before they are deleted. Empty for an act that imports no customers."""
    require(session, Permission.READ)
    if act != Act.CUSTOMERS_IMPORTED:
        return frozenset()
    return _Undoing(session, entry_id, writes=writes).who_stays()


class _Undoing:
    """Goes through the entry backwards, so that what was done last is undone first."""

    def __init__(self, session: Session, entry_id: int, *, writes: bool):
        self.session = session
        self.entry_id = entry_id
        self.writes = writes
        self.result = ImportUndo()

    def all(self) -> ImportUndo:
        for values in self._batches(tuple(_BY_TABLE)):
            by_table: dict[str, list[Value]] = defaultdict(list)
            for value in values:
                by_table[value.table].append(value)
            for table, undo in _BY_TABLE.items():
                added = [value for value in by_table[table] if value.before is None and not value.is_erased]
                changed = [value for value in by_table[table] if value.before is not None and not value.is_erased]
                erased = [value for value in by_table[table] if value.is_erased]
                if added:
                    undo(self, added)
                if erased:
                    self._leave_erased(table, erased)
                if changed:
                    self._restore(table, changed)
        return self.result

    def who_stays(self) -> frozenset[UUID]:
        stay: set[UUID] = set()
        for values in self._batches(["customers"]):
            added = [value for value in values if value.before is None and not value.is_erased]
            stay |= self._why_they_stay(added, self._added_customers(added)).keys()
        return frozenset(stay)

    def _batches(self, tables: Sequence[str]) -> Iterator[Sequence[Value]]:
        last = self.session.scalar(
            select(func.max(JournalValue.position)).where(JournalValue.entry_id == self.entry_id)
        )
        # Messages are not looked at: those of deleted bookings go with them.
        while last is not None and last >= 0:
            first = max(0, last - AT_ONCE + 1)
            yield entries.values_between(self.session, self.entry_id, first, last, tables=tables)
            last = first - 1

    # Rows that the import added

    def delete_bookings(self, added: Sequence[Value]) -> None:
        ids = {UUID(value.row_id) for value in added}
        customer_ids = {value.customer_id for value in added if value.customer_id}
        if self.writes:
            booking_status.lock(self.session, Customer.id.in_(customer_ids))
        named = select(Booking.__table__, Customer.first_name, Customer.last_name, Event.name)
        joined = named.join(Customer, Customer.id == Booking.customer_id).join(Event, Event.id == Booking.event_id)
        rows = {row.id: row for row in self.session.execute(joined.where(Booking.id.in_(ids)))}
        later = (JournalValue.customer_id.in_(customer_ids), self._is_later(), JournalValue.table_name == "bookings")
        changed = {UUID(row_id) for row_id in self.session.scalars(select(JournalValue.row_id).where(*later))}
        for booking_id in rows.keys() & (changed | _differing("bookings", added, rows)):
            row = rows.pop(booking_id)
            self.result.booked.add((row.customer_id, row.event_id))
            self.result.leave(f"{full_name(row)} at {row.name}", "the booking was changed since")
        unsent = and_(
            Message.booking_id.in_(rows),
            Message.kind.in_(reminders.KINDS),
            Message.state.in_([*NOT_YET_GONE, State.SKIPPED]),
        )
        planned = and_(unsent, Message.state.in_(NOT_YET_GONE))
        self.result.deleted["messages"] += self._count(Message, planned)
        self._delete(Message, unsent)
        self.result.deleted["bookings"] += len(rows)
        self._delete(Booking, Booking.id.in_(rows))
        if self.writes:
            booking_status.refresh(self.session, customer_ids)

    def delete_customers(self, added: Sequence[Value]) -> None:
        rows = self._added_customers(added)
        for customer_id, reason in self._why_they_stay(added, rows).items():
            self.result.leave(full_name(rows.pop(customer_id)), reason)
        self.result.deleted["customers"] += len(rows)
        if self.writes and rows:
            acts.erase_customers(self.session, set(rows))
            self._delete(Customer, Customer.id.in_(rows))

    def _added_customers(self, added: Sequence[Value]) -> dict[UUID, AnyRow]:
        ids = {UUID(value.row_id) for value in added}
        found = select(Customer.__table__).where(Customer.id.in_(ids)).order_by(Customer.id)
        return {row.id: row for row in self._locked(found)}

    def _why_they_stay(self, added: Sequence[Value], rows: Mapping[UUID, AnyRow]) -> dict[UUID, str]:
        booked = set(self.session.scalars(select(Booking.customer_id).where(Booking.customer_id.in_(rows))))
        texted = set(self.session.scalars(select(Message.customer_id).where(Message.customer_id.in_(rows))))
        later = select(JournalValue.customer_id).where(JournalValue.customer_id.in_(rows), self._is_later())
        changed = set(self.session.scalars(later)) | _differing("customers", added, rows)
        reasons: dict[UUID, str] = {}
        for ids, reason in ((booked, "was booked since"), (texted, "has texts"), (changed, "was changed since")):
            for customer_id in rows.keys() & ids:
                reasons.setdefault(customer_id, reason)
        return reasons

    def delete_events(self, added: Sequence[Value]) -> None:
        ids = {UUID(value.row_id) for value in added}
        found = select(Event.__table__).where(Event.id.in_(ids)).order_by(Event.id)
        rows = {row.id: row for row in self._locked(found)}
        booked = set(self.session.scalars(select(Booking.event_id).where(Booking.event_id.in_(rows))))
        changed = select(JournalValue.event_id).where(JournalValue.event_id.in_(rows), self._is_later())
        touched = set(self.session.scalars(changed)) | _differing("events", added, rows)
        for ids_, reason in ((booked, "has bookings"), (touched, "was changed since")):
            for event_id in rows.keys() & ids_:
                self.result.leave(rows.pop(event_id).name, reason)
        self.result.deleted["events"] += len(rows)
        self._delete(Event, Event.id.in_(rows))

    # Rows that the import changed

    def _restore(self, table: str, changed: Sequence[Value]) -> None:
        columns = CHANGED.get(table)
        entity: Any = {"customers": Customer, "events": Event}.get(table)
        if columns is None or entity is None:
            return
        ids = [UUID(value.row_id) for value in changed]
        rows = {row.id: row for row in self._locked(select(entity.__table__).where(entity.id.in_(ids)), is_change=True)}
        restored = [
            new
            for value in changed
            if (row := rows.get(UUID(value.row_id))) is not None
            and (new := self._old_values(table, columns, value, row)) is not None
        ]
        self.result.restored[table] += len(restored)
        if self.writes and restored:
            update_each(self.session, entity, restored)

    def _old_values(self, table: str, columns: Mapping[str, str], value: Value, row: AnyRow) -> dict[str, Any] | None:
        """The row to write, with all of these columns; None if none of them gets its old value back."""
        before, after = value.before or {}, value.after or {}
        old: dict[str, Any] = {}
        for column, label in columns.items():
            if column in before and column in after and self._may_restore(table, column, label, value, row):
                old[column] = parsed(table, column, before[column])
        if not old:
            return None
        is_untouched = plain(table, "updated_at", row.updated_at) == after.get("updated_at")
        updated_at = parsed(table, "updated_at", before["updated_at"]) if is_untouched else row.updated_at
        present = {column: getattr(row, column) for column in columns}
        return {"id": row.id, **present, **old, "updated_at": updated_at, "version": row.version + 1}

    def _may_restore(self, table: str, column: str, label: str, value: Value, row: AnyRow) -> bool:
        """Whether a column still has what the import wrote, and the old value is possible."""
        before, after = value.before or {}, value.after or {}
        name = full_name(row) if table == "customers" else row.name
        present = plain(table, column, getattr(row, column))
        if present != after[column]:
            if present != before[column]:
                self.result.leave(name, f"the {label} {'were' if label.endswith('s') else 'was'} changed since")
            return False
        old = parsed(table, column, before[column])
        if table == "events" and old is not None and events.seats_taken(self.session, row.id) > old:
            self.result.leave(name, f"more seats are booked than the {old} there were")
            return False
        return True

    def _leave_erased(self, table: str, erased: Sequence[Value]) -> None:
        """Rows of which nothing says any more whether they were added, and what they were before."""
        ids = [UUID(value.row_id) for value in erased]
        for name in self.session.scalars(_names(table, ids)):
            self.result.leave(name, "someone mentioned there was erased since")

    # Helpers

    def _locked(self, query: Any, *, is_change: bool = False) -> Sequence[AnyRow]:
        """The rows, locked if they will be written: then nothing can refer to them before they are deleted."""
        query = query.with_for_update(key_share=is_change) if self.writes else query
        return self.session.execute(query).all()

    def _is_later(self) -> ColumnElement[bool]:
        """Whether a value is of a later act that still counts: what was undone, and the undo, left nothing but what
        the row itself shows."""
        undone = select(JournalEntry.undoes).where(JournalEntry.undoes.is_not(None))
        undos = select(JournalEntry.id).where(JournalEntry.undoes.is_not(None))
        entry_id = JournalValue.entry_id
        return and_(entry_id > self.entry_id, entry_id.not_in(undone), entry_id.not_in(undos))

    def _count(self, table: type[Base], where: ColumnElement[bool]) -> int:
        return self.session.scalar(select(func.count()).select_from(table).where(where)) or 0

    def _delete(self, table: type[Base], where: ColumnElement[bool]) -> None:
        if self.writes:
            delete_where(self.session, table, where)


# In this order within some rows: bookings refer to customers and events.
_BY_TABLE = {
    "bookings": _Undoing.delete_bookings,
    "customers": _Undoing.delete_customers,
    "events": _Undoing.delete_events,
}


def _differing(table: str, added: Sequence[Value], rows: Mapping[UUID, AnyRow]) -> set[UUID]:
    """The ids of added rows that are no longer as they were added."""
    return {
        row_id
        for value in added
        if (row := rows.get(row_id := UUID(value.row_id))) is not None
        and any(plain(table, name, row._mapping[name]) != as_added for name, as_added in (value.after or {}).items())
    }


def _names(table: str, ids: Sequence[UUID]) -> Select[str]:
    if table == "customers":
        return select(Customer.first_name + " " + Customer.last_name).where(Customer.id.in_(ids))
    if table == "events":
        return select(Event.name).where(Event.id.in_(ids))
    booked = select("A booking at " + Event.name).join(Booking, Booking.event_id == Event.id)
    return booked.where(Booking.id.in_(ids))


def _said(count: int, noun: str, of_one: str, of_several: str) -> str:
    return f"{counted(count, noun)} {of_one if count == 1 else of_several}" if count else ""
