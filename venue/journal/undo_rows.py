"""Undo what an act did to tags, own fields, households, views and pairs, however many rows: a thousand at a time.

A row that the act added is deleted if it is still as it was added and nothing refers to it; one that it deleted is put
back if what it refers to still exists; of one that it changed, each value that is still as the act left it gets its old
value back. What was changed since is named and left.
"""

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.keys import with_keys
from db.models import JournalEntry
from db.recorded import columns_of, default_of, key_names, table_of
from db.writes import delete_rows, insert_once, update_each
from venue import acts, households
from venue.acts import Act
from venue.journal import recorded_rows
from venue.journal.recorded_rows import Key, RecordedRow
from venue.journal.row_acts import UNDOABLE
from venue.journal.undone_rows import CHILDREN, DELETED_SINCE, ENTITIES, ONE, PARENTS, RowsUndo, is_folded
from venue.roles import Permission, require
from venue.short_names import folded


def look(
    session: Session,
    entry_id: int,
    *,
    called: Mapping[UUID, str] | None = None,
    staying: Collection[UUID] = (),
    now: datetime,
) -> RowsUndo:
    """What undoing the rows of this entry would do. `called` are the names of customers who are put back before;
    `staying` the ids of those whom the act added and who are left, with the rows that it added about them."""
    require(session, Permission.READ)
    return _Undoing(session, entry_id, now=now, writes=False, called=called or {}, staying=staying).all()


def carry_out(
    session: Session,
    entry_id: int,
    *,
    called: Mapping[UUID, str] | None = None,
    staying: Collection[UUID] = (),
    now: datetime,
) -> RowsUndo:
    """Undo the rows of this entry, in the act in progress: as `look` says. Raises NotAllowed unless the actor may do
    what was done."""
    require(session, Permission.READ)
    undoing = _Undoing(session, entry_id, now=now, writes=True, called=called or {}, staying=staying)
    if undoing.changed:
        require(session, UNDOABLE.get(_first_act(session, entry_id), Permission.CUSTOMERS))
    result = undoing.all()
    if any(table == "household_members" for table, _ in undoing.changed):
        households.end_small(session)
    if result.customers:
        acts.details(session, customers=len(result.customers))
    return result


def _first_act(session: Session, entry_id: int) -> Act:
    """The act of the entry or, of an undo, the act that it is about in the end."""
    entry = session.execute(select(JournalEntry.act, JournalEntry.undoes).where(JournalEntry.id == entry_id)).one()
    return Act(entry.act) if entry.undoes is None else _first_act(session, entry.undoes)


