"""Verify the journal: every hash, every seal, and that the seals list exactly the entries that there are."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.journal import entry_hash, listed_value, value_hash
from db.models import Customer, JournalEntry, JournalSeal, JournalValue
from db.types import AnyRow
from venue.acts import DELETED, MENTIONS, Act
from venue.journal import seals
from venue.roles import Permission, require

# More problems than this are only counted.
MOST_PROBLEMS = 100
VALUES_AT_ONCE = 2_000
IDS_AT_ONCE = 500
BEFORE_ALL = -(2**63)


class Damage(StrEnum):
    EDITED = auto()
    REMOVED = auto()
    INSERTED = auto()
    REORDERED = auto()
    ERASED = auto()
    CUT = auto()


# The acts that delete customers: undoing an import deletes those it added.
DELETING = (Act.CUSTOMER_DELETED, Act.UNDONE)


@dataclass(frozen=True)
class Problem:
    """What happened to an entry, or to a seal, and a sentence that says so."""

    damage: Damage
    entry_id: int | None
    sentence: str


@dataclass
class Report:
    """The result: the numbers of entries and seals, the letters of the last seal, and the problems, the first of them
    in full. `unsealed` entries are too new to have a seal."""

    entries: int = 0
    seals: int = 0
    unsealed: int = 0
    letters: str = ""
    counts: Counter[Damage] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add(self, damage: Damage, entry_id: int | None, sentence: str) -> None:
        self.counts[damage] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(damage, entry_id, sentence))


def verify(session: Session, *, seal: str = "") -> Report:
    """Verify everything. `seal` are the letters of a seal from a printed door list: if the journal no longer has that
    seal, its end was cut off, or it was replaced. Read it in one transaction, with `reading_at_length`."""
    require(session, Permission.JOURNAL)
    report = Report()
    erasures = _Erasures()
    known: set[str] = set()
    last, previous = BEFORE_ALL, seals.BEGINNING
    for row in _all_seals(session):
        _check_seal(row, previous, report)
        _check_batch(report, _listed(row), _hashed(session, last, row.last_id, erasures, report))
        known.add(seals.letters(row.seal))
        report.letters = seals.letters(row.seal)
        last, previous = max(last, row.last_id), row.seal
    unsealed = _hashed(session, last, None, erasures, report)
    report.unsealed = len(unsealed)
    _check_hashes(report, unsealed)
    _check_erased(session, erasures, report)
    if seal and _normalised(seal) not in known:
        report.add(Damage.CUT, None, f"No seal has the letters {seal}: the end of the journal was removed or replaced")
    return report


@dataclass(frozen=True)
class _Hashed:
    """An entry's stored hash, and whether its contents have that hash."""

    stored: str
    is_right: bool


def _all_seals(session: Session) -> Iterator[AnyRow]:
    """The seals in order, read one after the other: together they may be large."""
    ids = session.scalars(select(JournalSeal.id).order_by(JournalSeal.id)).all()
    for seal_id in ids:
        row = session.execute(select(JournalSeal.__table__).where(JournalSeal.id == seal_id)).first()
        if row is not None:
            yield row


def _check_seal(row: AnyRow, previous: str, report: Report) -> None:
    report.seals += 1
    root = hashlib.sha256(row.entries.encode()).hexdigest()
    signed = seals.seal_of(
        previous=row.previous, sealed_at=row.sealed_at, first_id=row.first_id, last_id=row.last_id, root=row.root
    )
    entries = f"the entries {row.first_id} to {row.last_id}"
    if row.previous != previous:
        report.add(Damage.REMOVED, row.first_id, f"A seal before that of {entries} was removed, inserted or changed")
    if (root, signed) != (row.root, row.seal):
        report.add(Damage.EDITED, row.first_id, f"The seal of {entries} was changed")


def _listed(row: AnyRow) -> list[tuple[int, str]]:
    try:
        return seals.listed(row.entries)
    except ValueError:
        return []


def _check_batch(report: Report, listed: Sequence[tuple[int, str]], stored: dict[int, _Hashed]) -> None:
    """Compare the entries that a seal lists with those that are stored in its range."""
    elsewhere = {entry.stored: entry_id for entry_id, entry in stored.items()}
    for entry_id, sealed_hash in listed:
        entry = stored.get(entry_id)
        now_at = elsewhere.get(sealed_hash)
        if entry is not None and entry.stored == sealed_hash:
            if not entry.is_right:
                report.add(Damage.EDITED, entry_id, f"Entry {entry_id} was changed")
        elif now_at is not None:
            report.add(Damage.REORDERED, entry_id, f"Entry {entry_id} is now in the place of entry {now_at}")
        elif entry is None:
            report.add(Damage.REMOVED, entry_id, f"Entry {entry_id} was removed")
        else:
            report.add(Damage.EDITED, entry_id, f"Entry {entry_id} was changed")
    sealed = dict(listed)
    moved = {sealed_hash for entry_id, sealed_hash in listed if not _is_in_its_place(stored, entry_id, sealed_hash)}
    for entry_id, entry in stored.items():
        if entry_id not in sealed and entry.stored not in moved:
            report.add(Damage.INSERTED, entry_id, f"Entry {entry_id} was inserted after its time")


def _is_in_its_place(stored: dict[int, _Hashed], entry_id: int, sealed_hash: str) -> bool:
    return entry_id in stored and stored[entry_id].stored == sealed_hash


def _check_hashes(report: Report, stored: dict[int, _Hashed]) -> None:
    for entry_id, entry in stored.items():
        if not entry.is_right:
            report.add(Damage.EDITED, entry_id, f"Entry {entry_id} was changed")


