"""The checks of `doctor` about backups."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cli.finding import Finding
from db import backup, private_files
from db.backup import Tools
from venue import clock
from venue.backups import records
from venue.profile import Venue
from venue.roles import COMMAND_LINE

# Room for the next backup and its check; and of a disk, the part that is too little for everything else on it.
BACKUPS_OF_SPACE = 3
TOO_FULL = 0.03


def findings(venue: Venue, now: datetime) -> Iterator[Finding]:
    """Whether backups are made, can be made tonight, and are safe where they are."""
    folder = venue.backups.folder
    if folder is None:
        # Someone who only tries it out needs none.
        yield Finding(venue.simulated, "No backups are made at night: set BACKUP_FOLDER")
        return
    yield from _last(venue, now)
    yield from _place(venue, folder)
    problem = backup.problem_with_programs(venue.database, Tools(venue.backups.programs))
    if problem:
        yield Finding(False, f"Backups cannot be made: {problem}")


def _last(venue: Venue, now: datetime) -> Iterator[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        status = records.status(session, now=now)
    if status.alarm:
        yield Finding(False, status.alarm)
    elif status.problem:
        yield Finding(False, f"The latest backup failed: {status.problem}")
    elif status.verified_at:
        made = clock.format_instant(status.verified_at, venue.zone)
        yield Finding(True, f"The last backup, of {made}, was verified")
    if status.remark:
        yield Finding(False, status.remark)


def _place(venue: Venue, folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(False, f"BACKUP_FOLDER, {folder}, does not exist")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(False, f"BACKUP_FOLDER, {folder}, cannot be written to")
        return
    yield from _space(venue, folder)
    public = [file for file in folder.iterdir() if file.is_file() and private_files.is_public(file)]
    if public:
        words = (
            f"Every user of this machine can read {public[0]}, and the names and numbers in it: chmod 600 {public[0]}"
        )
        yield Finding(False, words)
    file = venue.database.file
    if file is not None and file.stat().st_dev == folder.stat().st_dev and not venue.backups.copied_to:
        words = (
            "The backups are on the same disk as the database: keep a copy elsewhere, and say where in BACKUP_COPIED_TO"
        )
        yield Finding(True, words)


def _space(venue: Venue, folder: Path) -> Iterator[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        size = records.largest(session)
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize
    if free < size * BACKUPS_OF_SPACE or space.f_bavail < space.f_blocks * TOO_FULL:
        yield Finding(False, f"The disk of {folder} is nearly full: {free // 10**6:,} MB are free")
