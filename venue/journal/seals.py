"""Seals: entries linked in batches, each to the batch before it, so that none can be changed later without a trace.

Printed door lists and the journal show the first letters of the latest seal. A journal whose end was cut off, or that
was rewritten, has no seal with the letters that are on paper.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db import locks
from db.journal import sha256
from db.models import JournalEntry, JournalSeal
from db.session import Transaction
from db.writes import insert_once
from venue.roles import Permission, require

# The first seal follows this one.
BEGINNING = "0" * 64
AT_ONCE = 1_000
# Without I and O, which look like digits.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
LETTERS_SHOWN = 8


@dataclass(frozen=True)
class Latest:
    """The latest seal, as it is shown, like "KXRT-MBPW", and when it was made, in UTC."""

    letters: str
    sealed_at: datetime


def latest(session: Session) -> Latest | None:
    """The latest seal, or None while there is none."""
    require(session, Permission.READ)
    row = session.execute(
        select(JournalSeal.seal, JournalSeal.sealed_at).order_by(JournalSeal.id.desc()).limit(1)
    ).first()
    return None if row is None else Latest(letters(row.seal), row.sealed_at)


def seal_all(transaction: Transaction, *, now: datetime) -> int:
    """Seal all entries that are complete, and return how many. Safe to run concurrently: each entry is sealed once."""
    last = _last_complete(transaction)
    sealed = 0
    while last is not None and (count := _seal_batch(transaction, last, now)):
        sealed += count
    return sealed


def _last_complete(transaction: Transaction) -> int | None:
    """The id up to which no entry can still appear, or None if it is unknown because of a long transaction."""
    try:
        with transaction() as session:
            require(session, Permission.DELIVERY)
            locks.no_one_writes_the_journal(session)
            return session.scalar(select(func.max(JournalEntry.id))) or 0
    except OperationalError as error:
        if not locks.took_too_long(error):
            raise
        return None


def _seal_batch(transaction: Transaction, last: int, now: datetime) -> int:
    with transaction() as session:
        previous = session.execute(
            select(JournalSeal.seal, JournalSeal.last_id).order_by(JournalSeal.id.desc()).limit(1)
        ).first()
        after = 0 if previous is None else previous.last_id
        rows = session.execute(
            select(JournalEntry.id, JournalEntry.hash)
            .where(JournalEntry.id > after, JournalEntry.id <= last)
            .order_by(JournalEntry.id)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return 0
        row = new_seal([(row.id, row.hash) for row in rows], BEGINNING if previous is None else previous.seal, now)
        # If another process was faster, its seal already follows the previous one.
        return len(rows) if insert_once(session, JournalSeal, [row]) else 0


def new_seal(entries: list[tuple[int, str]], previous: str, sealed_at: datetime) -> dict[str, object]:
    """The columns of a seal on these entries: their ids and hashes, in order."""
    listed = listing(entries)
    root = hashlib.sha256(listed.encode()).hexdigest()
    first_id, last_id = entries[0][0], entries[-1][0]
    return {
        "sealed_at": sealed_at,
        "first_id": first_id,
        "last_id": last_id,
        "entries": listed,
        "root": root,
        "previous": previous,
        "seal": seal_of(previous=previous, sealed_at=sealed_at, first_id=first_id, last_id=last_id, root=root),
    }


def seal_of(*, previous: str, sealed_at: datetime, first_id: int, last_id: int, root: str) -> str:
    """The seal: a hash over the previous seal and the batch."""
    when = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(previous, when, str(first_id), str(last_id), root)


def listing(entries: Iterable[tuple[int, str]]) -> str:
    """The ids and hashes of entries, as a seal stores them."""
    return " ".join(f"{entry_id}:{entry_hash}" for entry_id, entry_hash in entries)


def listed(text: str) -> list[tuple[int, str]]:
    """The ids and hashes in the listing of a seal. Raises ValueError for a listing that was damaged."""
    pairs = (pair.split(":") for pair in text.split(" ") if pair)
    return [(int(entry_id), entry_hash) for entry_id, entry_hash in pairs]


def letters(seal: str) -> str:
    """The first letters of a seal, like "KXRT-MBPW"."""
    number, said = int(seal[:16], 16), ""
    for _ in range(LETTERS_SHOWN):
        number, place = divmod(number, len(LETTERS))
        said += LETTERS[place]
    return f"{said[:4]}-{said[4:]}"
