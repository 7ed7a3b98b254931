"""Undo adding a series: its events are deleted, except those that were changed since or have bookings or a waitlist."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, WaitlistEntry
from venue import acts, clock, events
from venue.errors import Invalid, NotFound
from venue.events import series
from venue.journal import entries
from venue.journal.entries import EntryRow
from venue.roles import Permission, require
from venue.wording import counted

# In the details of such an undo: how many events it deleted. They are added again as a new series.
DELETED = "series_deleted"


def look(session: Session, entry: EntryRow, *, now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    """What undoing the entry would do, and what it would leave, as sentences."""
    require(session, Permission.READ)
    return _sorted_out(session, entry)[1:]


def carry_out(session: Session, entry: EntryRow, *, now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    """Delete the events. Returns the sentences of `look`."""
    require(session, Permission.EVENTS)
    series.lock(session, _events(session, entry))
    gone, restores, leaves = _sorted_out(session, entry)
    restored, left = [], list(leaves)
    for event, sentence in zip(gone, restores, strict=True):
        name = _name(event, entry)
        try:
            with session.begin_nested():
                events.delete(session, event.id, now=now)
            restored.append(sentence)
        except (Invalid, NotFound) as problem:
            left.append(f"{name}: {problem}")
    acts.details(session, **{DELETED: len(restored)})
    return restored, left


def _sorted_out(session: Session, entry: EntryRow) -> tuple[list[Event], list[str], list[str]]:
    """The events to delete, sentences about them, and about those that stay."""
    gone: list[Event] = []
    restores, leaves = [], []
    for event in _events(session, entry):
        booked = _count(session, Booking.event_id == event.id)
        waiting = _count(session, WaitlistEntry.event_id == event.id)
        name = _name(event, entry)
        if booked:
            leaves.append(f"{name}: has {counted(booked, 'booking')} and stays")
        elif waiting:
            leaves.append(f"{name}: has a waitlist and stays")
        elif event.version > 1:
            leaves.append(f"{name}: was changed since and stays")
        else:
            gone.append(event)
            restores.append(f"{name}: is deleted")
    return gone, restores, leaves


def _events(session: Session, entry: EntryRow) -> Sequence[Event]:
    """Those that still exist, soonest first."""
    ids = [UUID(value.row_id) for value in entries.values_of(session, entry.id, tables=["events"])]
    wanted = select(Event).where(Event.id.in_(ids)).order_by(Event.starts_at)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0


def _name(event: Event, entry: EntryRow) -> str:
    return f"{event.name}, {clock.format_day(event.starts_at, entry.zone)}"
