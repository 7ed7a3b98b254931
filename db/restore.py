"""Putting a loaded backup in the place of the current database, which is kept under another name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db import backup_postgresql, backup_sqlite
from db.backup import Tools
from db.backup_problem import BackupProblem
from db.session import Database, open_briefly

ENDING = "restoring"


@contextmanager
def loaded_to_restore(file: Path, present: Database, tools: Tools) -> Iterator[Database]:
    """A new database beside the present one with the contents of a backup: deleted at the end, unless it was put in
    the place of the present one. Raises BackupProblem."""
    if present.dialect == "postgresql":
        new = backup_postgresql.loaded(
            file, present, ending=ENDING, wait=False, programs=tools.programs, stopping=tools.stopping
        )
        with new as url, open_briefly(url) as loaded:
            yield loaded
        return
    copy = _beside(present, ENDING)
    with backup_sqlite.restoring(copy.parent), backup_sqlite.loaded(file, copy) as url, open_briefly(url) as loaded:
        yield loaded


def users_of(database: Database) -> str:
    """What uses the database besides this process, as a phrase like "2 connections", or an empty string."""
    database.close()
    if database.dialect == "postgresql":
        return backup_postgresql.users_of(database)
    return backup_sqlite.users_of(_file(database))


def switch(present: Database, loaded: Database, *, name: str, disconnect: bool = False) -> str:
    """Put the loaded database in the place of the present one, in one step, and return where the present one is kept.

    `name` ends the name that it is kept under. With `disconnect`, connections to a PostgreSQL database are ended.
    Raises BackupProblem when others use the current database; then nothing has changed.
    """
    present.close()
    loaded.close()
    if present.dialect == "postgresql":
        return backup_postgresql.switch(present, loaded.engine.url, name=name, disconnect=disconnect)
    aside = _beside(present, name, ending=".db")
    backup_sqlite.switch(_file(present), _file(loaded), aside)
    return str(aside)


def _file(database: Database) -> Path:
    if database.file is None:
        raise BackupProblem("A database in memory cannot be restored")
    return database.file


def _beside(database: Database, name: str, *, ending: str = "") -> Path:
    file = _file(database)
    return file.with_name(f"{file.stem}-{name}{ending}")
