"""What the current database has that a backup does not: it would be lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Erasure, Event, JournalEntry, Message
from venue import clock
from venue.journal import entries, sentences
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted, full_name

MOST_NAMED = 5
MOST_ENTRIES = 10
READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class Newer:
    """What is newer, as lines with counts and the first few names, and the latest journal entries as sentences.

    `entries` counts all entries since; `erasures` are the customers who were erased since.
    """

    lines: Sequence[str]
    entries: int
    latest: Sequence[str]
    erasures: int


def than(session: Session, backup: Session, *, made_at: datetime, last_entry: int) -> Newer:
    """What this database has that a backup does not: one of `made_at` (UTC), whose last journal entry is `last_entry`,
    and whose database `backup` reads. Both sessions must be open at length."""
    require(session, Permission.JOURNAL)
    new_customers = _missing(session, backup, Customer)
    new_bookings = _missing(session, backup, Booking)
    named = select(Customer.first_name, Customer.last_name).where(Customer.id.in_(new_customers[:MOST_NAMED]))
    booked = select(Customer.first_name, Customer.last_name, Event.name).join_from(Booking, Customer).join(Event)
    booked = booked.where(Booking.id.in_(new_bookings[:MOST_NAMED])).order_by(Customer.sort_key, Event.starts_at)
    people = session.execute(named.order_by(Customer.sort_key)).all()
    lines = [
        _line(len(new_customers), "customer", map(full_name, people)),
        _line(len(new_bookings), "booking", (f"{full_name(row)} for {row.name}" for row in session.execute(booked))),
        _line(_count(session, Message, Message.direction == "out", Message.sent_at > made_at), "sent text"),
        _line(_count(session, Message, Message.direction == "in", Message.created_at > made_at), "received text"),
    ]
    page = entries.page(session, limit=MOST_ENTRIES).rows
    zone = venue_of(session).zone
    return Newer(
        lines=[line for line in lines if line],
        entries=_count(session, JournalEntry, JournalEntry.id > last_entry),
        latest=[f"{clock.format_instant(row.at, zone)}: {sentences.of(row)}" for row in page if row.id > last_entry],
        erasures=_count(session, Erasure, Erasure.erased_at > made_at),
    )


def _missing(session: Session, backup: Session, table: type[Customer] | type[Booking]) -> list[UUID]:
    """The ids that a table has here and not in the backup. Both are read in order, so that neither is held in memory.

    Instants would not do: "customer since" may be years ago for one who was imported yesterday.
    """
    there = _ids(backup, table)
    next_there = next(there, None)
    missing = []
    for here in _ids(session, table):
        while next_there is not None and next_there < here:
            next_there = next(there, None)
        if next_there != here:
            missing.append(here)
    return missing


def _ids(session: Session, table: type[Customer] | type[Booking]) -> Iterator[UUID]:
    return iter(session.scalars(select(table.id).order_by(table.id), execution_options={"yield_per": READ_AT_ONCE}))


def _line(count: int, noun: str, names: Any = ()) -> str:
    """Like "3 customers: Jo Smith, Ann Lee, …", or an empty string for none."""
    named = list(names)
    more = ["…"] if named and count > len(named) else []
    said = f": {', '.join([*named, *more])}" if named else ""
    return f"{counted(count, noun)}{said}" if count else ""


def _count(session: Session, table: Any, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0
