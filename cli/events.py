"""`manage.py events`."""

from collections.abc import Callable
from typing import Any, BinaryIO

import click

from cli.common import JSON
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, run_import
from venue import clock, imports
from venue.imports import Report, Table


@click.group("events")
def events() -> None:
    """Bring events in."""


@events.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_events(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Take events in from a CSV file. Exit status 1 when a row is refused; the others are taken."""

    def take(session: Any, table: Table, _progress: Callable[[int], None]) -> Report:
        return imports.import_events(session, table, now=clock.now(), add_lines=add_lines)

    run_import(file, imports.events.NAMES, imports.events.REQUIRED, mapped, take, dry_run, as_json)
