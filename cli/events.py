"""`manage.py events`."""

from typing import BinaryIO

import click
from sqlalchemy.orm import Session

from cli.common import JSON
from cli.exporting import FORMAT, OUTPUT, run_export
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, run_import
from venue import clock, exports
from venue.acts import Act
from venue.events import When


@click.group("events")
def events() -> None:
    """Import and export events."""


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
