"""Undo an act: its old values are restored where they were not changed since, by the commands that staff use.

So search, booking status and planned reminders follow. Texts that went are not taken back: those who got one about what
is undone are texted again if the one who undoes it wants that (docs/decisions/0068). An undo is an act itself, and can
be undone. Deletions, but for those of bookings, and texts that were sent cannot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import recorded
from db.models import Booking, Customer, Event, JournalEntry, Template
from sms.texts import Kind
from venue import acts, bookings, clock, customers, events
from venue.acts import Act, act
from venue.customers.checks import FIELDS
from venue.errors import Conflict, Invalid, NotFound
from venue.events import cancellations, series
from venue.journal import (
    entries,
    sentences,
    undo_booking,
    undo_import,
    undo_merge,
    undo_rows,
    undo_series,
    undo_settings,
    undo_texts,
    undo_waitlist,
)
from venue.journal.entries import EntryRow, Value
from venue.journal.undo_merge import MergeUndo
from venue.journal.undo_texts import ON_AGAIN, Told
from venue.journal.undoable import refusal
from venue.messages import templates
from venue.roles import Permission, require
from venue.wording import ERASED

# In the details of an act on a series: how many events it changed.
SERIES = "events"
_Rule = Callable[..., tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True)
class UndoPreview:
    """What undoing an entry would do, and what it would leave because it was changed since: each as sentences. Or why
    it cannot be undone. `told` says who was texted about it, and can be texted again. For a merge, `merge` has the
    bookings made since: staff say whose they are."""

    entry_id: int
    restores: Sequence[str] = ()
    leaves: Sequence[str] = ()
    why_not: str = ""
    merge: MergeUndo | None = None
    told: Sequence[str] = ()


@dataclass(frozen=True)
class Undone:
    """What was undone, and what was left, as sentences, and the number of guests who are texted. `entry_id` is the
    entry that was undone; the undo's own is `acts.last_entry`."""

    entry_id: int
    restored: Sequence[str]
    left: Sequence[str]
    texted: int = 0


@dataclass
class _Step:
    """One row to restore: its present object, and the old values to write."""

    value: Value
    row: Any
    name: str
    old: dict[str, Any] = field(default_factory=dict)
    restores: list[str] = field(default_factory=list)
    told: Told | None = None
    tell: bool = False


def preview(session: Session, entry_id: int, *, now: datetime) -> UndoPreview:
    """What undoing this entry would do. Raises NotFound."""
    require(session, Permission.READ)
    entry = entries.get(session, entry_id)
    why_not = refusal(entry, now)
    if why_not:
        return UndoPreview(entry_id, why_not=why_not)
    if entry.act == Act.CUSTOMERS_MERGED:
        return _preview_merge(session, entry, now)
    staying = undo_import.who_stays(session, entry_id, entry.act, writes=False)
    rows = undo_rows.look(session, entry_id, staying=staying, now=now)
    told: list[str] = []
    if entry.act in undo_import.KINDS:
        found = undo_import.look(session, entry, now=now)
        restores, leaves = list(found.restores), list(found.leaves)
    elif (own := _rules_of(entry)) is not None:
        restores, leaves = map(list, own[0](session, entry, now=now))
        if restores and entry.act == Act.BOOKING_DELETED and (was_told := undo_booking.told(session, entry)):
            told = [was_told.sentence]
    else:
        steps, leaves = _plan(session, entry, now)
        known = [(step.name, step.told) for step in steps if step.told]
        told = [f"{name}: {each.sentence}" for name, each in known if each.can_be_texted]
        leaves += [f"{name}: {each.still_to_tell}" for name, each in known if not each.can_be_texted]
        restores = [sentence for step in steps for sentence in step.restores]
        if restores:
            places = undo_waitlist.look_at_places(session, entry, now=now)
            restores, leaves = [*restores, *places[0]], [*leaves, *places[1]]
    settings = undo_settings.look(session, entry_id)
    restores = [*restores, *rows.restores, *settings.restores]
    leaves = [*leaves, *rows.leaves, *settings.leaves]
    return UndoPreview(entry_id, restores, leaves, "" if restores else _nothing_left(leaves), told=told)