class _Undoing:
    """Goes through the entry in the order in which rows refer to each other."""

    def __init__(
        self,
        session: Session,
        entry_id: int,
        *,
        now: datetime,
        writes: bool,
        called: Mapping[UUID, str],
        staying: Collection[UUID],
    ):
        self.session = session
        self.entry_id = entry_id
        self.now = now
        self.writes = writes
        self.staying = staying
        self.result = RowsUndo(session, called)
        # Until they are written: how many rows no longer refer to a row, and which rows are back.
        self.released: Counter[tuple[str, UUID]] = Counter()
        self.back: set[tuple[str, UUID]] = {("customers", customer_id) for customer_id in called}
        self.changed = recorded_rows.counts(session, entry_id)
        self.has_new_parents = any(self.changed[table, "added"] for table in PARENTS)

    def all(self) -> RowsUndo:
        for table in CHILDREN:
            self._each(table, "added", self._delete)
        for table in [*PARENTS, *CHILDREN]:
            self._each(table, "deleted", self._put_back)
        for table in [*PARENTS, *CHILDREN]:
            self._each(table, "changed", self._restore)
        for table in reversed(PARENTS):
            self._each(table, "added", self._delete)
        self.result.leave_erased(sum(count for (_, how), count in self.changed.items() if how == "erased"))
        return self.result

    def _each(self, table: str, how: str, undo: Any) -> None:
        if self.changed[table, how]:
            for rows in recorded_rows.batches(self.session, self.entry_id, table, how):
                undo(table, rows)

    # Undoing some rows of one table

    def _delete(self, table: str, rows: Sequence[RecordedRow]) -> None:
        """Delete rows that were added, if they are still as they were added."""
        present = self._present(table, rows)
        gone = []
        for row in rows:
            there = present.get(row.key)
            if there is None or there.get("customer_id") in self.staying:
                continue
            if _differs(table, there, row.after or {}):
                self.result.leave(table, row.key, there, "was changed since")
            elif self._is_others(table, there):
                self.result.leave(table, row.key, there, "is not yours")
            else:
                gone.append((row, there))
        used = self._used(table, [row.key[0] for row, _ in gone]) if table in PARENTS else set()
        for row, there in gone:
            if row.key[0] in used:
                self.result.leave(table, row.key, there, "is in use since")
            else:
                self._release(table, there)
                self.result.add(table, "deleted", row.key, there)
        rows_gone = [there for row, there in gone if row.key[0] not in used]
        if self.writes and rows_gone:
            delete_rows(self.session, ENTITIES[table], rows_gone)

    def _put_back(self, table: str, rows: Sequence[RecordedRow]) -> None:
        """Put rows back that were deleted, if what they refer to exists."""
        present = self._present(table, rows)
        complete = [(row, self._complete(table, row)) for row in rows]
        missing = self._missing(table, [values for _, values in complete])
        back = []
        for row, values in complete:
            reason = self._why_not_back(table, row, values, present.get(row.key), missing)
            if reason:
                self.result.leave(table, row.key, values, reason)
            elif row.key not in present:
                back.append(values)
                self.back.add((table, row.key[-1]))
                self.result.add(table, "put_back", row.key, values)
        if self.writes and back:
            insert_once(self.session, ENTITIES[table], back)

    def _restore(self, table: str, rows: Sequence[RecordedRow]) -> None:
        """Give changed rows the old values of the columns that are still as the act left them."""
        present = self._present(table, rows)
        missing = self._missing(table, [row.before or {} for row in rows])
        written = []
        for row in rows:
            there = present.get(row.key)
            if there is None:
                self.result.leave(table, row.key, row.before or {}, "no longer exists")
                continue
            old = self._old_values(table, row, there)
            reason = self._broken(old, missing) or self._name_taken(table, row.key, {**there, **old})
            reason = "is not yours" if self._is_others(table, there) else reason
            if reason:
                self.result.leave(table, row.key, there, reason)
            elif old:
                self._release(table, {name: there[name] for name in old})
                self.result.add(table, "changed", row.key, there)
                written.append((row.key, there, old))
        if self.writes:
            self._update(table, written)

    def _old_values(self, table: str, row: RecordedRow, there: Mapping[str, Any]) -> dict[str, Any]:
        before, after = row.before or {}, row.after or {}
        old = {name: before[name] for name in after if there[name] == after[name] and name in before}
        if any(there[name] not in (after[name], before.get(name)) for name in after):
            self.result.leave(table, row.key, there, "was changed since")
        return old

    def _update(self, table: str, rows: Sequence[tuple[Key, Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Write the old values of rows, by key and with what is stored: in one statement for each set of columns."""
        keys = key_names(table_of(ENTITIES[table]))
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for key, there, old in rows:
            derived = {"folded_name": folded(old["name"])} if "name" in old and is_folded(table) else {}
            version = {"version": there["version"] + 1} if "version" in there else {}
            changed = {"updated_at": self.now} if "updated_at" in there else {}
            values = {**dict(zip(keys, key, strict=True)), **old, **derived, **version, **changed}
            by_columns[tuple(sorted(values))].append(values)
        for written in by_columns.values():
            update_each(self.session, ENTITIES[table], written, by=keys)

    # Why not

    def _why_not_back(
        self,
        table: str,
        row: RecordedRow,
        values: Mapping[str, Any],
        there: Mapping[str, Any] | None,
        missing: Mapping[tuple[str, UUID], str],
    ) -> str:
        if there is not None:
            return "was added again since" if _differs(table, there, row.before or {}) else ""
        for column in table_of(ENTITIES[table]).c:
            if not column.nullable and values.get(column.name) is None:
                return "the old values are not recorded"
        return self._broken(values, missing) or self._name_taken(table, row.key, values)

    def _broken(self, values: Mapping[str, Any], missing: Mapping[tuple[str, UUID], str]) -> str:
        """What these values refer to that no longer exists, in words."""
        return next((missing[item] for item in values.items() if item in missing), "") if missing else ""

    def _missing(self, table: str, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, UUID], str]:
        """What these rows refer to that does not exist, by column and id: in words. What exists is locked."""
        missing: dict[tuple[str, UUID], str] = {}
        for reference in table_of(ENTITIES[table]).foreign_keys:
            name, parent = reference.parent.name, reference.column
            ids = {row[name] for row in rows if row.get(name) is not None}
            query = select(parent).where(parent.in_(ids)).order_by(parent)
            if self.writes:
                query = query.with_for_update(read=True, key_share=True)
            there = set(self.session.scalars(query)) if ids else set()
            gone = {each for each in ids - there if (parent.table.name, each) not in self.back}
            missing |= {(name, each): DELETED_SINCE[parent.table.name] for each in gone}
        return missing

    def _name_taken(self, table: str, key: Key, values: Mapping[str, Any]) -> str:
        """Why this name cannot be given again: names are unique ignoring case and accents."""
        if not is_folded(table):
            return ""
        stored = table_of(ENTITIES[table]).c
        same = [stored.folded_name == folded(values["name"]), stored.id != key[0]]
        for owner in ("field_id", "owner_id"):
            if owner in stored:
                same.append(stored[owner].is_not_distinct_from(values[owner]))
        other = self.session.scalar(select(stored.name).where(*same))
        return f"there is {ONE[table]} ‘{other}’ already" if other else ""

    def _is_others(self, table: str, row: Mapping[str, Any]) -> bool:
        """Whether it is a view that this actor may not change."""
        if table != "saved_views":
            return False
        actor = require(self.session, Permission.READ)
        if row["owner_id"] is None:
            return not actor.may(Permission.SHARED_VIEWS)
        return bool(row["owner_id"] != actor.staff_id)

    def _used(self, table: str, ids: Sequence[UUID]) -> set[UUID]:
        """The ids of rows that others refer to, besides what is undone with them."""
        counts: Counter[UUID] = Counter()
        for child in ENTITIES.values():
            for reference in table_of(child).foreign_keys:
                if reference.column.table is table_of(ENTITIES[table]):
                    column = reference.parent
                    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
                    counts.update({row[0]: row[1] for row in self.session.execute(query)})
        gone: Counter[UUID] = Counter() if self.writes else Counter({each: self.released[table, each] for each in ids})
        return {each for each in ids if counts[each] > gone[each]}

    def _release(self, table: str, values: Mapping[str, Any]) -> None:
        if self.writes or not self.has_new_parents:
            return
        for name, parent in _references(table):
            if values.get(name) is not None:
                self.released[parent, values[name]] += 1

    # Rows

    def _present(self, table: str, rows: Sequence[RecordedRow]) -> dict[Key, Mapping[str, Any]]:
        """The stored rows with these keys, locked if they will be written."""
        stored = table_of(ENTITIES[table])
        query = select(stored).where(with_keys(stored, [row.key for row in rows])).order_by(*stored.primary_key)
        query = query.with_for_update() if self.writes else query
        names = [column.name for column in stored.c]
        places = [names.index(name) for name in key_names(stored)]
        found = self.session.execute(query)
        return {tuple(row[place] for place in places): dict(zip(names, row, strict=True)) for row in found}

    def _complete(self, table: str, row: RecordedRow) -> dict[str, Any]:
        """All columns of a deleted row: those that are not recorded follow from others, or are as in a new row."""
        stored = table_of(ENTITIES[table])
        values = {name: default_of(column) for name, column in stored.c.items()}
        values |= dict(zip(key_names(stored), row.key, strict=True)) | dict(row.before or {})
        if is_folded(table) and "name" in values:
            values["folded_name"] = folded(values["name"] or "")
        if "updated_at" in values:
            values["updated_at"] = self.now
        if table == "duplicate_pairs":
            values = values | {"score": 0, "reasons": "[]", "found_at": self.now} | dict(row.before or {})
        if table == "saved_views":
            values |= {"created_at": self.now, "updated_by": require(self.session, Permission.READ).name}
        return values


def _differs(table: str, there: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    return any(there[name] != recorded.get(name) for name in columns_of(table_of(ENTITIES[table])))


@functools.cache
def _references(table: str) -> Sequence[tuple[str, str]]:
    """The columns of a table that refer to others, each with the table."""
    return [(each.parent.name, each.column.table.name) for each in table_of(ENTITIES[table]).foreign_keys]
