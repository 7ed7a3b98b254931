"""`manage.py backup`."""

import os
import socket
from pathlib import Path

import click

from cli.common import open_venue, plain_errors
from db.backup import ENDINGS
from db.backup_problem import BackupProblem
from venue import clock
from venue.backups import make, records
from venue.backups.files import name_at
from venue.backups.make import Made
from venue.profile import Venue
from venue.wording import counted


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; otherwise in BACKUP_FOLDER.")
def backup(output: Path | None) -> None:
    """Back up the database to one file while everything runs, and verify that it can be restored."""
    with plain_errors():
        venue = open_venue()
        file = output.absolute() if output else _new_file(venue)
        worker = f"{records.BY_HAND} {socket.gethostname()}:{os.getpid()}"
        made = make.back_up(venue, file, worker=worker, clock=clock.now)
    click.echo(_report(made))


def _new_file(venue: Venue) -> Path:
    folder = venue.backups.folder
    if folder is None:
        raise BackupProblem("Give a file with --output, or set BACKUP_FOLDER")
    return folder / name_at(clock.now(), ENDINGS[venue.database.dialect])


def _report(made: Made) -> str:
    manifest = made.manifest
    rows = (counted(manifest.rows[name], name.removesuffix("s")) for name in ("customers", "bookings", "messages"))
    lines = [
        f"{made.file}: {', '.join(rows)}; {manifest.size / 10**6:,.1f} MB.",
        f"Seal of the journal: {manifest.seal or 'none'}.",
        f"Verified: {', '.join(manifest.checks)}.",
        made.remark,
    ]
    return "\n".join(filter(None, lines))