@act(Act.UNDONE)
def undo(
    session: Session,
    entry_id: int,
    *,
    booked_since: Mapping[UUID, str] | None = None,
    tell_customers: bool = False,
    now: datetime,
) -> Undone:
    """Undo an entry as far as possible. Raises NotFound, Invalid(entry_id=…) if it cannot be undone, and NotAllowed
    unless the actor may make the changes that it takes. Of a merge, `booked_since` says of bookings made since whether
    they are of "keep", the one who stayed, or of "other"; the others stay. With `tell_customers`, who was texted about
    what is undone is texted again."""
    require(session, Permission.READ)
    # So that of two who undo it at once, the second reads that it is undone.
    session.execute(select(JournalEntry.id).where(JournalEntry.id == entry_id).with_for_update())
    entry = entries.get(session, entry_id)
    why_not = refusal(entry, now)
    if why_not:
        raise Invalid(entry_id=why_not)
    acts.undoes(session, entry_id)
    if entry.act == Act.CUSTOMERS_MERGED:
        return _undo_merge(session, entry, booked_since, now)
    staying = undo_import.who_stays(session, entry_id, entry.act, writes=True)
    rows = undo_rows.carry_out(session, entry_id, staying=staying, now=now)
    restored, leaves = _undo_own(session, entry, tell_customers, now)
    settings = undo_settings.carry_out(session, entry_id, now=now)
    restored = [*restored, *rows.restores, *settings.restores]
    leaves = [*leaves, *rows.leaves, *settings.leaves]
    if not restored:
        raise Invalid(entry_id=_nothing_left(leaves))
    return Undone(entry_id, restored, leaves, acts.counted(session, "notified"))


def _preview_merge(session: Session, entry: EntryRow, now: datetime) -> UndoPreview:
    if not require(session, Permission.READ).may(Permission.MERGE):
        return UndoPreview(entry.id, why_not="Only those who may merge customers can undo this: ask a manager.")
    why_not = undo_merge.refusal(session, entry)
    if why_not:
        return UndoPreview(entry.id, why_not=why_not)
    found = undo_merge.look(session, entry, now=now)
    return UndoPreview(entry.id, found.restores, found.leaves, merge=found)


def _undo_merge(session: Session, entry: EntryRow, choices: Mapping[UUID, str] | None, now: datetime) -> Undone:
    why_not = undo_merge.refusal(session, entry)
    if why_not:
        raise Invalid(entry_id=why_not)
    result = undo_merge.carry_out(session, entry, choices=choices, now=now)
    return Undone(entry.id, result.restores, result.leaves)


