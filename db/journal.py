"""Storing journal entries: one for each act, with the rows it changed and a hash over all of it.

`record` opens an entry around a command. db/changes.py collects what the command changes.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session

from db import changes, locks, recorded
from db.changes import Change, Recording
from db.models import JournalEntry, JournalValue, MergedCustomer
from db.writes import insert_new, insert_numbered, update_where

# The id of the last entry that this session wrote.
LAST = "last_journal_entry"
OPEN = "open_journal_entry"
ERASED_VALUE = {"before": None, "after": None, "salt": None}


@dataclass
class Entry:
    """An act that is being recorded. `details` are facts about it, without personal data."""

    act: str
    undoes: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """Who did it, and when (in UTC)."""

    at: datetime
    actor: str
    staff_id: UUID | None


def open_entry(session: Session) -> Entry | None:
    """The entry that is being recorded in this session, or None."""
    entry: Entry | None = session.info.get(OPEN)
    return entry


@contextmanager
def record(
    session: Session, entry: Entry, signature: Signature, *, also: frozenset[str] = frozenset()
) -> Iterator[Recording]:
    """Record what happens inside, and write the entry at the end if something changed. Writes nothing when it raises:
    then the transaction is rolled back. `also` are columns to record besides; see `changes.Recording`."""
    writer = _Writer(session, entry, signature)
    recording = changes.start(session, when_full=writer.write_part, also=also)
    writer.recording = recording
    session.info[OPEN] = entry
    try:
        yield recording
        session.flush()
    finally:
        changes.stop(session)
        session.info.pop(OPEN, None)
    writer.finish(changes.merged(recording.changes))


def write(session: Session, entry: Entry, signature: Signature) -> None:
    """Write an entry about something that changed nothing."""
    session.info[LAST] = _Writer(session, entry, signature).insert([])


def erase_customers(session: Session, customer_ids: Collection[UUID]) -> None:
    """Erase the values of these customers, and of those who were merged into them, from all entries, including the one
    that is being recorded. Their hashes stay, so that the entries can still be verified."""
    old_ids = select(MergedCustomer.old_id).where(MergedCustomer.survivor_id.in_(customer_ids))
    ids = {*customer_ids, *session.scalars(old_ids)}
    recording = changes.recording_of(session)
    if recording is not None:
        recording.erased_customers.update(ids)
    update_where(session, JournalValue, JournalValue.customer_id.in_(ids), ERASED_VALUE)


def erase_row(session: Session, table: str, row_id: str) -> None:
    """Store no values of this row in the entry that is being recorded: what is changed is erased."""
    recording = changes.recording_of(session)
    if recording is not None:
        recording.erased_rows.add((table, row_id))


def erase_values(session: Session, values: Sequence[tuple[int, int]]) -> None:
    """Erase these values, by entry and position. Their hashes stay, so that the entries can still be verified."""
    keys = tuple_(JournalValue.entry_id, JournalValue.position)
    update_where(session, JournalValue, keys.in_(values), ERASED_VALUE)


class _Writer:
    """Writes one entry: at once or, for a long act, its values in parts and the entry's hash at the end."""

    def __init__(self, session: Session, entry: Entry, signature: Signature):
        self.session = session
        self.entry = entry
        self.signature = signature
        self.recording: Recording | None = None
        self.hashes = hashlib.sha256()
        self.written = 0
        self.begun: int | None = None

    def finish(self, rows: Sequence[Change]) -> None:
        if self.begun is not None:
            self._insert_values(self.begun, self._values(rows))
            columns = {"details": canonical(self.entry.details), "hash": self._hash()}
            update_where(self.session, JournalEntry, JournalEntry.id == self.begun, columns)
            self.session.info[LAST] = self.begun
        elif rows:
            self.session.info[LAST] = self.insert(rows)

    def write_part(self, rows: Sequence[Change]) -> None:
        """Store some of the values. The entry has no hash until `finish`."""
        if self.begun is None:
            locks.writing_the_journal(self.session)
            self.begun = insert_numbered(self.session, JournalEntry, self._columns(""))
        self._insert_values(self.begun, self._values(changes.merged(rows)))

    def insert(self, rows: Sequence[Change]) -> int:
        """Store the entry and its values, and return the entry's id."""
        values = self._values(rows)
        columns = self._columns(self._hash())
        if self.session.get_bind().dialect.name == "postgresql":
            known = {"lock": locks.JOURNAL, **columns, "values": json.dumps(values, ensure_ascii=False, default=str)}
            return int(self.session.connection().execute(_ALL_AT_ONCE, known).scalar_one())
        entry_id = insert_numbered(self.session, JournalEntry, columns)
        self._insert_values(entry_id, values)
        return entry_id

    def _columns(self, its_hash: str) -> dict[str, Any]:
        return {
            "at": self.signature.at,
            "actor": self.signature.actor,
            "staff_id": self.signature.staff_id,
            "act": self.entry.act,
            "details": canonical(self.entry.details),
            "undoes": self.entry.undoes,
            "hash": its_hash,
        }

    def _insert_values(self, entry_id: int, values: list[dict[str, Any]]) -> None:
        if values:
            insert_new(self.session, JournalValue, [{"entry_id": entry_id, **value} for value in values])

    def _values(self, rows: Sequence[Change]) -> list[dict[str, Any]]:
        values = [_value(row, is_erased=self._is_erased(row)) for row in rows]
        for value in values:
            value["position"] = self.written
            self.written += 1
            self.hashes.update(listed_value(value).encode())
        return values

    def _is_erased(self, row: Change) -> bool:
        recording = self.recording
        return recording is not None and (
            row.customer_id in recording.erased_customers or (row.table, row.row_id) in recording.erased_rows
        )

    def _hash(self) -> str:
        return entry_hash(
            at=self.signature.at,
            actor=self.signature.actor,
            staff_id=self.signature.staff_id,
            act=self.entry.act,
            details=canonical(self.entry.details),
            undoes=self.entry.undoes,
            values=self.written,
            hashes=self.hashes.hexdigest(),
        )


