"""`manage.py events`."""

import json
from datetime import date, time
from typing import Any, BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.common import JSON, day, open_venue, plain_errors
from cli.exporting import FORMAT, OUTPUT, run_export
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, run_import
from venue import clock, exports
from venue import events as venue_events
from venue.acts import Act
from venue.dates import parse_time
from venue.events import When, series
from venue.events.capacities import in_words
from venue.events.repeats import Occurrence, Repeat, occurrences
from venue.roles import COMMAND_LINE
from venue.wording import counted


def time_of_day(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> time | None:
    """A click callback: a local time of day, like 19:30; None when the option is not given."""
    if typed is None:
        return None
    try:
        return parse_time(typed)
    except ValueError as error:
        raise click.BadParameter("give a time like 19:30") from error


def days(context: click.Context, parameter: click.Parameter, typed: tuple[str, ...]) -> list[date]:
    """A click callback: several days, like 2026-12-25."""
    return [on for each in typed if (on := day(context, parameter, each)) is not None]


@click.group("events")
def events() -> None:
    """Add, list, change, cancel, import and export events."""


@events.command("add")
@click.argument("name")
@click.option("--date", "first", required=True, callback=day, help="The (first) date, like 2026-12-30.")
@click.option("--time", "at", required=True, callback=time_of_day, help="The start in the venue's time, like 19:30.")
@click.option("--short-name", default="", help="For texts.")
@click.option("--capacity", type=int, help="Without it there is no limit.")
@click.option("--category", default="")
@click.option("--notes", default="")
@click.option("--repeat", type=click.Choice([repeat.value for repeat in Repeat]), help="Add a series of events.")
@click.option("--until", callback=day, help="The last date of a series.")
@click.option("--times", type=int, help="How many events a series has, instead of --until.")
@click.option("--except", "left_out", multiple=True, callback=days, help="A date to leave out. May be repeated.")
@DRY_RUN
@JSON
def add_events(
    first: date,
    at: time,
    repeat: str | None,
    until: date | None,
    times: int | None,
    left_out: list[date],
    dry_run: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    """Add an event, or a series: the same event every week, every two weeks, or on the same weekday of each month."""
    with plain_errors():
        venue = open_venue()
        venue_events.check(**fields)
        if repeat is None:
            if until or times or left_out:
                raise click.UsageError("--until, --times and --except need --repeat")
            start = clock.from_local(first, at, venue.zone)
            dates = [Occurrence(first, start.instant, start.note)]
        else:
            every = occurrences(first, at, repeat=Repeat(repeat), until=until, times=times, zone=venue.zone)
            dates = [each for each in every if each.on not in left_out]
        ids = []
        if not dry_run:
            with venue.transaction(COMMAND_LINE) as session:
                ids = _added(session, dates, is_series=repeat is not None, fields=fields)
    _say_added(dates, ids, as_json)


def _added(session: Session, dates: list[Occurrence], *, is_series: bool, fields: dict[str, Any]) -> list[str]:
    starts = [each.starts_at for each in dates]
    if is_series:
        return [str(event.id) for event in series.add(session, **fields, starts=starts, now=clock.now())]
    return [str(venue_events.add(session, **fields, starts_at=starts[0], now=clock.now()).id)]


def _say_added(dates: list[Occurrence], ids: list[str], as_json: bool) -> None:
    if as_json:
        ids = ids or [""] * len(dates)
        rows = [
            {"id": each, "starts_at": one.starts_at.isoformat(), "note": one.note}
            for each, one in zip(ids, dates, strict=True)
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in dates:
        click.echo(f"{each.on:%a %-d %B %Y}" + (f". {each.note}" if each.note else ""))
    click.echo(f"{counted(len(dates), 'event')} {'added' if ids else 'would be added'}")


@events.command("capacity")
@click.argument("event_id", type=click.UUID)
@click.argument("seats", type=int, required=False)
@click.option("--reason", default="", help="Why it is below the seats that are booked.")
def set_capacity(event_id: UUID, seats: int | None, reason: str) -> None:
    """Set how many seats an event has; without SEATS there is no limit."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        version = venue_events.get(session, event_id).version
        venue_events.update(
            session, event_id, version=version, capacity=seats, overbooked_reason=reason, now=clock.now()
        )
        event = venue_events.row(session, event_id)
        over = venue_events.overbooked_by(event)
    limit = "unlimited" if seats is None else counted(seats, "seat")
    click.echo(f"{event.name}: {limit}" + (f", {in_words(over)}" if over else ""))


@events.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_events(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Import events from a CSV, Excel or OpenDocument file.

    Exit status 1 when a row is refused; the others are imported.
    """
    run_import(file, "events", mapped, add_lines, dry_run, as_json)


@events.command("export")
@OUTPUT
@FORMAT
@click.option("--when", type=click.Choice([when.value for when in When]), help="Only upcoming or only past events.")
def export_events(output: BinaryIO, typed_format: str | None, when: str | None) -> None:
    """Export events with the seats booked on them, in the order of the list on screen."""

    def listed(session: Session) -> exports.Export:
        return exports.event_list(session, when=When(when) if when else None, now=clock.now())

    run_export(output, typed_format, Act.EVENTS_EXPORTED, listed, filters=["when"] if when else [])