@dataclass
class _Erasures:
    """The customers of whom values are erased, and those whom an entry deletes.

    A value may also mention a customer who is deleted, and belong to another or to none: the entry that deletes them
    lists these values, by entry and position. `of_none` are the erased values that belong to none. `entries` are the
    entries with such lists: they store no values of what they erase.
    """

    erased: set[UUID] = field(default_factory=set)
    deleted: set[UUID] = field(default_factory=set)
    of_none: set[tuple[int, int]] = field(default_factory=set)
    mentions: set[tuple[int, int]] = field(default_factory=set)
    entries: set[int] = field(default_factory=set)

    def add(self, entry_id: int, details: Mapping[str, Any]) -> None:
        """Add what an entry says that it erased."""
        self.entries.add(entry_id)
        self.deleted |= {UUID(customer_id) for customer_id in details[DELETED]}
        self.mentions |= {(entry, position) for entry, position in details.get(MENTIONS, ())}


def _check_erased(session: Session, erasures: _Erasures, report: Report) -> None:
    """Values may only be erased when their customer, or one they mention, is deleted, of which there is an entry."""
    for customer_id in sorted(erasures.erased - erasures.deleted):
        if _has_more_erased(session, customer_id, erasures):
            report.add(Damage.ERASED, None, f"Values of customer {customer_id} were erased, whom no entry deletes")
    ids = sorted(erasures.erased & erasures.deleted)
    for start in range(0, len(ids), IDS_AT_ONCE):
        there = session.scalars(select(Customer.id).where(Customer.id.in_(ids[start : start + IDS_AT_ONCE]))).all()
        for customer_id in filter(lambda each: _has_more_erased(session, each, erasures), there):
            report.add(Damage.ERASED, None, f"Values of customer {customer_id} were erased, who is not deleted")
    for entry_id, position in sorted(erasures.of_none - erasures.mentions):
        report.add(Damage.ERASED, entry_id, f"Value {position} of entry {entry_id} was erased, which no entry says")


def _has_more_erased(session: Session, customer_id: UUID, erasures: _Erasures) -> bool:
    """Whether more values of this customer are erased than those that mention another."""
    erased = select(JournalValue.entry_id, JournalValue.position).where(
        JournalValue.customer_id == customer_id, JournalValue.salt.is_(None)
    )
    return any(
        row.entry_id not in erasures.entries and (row.entry_id, row.position) not in erasures.mentions
        for row in session.execute(erased)
    )


def _hashed(session: Session, after: int, last: int | None, erasures: _Erasures, report: Report) -> dict[int, _Hashed]:
    """The entries of a range of ids, hashed again. Adds the customers of erased values to `erasures`."""
    in_range = [JournalEntry.id > after] + ([] if last is None else [JournalEntry.id <= last])
    of_range = [JournalValue.entry_id > after] + ([] if last is None else [JournalValue.entry_id <= last])
    entries = session.execute(select(JournalEntry.__table__).where(*in_range).order_by(JournalEntry.id)).all()
    values = session.execute(
        select(JournalValue.__table__).where(*of_range).order_by(JournalValue.entry_id, JournalValue.position),
        execution_options={"yield_per": VALUES_AT_ONCE},
    )
    acts = {row.id: row.act for row in entries}
    erasing = {row.id for row in entries if DELETED in row.details}
    for row in entries:
        if row.id in erasing:
            erasures.add(row.id, json.loads(row.details))
    digests = {
        entry_id: _digest(acts.get(entry_id, ""), rows, erasures, is_erasing=entry_id in erasing)
        for entry_id, rows in groupby(values, key=lambda value: value.entry_id)
    }
    report.entries += len(entries)
    return {row.id: _Hashed(row.hash, _hash(row, digests.get(row.id, _NOTHING)) == row.hash) for row in entries}


@dataclass(frozen=True)
class _Digest:
    """What an entry's hash covers of its values: how many, and the SHA-256 of their hashes."""

    values: int
    hashes: str


_NOTHING = _Digest(0, hashlib.sha256().hexdigest())
_WRONG = "changed"


def _digest(act: str, rows: Iterator[Any], erasures: _Erasures, *, is_erasing: bool) -> _Digest:
    hashes, count, is_right = hashlib.sha256(), 0, True
    for row in rows:
        if row.salt is None and not is_erasing:
            if row.customer_id is not None:
                erasures.erased.add(row.customer_id)
            else:
                erasures.of_none.add((row.entry_id, row.position))
        # An entry that erases lists whom it deletes: the other customers in it were only mentioned.
        if act in DELETING and not is_erasing and row.table_name == Customer.__tablename__:
            erasures.deleted.add(row.customer_id)
        is_right = is_right and row.position == count and _is_right(row)
        hashes.update(listed_value(row._mapping).encode())
        count += 1
    return _Digest(count, hashes.hexdigest() if is_right else _WRONG)


def _is_right(row: AnyRow) -> bool:
    if row.salt is None:
        return row.before is None and row.after is None
    return bool(row.hash == value_hash(salt=row.salt, before=row.before, after=row.after))


def _hash(row: AnyRow, digest: _Digest) -> str:
    return entry_hash(
        at=row.at,
        actor=row.actor,
        staff_id=row.staff_id,
        act=row.act,
        details=row.details,
        undoes=row.undoes,
        values=digest.values,
        hashes=digest.hashes,
    )


def _normalised(seal: str) -> str:
    typed = "".join(letter for letter in seal.upper() if letter.isalpha())
    return f"{typed[:4]}-{typed[4:]}"