# On PostgreSQL, in one statement: each costs a round trip. The entry's id is taken after the lock. JSON is faster than
# arrays, whose text must be quoted in Python.
_ALL_AT_ONCE = text("""
    WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(:lock)),
    entry AS (
        INSERT INTO journal_entries (at, actor, staff_id, act, details, undoes, hash)
        SELECT CAST(:at AS timestamptz), :actor, CAST(:staff_id AS uuid), :act, :details, CAST(:undoes AS bigint), :hash
        FROM locked RETURNING id
    ),
    stored AS (
        INSERT INTO journal_values (
            entry_id, position, table_name, row_id, customer_id, event_id, before, after, salt, hash
        )
        SELECT entry.id, value.* FROM entry, json_to_recordset(CAST(:values AS json)) AS value (
            position integer, table_name text, row_id text, customer_id uuid, event_id uuid, before text, after text,
            salt text, hash text
        )
    )
    SELECT id FROM entry
""")


def _value(row: Change, *, is_erased: bool) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    value: dict[str, Any] = {
        "table_name": row.table,
        "row_id": "" if recorded.has_personal_key(row.table) else row.row_id,
        "customer_id": row.customer_id,
        "event_id": row.event_id,
        "before": None if row.before is None else canonical(row.before),
        "after": None if row.after is None else canonical(row.after),
    }
    value |= {"salt": salt, "hash": value_hash(salt=salt, before=value["before"], after=value["after"])}
    return {**value, "before": None, "after": None, "salt": None} if is_erased else value


# Hashes


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """The value as JSON, always written in the same way."""
    return _encode(value)


def value_hash(*, salt: str, before: str | None, after: str | None) -> str:
    """The hash of what was changed in one row. Without the salt, erased values cannot be found by trying."""
    return sha256(salt, before, after)


def listed_value(value: Mapping[str, Any]) -> str:
    """What an entry's hash covers of one value: which row it is of and whose, which is never erased, and its hash."""
    ids = [None if value[name] is None else value[name].hex for name in ("customer_id", "event_id")]
    return listed(value["table_name"], value["row_id"], *ids, value["hash"])


def entry_hash(
    *,
    at: datetime,
    actor: str,
    staff_id: UUID | None,
    act: str,
    details: str,
    undoes: int | None,
    values: int,
    hashes: str,
) -> str:
    """The hash of an entry. `values` is the number of rows it changed; `hashes` is the SHA-256 of their
    `listed_value`, one after the other."""
    who = None if staff_id is None else staff_id.hex
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    undone = None if undoes is None else str(undoes)
    return sha256(when, actor, who, act, details, undone, str(values), hashes)


def sha256(*parts: str | None) -> str:
    """The SHA-256 of these parts."""
    return hashlib.sha256(listed(*parts).encode()).hexdigest()


def listed(*parts: str | None) -> str:
    """These parts, each with its length, so that no other parts are listed in the same way."""
    return "".join(["-" if part is None else f"{len(part)}:{part}" for part in parts])
