"""`manage.py bookings`."""

from typing import BinaryIO
from uuid import UUID

import click
from sqlalchemy.orm import Session

from cli.common import JSON
from cli.exporting import FORMAT, OUTPUT, run_export
from cli.importing import ADD_LINES, DRY_RUN, FILE, MAP, REPAIR_ZEROS, run_import
from venue import exports
from venue.acts import Act


@click.group("bookings")
def bookings() -> None:
    """Import and export bookings."""


@bookings.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@REPAIR_ZEROS
@JSON
def import_bookings(
    file: BinaryIO,
    dry_run: bool,
    add_lines: tuple[int, ...],
    mapped: tuple[str, ...],
    repair_zeros: bool,
    as_json: bool,
) -> None:
    """Import bookings from a CSV, Excel or OpenDocument file: past ones as history, upcoming ones with their reminders.

    No texts are sent.

    Exit status 1 when a row is refused; the others are imported.
    """
    run_import(file, "bookings", mapped, add_lines, dry_run, as_json, repair_zeros)


@bookings.command("export")
@OUTPUT
@FORMAT
@click.option("--event", "event_id", type=click.UUID, metavar="ID", help="Only the guests of this event.")
def export_bookings(output: BinaryIO, typed_format: str | None, event_id: UUID | None) -> None:
    """Export bookings with their guests, sorted by event and name."""

    def listed(session: Session) -> exports.Export:
        return exports.booking_list(session, event_id=event_id)

    if event_id is None:
        run_export(output, typed_format, Act.BOOKINGS_EXPORTED, listed)
    else:
        run_export(output, typed_format, Act.GUESTS_EXPORTED, listed, event_id=str(event_id))
