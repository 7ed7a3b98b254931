"""`manage.py bookings`."""

from typing import BinaryIO

import click

from cli.common import JSON
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, run_import
from venue import imports


@click.group("bookings")
def bookings() -> None:
    """Import bookings."""


@bookings.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_bookings(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Import bookings from a CSV, Excel or OpenDocument file: past ones as history, upcoming ones with their reminders.

    No texts are sent.

    Exit status 1 when a row is refused; the others are imported.
    """
    run_import(file, imports.BOOKINGS, mapped, add_lines, dry_run, as_json)
