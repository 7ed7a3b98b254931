"""Backups of SQLite: copies of the file, made by SQLite itself."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from db import private_files
from db.backup_problem import ANOTHER_RESTORES, BackupProblem
from db.session import Database

COPIED_AT_ONCE = 8 * 1024 * 1024


def write(session: Session, file: Path) -> None:
    """Write what the session sees: https://www.sqlite.org/c3ref/backup_finish.html. Writers do not wait for it."""
    connection: Any = session.connection().connection.driver_connection
    try:
        with closing(sqlite3.connect(file)) as target:
            connection.backup(target)
            # Like the original, the copy is in WAL mode, which would need two more files beside it.
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupProblem(f"SQLite could not copy the database: {error}") from error


def damage(database: Database) -> str:
    """What SQLite's own checks find first, as a sentence, or an empty string. The database must be a copy."""
    with database.transaction() as session:
        found = session.scalars(text("PRAGMA integrity_check(1)")).first()
        if found != "ok":
            return f"The file is damaged: {found}"
        orphan = session.execute(text("PRAGMA foreign_key_check")).first()
        if orphan is not None:
            return f"A row of {orphan[0]} refers to a row of {orphan[2]} that does not exist"
        session.execute(text("INSERT INTO customers_search(customers_search) VALUES ('integrity-check')"))
    return ""


@contextmanager
def loaded(file: Path, copy: Path) -> Iterator[URL]:
    """The address of a copy of a backup, which is deleted at the end, unless it was renamed."""
    remove(copy)
    try:
        _copy_file(file, copy)
        # A file that was copied in another way than by SQLite may need the one beside it.
        beside = file.with_name(f"{file.name}-wal")
        if beside.exists():
            _copy_file(beside, copy.with_name(f"{copy.name}-wal"))
    except OSError as error:
        remove(copy)
        raise BackupProblem(f"{copy} cannot be written: {error.strerror}") from error
    try:
        yield URL.create("sqlite", database=str(copy))
    finally:
        remove(copy)


def _copy_file(source: Path, target: Path) -> None:
    private_files.create(target)
    with open(source, "rb") as read, open(target, "wb") as written:
        shutil.copyfileobj(read, written, COPIED_AT_ONCE)
    private_files.flush(target)


@contextmanager
def restoring(folder: Path) -> Iterator[None]:
    """Keep other processes from restoring in this folder. Raises BackupProblem while one does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BackupProblem(ANOTHER_RESTORES) from error
    finally:
        os.close(descriptor)


def remove(file: Path) -> None:
    """Delete a database with all its files."""
    for ending in private_files.COMPANIONS:
        file.with_name(file.name + ending).unlink(missing_ok=True)


def users_of(file: Path) -> str:
    """ "other processes" when others have the file open, or an empty string. Only a sole user can leave WAL mode."""
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            return "other processes" if mode == "wal" else ""
    except sqlite3.OperationalError as error:
        return "other processes" if "locked" in str(error) else ""
    except sqlite3.DatabaseError:
        # It is damaged, which may be why it is to be replaced.
        return ""


def switch(present: Path, loaded: Path, aside: Path) -> None:
    """Put the loaded file in the place of the present one, which is then `aside`. No moment is without a database."""
    for file in (loaded, present):
        if users_of(file):
            raise BackupProblem(f"{file} is in use by other processes: stop the dashboard and the scheduler")
    try:
        for ending in private_files.COMPANIONS[1:]:
            # Only a damaged database still has these.
            companion = present.with_name(present.name + ending)
            if companion.exists():
                companion.rename(aside.with_name(aside.name + ending))
        before = present.stat()
        os.chown(loaded, before.st_uid, before.st_gid)
        loaded.chmod(stat.S_IMODE(before.st_mode))
        os.link(present, aside)
        private_files.flush(loaded)
        try:
            os.replace(loaded, present)
        except OSError:
            aside.unlink()
            raise
        private_files.flush(present.parent)
    except OSError as error:
        raise BackupProblem(f"{present} cannot be replaced: {error.strerror}") from error