def _undo_own(session: Session, entry: EntryRow, tell: bool, now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    """By the rules of its kind of act."""
    if entry.act in undo_import.KINDS:
        return _undo_import(session, entry, now)
    own = _rules_of(entry, tell=tell)
    return _undo_steps(session, entry, tell, now) if own is None else own[1](session, entry, now=now)


def _rules_of(entry: EntryRow, *, tell: bool = False) -> tuple[_Rule, _Rule] | None:
    """How to look at, and carry out, the undo of an act that has rules of its own."""
    if entry.act == Act.BOOKING_DELETED:
        return undo_booking.look, partial(undo_booking.carry_out, tell_customer=tell)
    if entry.act == Act.SERIES_ADDED:
        return undo_series.look, undo_series.carry_out
    return (undo_waitlist.look, undo_waitlist.carry_out) if undo_waitlist.is_one(entry) else None


def _undo_steps(session: Session, entry: EntryRow, tell: bool, now: datetime) -> tuple[list[str], list[str]]:
    steps, leaves = _plan(session, entry, now)
    restored: list[str] = []
    if SERIES in entry.details:
        acts.details(session, **{SERIES: entry.details[SERIES]})
        series.lock(session, [step.row for step in steps if isinstance(step.row, Event)])
    for step in steps:
        step.tell = tell and step.told is not None and step.told.can_be_texted
        try:
            with session.begin_nested():
                _RESTORE[step.value.table](session, step, now)
            restored += step.restores
            if step.told is not None and not step.tell:
                leaves.append(f"{step.name}: {step.told.still_to_tell}")
        except (Invalid, Conflict, NotFound) as problem:
            leaves.append(f"{step.name}: {problem}")
    if not restored:
        return restored, leaves
    places = undo_waitlist.give_places_back(session, entry, now=now)
    return [*restored, *places[0]], [*leaves, *places[1]]


def _undo_import(session: Session, entry: EntryRow, now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    result = undo_import.carry_out(session, entry, now=now)
    return result.restores, result.leaves


def _nothing_left(leaves: Sequence[str]) -> str:
    return "; ".join(leaves) or "Nothing is left to undo: it is already as it was."


def _plan(session: Session, entry: EntryRow, now: datetime) -> tuple[list[_Step], list[str]]:
    """The rows to restore, and sentences about what was changed since."""
    steps: list[_Step] = []
    leaves: list[str] = []
    for value in entries.values_of(session, entry.id, tables=_RESTORE.keys()):
        step = _step(session, entry, value)
        if isinstance(step, str):
            leaves.append(step)
            continue
        leaves += _compare(entry, step)
        if step.old:
            step.told = undo_texts.told(session, step.row, step.old, since=entry.at, now=now)
            steps.append(step)
    return steps, leaves


def _step(session: Session, entry: EntryRow, value: Value) -> _Step | str:
    """The row with its present values, or why it cannot be restored."""
    name = _name(entry, value)
    if value.is_erased or value.before is None or value.after is None:
        return f"{name}: the old values were erased"
    entity = _ENTITIES[value.table]
    key: Any = value.row_id if entity is Template else UUID(value.row_id)
    row = session.get(entity, key, populate_existing=True)
    if isinstance(row, Event) and SERIES in entry.details:
        # Those of a series have the same name.
        name = f"{name}, {clock.format_day(row.starts_at, entry.zone)}"
    return f"{name}: no longer exists" if row is None else _Step(value, row, name)


def _compare(entry: EntryRow, step: _Step) -> list[str]:
    """Collect the values that are still as the act left them. Returns sentences about the others."""
    leaves = []
    before, after = step.value.before or {}, step.value.after or {}
    for column in sorted(before.keys() & after.keys() & _COLUMNS[step.value.table]):
        present = recorded.plain(step.value.table, column, getattr(step.row, column))
        is_on_again = column == "cancelled_at" and before[column] is None
        said = "on again" if is_on_again else sentences.change(entry, column, present, before[column])
        if present == after[column]:
            step.old[column] = recorded.parsed(step.value.table, column, before[column])
            step.restores.append(f"{step.name}: {said}")
        elif present != before[column]:
            leaves.append(f"{step.name}: {_changed_since(sentences.label(column))}")
    return leaves


def _changed_since(label: str) -> str:
    if label.endswith("s"):
        return f"{label} were changed since, and stay as they are"
    return f"{label} was changed since, and stays as it is"


def _name(entry: EntryRow, value: Value) -> str:
    customer = entry.customers.get(value.customer_id, "") if value.customer_id else ""
    event = entry.events.get(value.event_id, "") if value.event_id else ""
    if value.table == "templates":
        return f"{sentences.KINDS.get(Kind(value.row_id), value.row_id)} template"
    return " at ".join(filter(None, [customer, event])) or ERASED


# Restoring, by the commands of each table


def _restore_customer(session: Session, step: _Step, now: datetime) -> None:
    known = {"version": step.row.version, "now": now, "save_anyway": True}
    customers.update(session, step.row.id, **known, **step.old)


def _restore_event(session: Session, step: _Step, now: datetime) -> None:
    fields = {name: value for name, value in step.old.items() if name not in ("cancelled_at", "unnamed_seats")}
    if "unnamed_seats" in step.old:
        more = step.old["unnamed_seats"] - step.row.unnamed_seats
        bookings.count_walk_ins(session, step.row.id, seats=more, now=now)
    if "cancelled_at" in step.old:
        if step.old["cancelled_at"] is None:
            cancellations.undo(session, step.row.id, tell_customers=step.tell, now=now)
            acts.details(session, **{ON_AGAIN: True})
        else:
            events.cancel(session, step.row.id, now=now, tell_customers=False)
    if fields:
        events.update(session, step.row.id, version=step.row.version, now=now, tell_customers=step.tell, **fields)


def _restore_booking(session: Session, step: _Step, now: datetime) -> None:
    fields = {name: value for name, value in step.old.items() if name in ("seats", "notes")}
    if "customer_id" in step.old:
        bookings.hand_over(session, step.row.id, customer_id=step.old["customer_id"], now=now)
    if "arrived" in step.old or "arrived_seats" in step.old:
        arrived = step.old.get("arrived", step.row.arrived)
        seats = step.old.get("arrived_seats", step.row.arrived_seats) if arrived else None
        bookings.mark_arrived(session, step.row.id, arrived=arrived, seats=seats, now=now)
    if "late_since" in step.old:
        late, minutes = step.old["late_since"] is not None, step.old.get("late_minutes")
        if late and minutes is None and step.row.late_minutes:
            # Marked late again without minutes, it would keep those it has.
            bookings.mark_late(session, step.row.id, late=False, now=now)
        bookings.mark_late(session, step.row.id, late=late, minutes=minutes, now=now)
    if fields:
        bookings.update(session, step.row.id, version=step.row.version, now=now, tell_customer=step.tell, **fields)


def _restore_template(session: Session, step: _Step, now: datetime) -> None:
    templates.save(session, Kind(step.row.kind), body=step.old["body"], version=step.row.version, now=now)


_ENTITIES: Mapping[str, type[Any]] = {
    "customers": Customer,
    "events": Event,
    "bookings": Booking,
    "templates": Template,
}
_COLUMNS: Mapping[str, frozenset[str]] = {
    "customers": frozenset({*FIELDS, "prefers_email"}),
    "events": frozenset(
        {"name", "short_name", "starts_at", "capacity", "category", "notes", "cancelled_at", "unnamed_seats"}
    ),
    "bookings": frozenset({"seats", "notes", "arrived", "arrived_seats", "late_since", "late_minutes", "customer_id"}),
    "templates": frozenset({"body"}),
}
_RESTORE: Mapping[str, Callable[[Session, _Step, datetime], None]] = {
    "customers": _restore_customer,
    "events": _restore_event,
    "bookings": _restore_booking,
    "templates": _restore_template,
}
