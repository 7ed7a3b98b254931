"""`manage.py events`."""

from typing import BinaryIO

import click

from cli.common import JSON
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, run_import
from venue import imports


@click.group("events")
def events() -> None:
    """Import events."""


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
    run_import(file, imports.EVENTS, mapped, add_lines, dry_run, as_json)
