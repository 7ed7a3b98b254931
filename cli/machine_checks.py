"""The checks of `doctor` of this machine: its disk, the SQLite file, and schedulers that use another database."""

import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cli.finding import Finding
from venue.delivery import schedulers
from venue.profile import Venue
from venue.roles import COMMAND_LINE

ROOT = Path(__file__).parent.parent
PROCESSES = Path("/proc")
FULL = 0.95
# SQLite empties this file when no one reads; it grows while a program keeps a reading transaction open.
LARGE_LOG = 256 * 10**6
A_MEGABYTE = 10**6


def findings(venue: Venue, *, now: datetime) -> Iterator[Finding]:
    """Whether the database's file can grow, and whether all schedulers on this machine use this database."""
    file = venue.database.file
    if file is not None:
        yield from _file(file)
    yield from _other_databases(venue, now)


def _file(file: Path) -> Iterator[Finding]:
    folder = file.parent
    if not os.access(folder, os.W_OK | os.X_OK) or not os.access(file, os.W_OK):
        yield Finding(False, f"This user cannot write to {file} or its folder: nothing can be saved")
    space = os.statvfs(folder)
    if space.f_bavail < space.f_blocks * (1 - FULL):
        free = space.f_bavail * space.f_frsize // A_MEGABYTE
        yield Finding(False, f"The disk of the database, {folder}, is over 95% full: {free:,} MB are free")
    log = file.with_name(f"{file.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > LARGE_LOG:
        words = f"{log} has grown to {size // A_MEGABYTE:,} MB: does a program keep the database open for reading?"
        yield Finding(False, f"{words} Restart dashboard and scheduler")


def _other_databases(venue: Venue, now: datetime) -> Iterator[Finding]:
    """Two schedulers on two copies of a database send every text twice. Only Linux lists the processes like this."""
    with venue.reading(COMMAND_LINE) as session:
        alive = schedulers.alive_workers(session, now=now)
    for number in sorted(_schedulers()):
        if f"{socket.gethostname()}:{number}" not in alive:
            words = f"A scheduler on this machine, process {number}, does not use this database: if it uses a copy"
            yield Finding(False, f"{words}, guests get texts twice. Stop it, or set its DATABASE_URL")


def _schedulers() -> Iterator[int]:
    """The ids of the processes that run our scheduler.py."""
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            is_ours = any(Path(os.fsdecode(word)).name == "scheduler.py" for word in words[1:])
            if is_ours and (folder / "cwd").readlink() == ROOT:
                yield int(folder.name)
        except OSError:
            continue  # It has ended, or is another user's.
