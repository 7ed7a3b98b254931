"""Import events. A row is an existing event when its name and start are the same."""

import re
from collections.abc import Collection
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event
from db.search import fold
from venue import acts, clock, events
from venue.acts import Act, act
from venue.dates import parse_day, parse_time
from venue.errors import Invalid, NoSuchTime
from venue.events.edit import add_checked
from venue.imports import cancelled_events
from venue.imports.checked import CheckedRow, CheckedRows, Progress, batches, no_progress
from venue.imports.importer import Importer
from venue.imports.report import Keep, Outcome, Report
from venue.imports.table import Row, Table, joined
from venue.profile import Venue, venue_of
from venue.roles import Permission, require

NAMES: dict[str, tuple[str, ...]] = {
    "name": ("Event", "Event Name", "Name", "Title", "Subject"),
    "on": ("Date", "Event Date", "Start Date", "Day"),
    "at": ("Time", "Event Time", "Start Time", "Starts"),
    "capacity": ("Capacity", "Places", "Seats", "Max"),
    "short_name": ("Short Name",),
    "category": ("Category", "Type"),
    "notes": ("Notes", "Description"),
    cancelled_events.FIELD: ("Cancelled", "Event Cancelled"),
}
CANCELLED = "Was this event cancelled? Add it only if it takes place"
REQUIRED = ("name", "on", "at")


@act(Act.EVENTS_IMPORTED, also=("updated_at",))
def import_events(
    session: Session,
    table: Table | CheckedRows,
    *,
    now: datetime,
    add_lines: Collection[int] = (),
    progress: Progress = no_progress,
    keep: Keep | None = None,
) -> Report:
    """Import the events of a file, all in this transaction. An event without a capacity is unlimited.

    `add_lines` are the line numbers of rows in doubt to add anyway. `progress` is called with the number of rows,
    `keep` with each note of the report, which then has none of them.
    """
    require(session, Permission.IMPORT)
    report = Report(keep=keep)
    known = {(fold(event.name), event.starts_at): event for event in session.scalars(select(Event))}
    zone = venue_of(session).zone
    days = {(name, clock.today(starts_at, zone)): event for (name, starts_at), event in known.items()}
    every = batches(table, check, venue_of(session), now=now)
    for each in chain.from_iterable(every):
        progress(1)
        row, fields = each.row, each.fields
        if fields is None:
            report.refused(row, each.problems)
            continue
        key = (fold(fields["name"]), fields["starts_at"])
        day = (key[0], clock.today(fields["starts_at"], zone))
        event, same_day = known.get(key), days.get(day)
        is_cancelled, is_decided = cancelled_events.FIELD in row.doubtful, row.line in add_lines
        if event is not None and event.cancelled_at is None and is_cancelled and not is_decided:
            report.in_doubt(row, *row.problem(cancelled_events.FIELD, cancelled_events.STILL_ON))
        elif event is not None:
            _compare(session, row, fields, event, report, now)
        elif (row.doubtful or same_day is not None) and not is_decided:
            report.in_doubt(row, *_doubt(row, same_day, zone), may_add=True)
        else:
            known[key] = days[day] = add_checked(session, **fields, now=now)
            report.count(Outcome.NEW)
    acts.details(session, **report.numbers())
    return report


def check(row: Row, venue: Venue, _now: datetime) -> CheckedRow:
    """One row, with the fields of an event as they are stored."""
    row = cancelled_events.with_question(row, CANCELLED)
    problems = row.faults
    if not row.has_cells:
        return CheckedRow(row, None, problems)
    parsed: dict[str, Any] = {}
    for field, parse in (("on", parse_day), ("at", parse_time)):
        try:
            parsed[field] = parse(row[field])
        except ValueError as problem:
            problems.append(row.problem(field, str(problem)))
    fields: dict[str, Any] = {name: row[name].strip() for name in ("name", "short_name", "category", "notes")}
    fields["capacity"] = _capacity(row["capacity"])
    try:
        if not problems:
            fields["starts_at"] = clock.from_local(parsed["on"], parsed["at"], venue.zone).instant
        fields = events.check(**fields)
    except NoSuchTime as problem:
        problems.append(row.problem("at", str(problem)))
    except Invalid as invalid:
        problems += [row.problem(name, reason) for name, reason in invalid.problems.items()]
    return CheckedRow(row, None if problems else fields, problems)


def _capacity(typed: str) -> int | str | None:
    """The capacity as a number, None for unlimited, or else the text as typed, which `events.check` refuses."""
    typed = typed.strip()
    if not typed or typed.casefold() == "unlimited":
        return None
    return int(typed) if re.fullmatch(r"-?\d{1,18}", typed) else typed


IMPORTER = Importer(NAMES, REQUIRED, check, import_events)


def _doubt(row: Row, same_day: Event | None, zone: ZoneInfo) -> tuple[str, str, str]:
    """All questions about a row, one of them whether it is an event of that day, for a report."""
    if same_day is None:
        return row.doubt
    other = clock.format_time(same_day.starts_at, zone)
    moved = row.problem("at", f"An event of this name is already on that day at {other}: has it moved?")
    if not row.doubtful:
        return moved
    column, value, reason = row.doubt
    return column, value, joined([reason, moved[2]])


def _compare(session: Session, row: Row, fields: dict[str, Any], event: Event, report: Report, now: datetime) -> None:
    if "capacity" not in row.columns or fields["capacity"] == event.capacity:
        report.count(Outcome.UNCHANGED)
        return
    before = "unlimited" if event.capacity is None else str(event.capacity)
    try:
        events.update(session, event.id, version=event.version, now=now, capacity=fields["capacity"])
    except Invalid as invalid:
        report.refused(row, [row.problem("capacity", invalid.problems["capacity"])])
        return
    report.note(row, Outcome.CHANGED, *row.problem("capacity", f"The capacity was {before}"))
