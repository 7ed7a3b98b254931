"""Writing a database to one file while it is in use, and loading such a file into a new database."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, literal, select, table, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import backup_postgresql, backup_sqlite, private_files
from db.backup_problem import BackupProblem
from db.models import Base
from db.session import Database, open_briefly

ENDINGS = {"sqlite": ".db", "postgresql": ".dump"}


@dataclass(frozen=True)
class Tools:
    """`programs` is the folder of pg_dump and pg_restore; None means that they are on the PATH. `stopping` returns True
    when the process has been asked to end."""

    programs: Path | None = None
    stopping: Callable[[], bool] = lambda: False


def count_rows(session: Session, tables: Iterable[str] | None = None) -> dict[str, int]:
    """The number of rows of each table, by its name: of these tables, or of all."""
    names = Base.metadata.tables if tables is None else tables
    counts = (select(literal(name), func.count()).select_from(table(name)) for name in names)
    return {row[0]: row[1] for row in session.execute(union_all(*counts))}


def write(session: Session, file: Path, tools: Tools) -> None:
    """Write what this session sees, which must be reading a snapshot, to a new file that only its owner can read.

    Raises BackupProblem.
    """
    with _plain_errors(file):
        private_files.create(file)
        if session.get_bind().dialect.name == "postgresql":
            backup_postgresql.write(session, file, programs=tools.programs, stopping=tools.stopping)
        else:
            backup_sqlite.write(session, file)
        private_files.flush(file)


@contextmanager
def loaded_to_check(file: Path, database: Database, tools: Tools) -> Iterator[Database]:
    """A temporary database with the contents of a backup, beside the file or on the server of `database`.

    Raises BackupProblem, and CannotCreateDatabase where the user of the server may not create databases.
    """
    if database.dialect == "postgresql":
        new = backup_postgresql.loaded(
            file, database, ending="check", wait=True, programs=tools.programs, stopping=tools.stopping
        )
    else:
        new = backup_sqlite.loaded(file, file.with_name(f"{file.name}.check"))
    with new as url, open_briefly(url) as loaded:
        yield loaded


def damage(database: Database) -> str:
    """What is wrong with the stored data, as a sentence, or an empty string.

    A server checks everything when it loads a dump: types, constraints, indexes.
    """
    if database.dialect == "postgresql":
        return ""
    try:
        return backup_sqlite.damage(database)
    except DBAPIError as error:
        return f"It cannot be read: {error.orig}"


def count_rows_in_dump(file: Path, tools: Tools) -> Mapping[str, int]:
    """Read a whole dump of PostgreSQL without loading it, and return the number of rows of each table."""
    return backup_postgresql.count_rows(file, programs=tools.programs)


def problem_with_programs(database: Database, tools: Tools) -> str:
    """Why PostgreSQL's programs cannot be used, as a sentence, or an empty string."""
    if database.dialect != "postgresql":
        return ""
    try:
        with database.reading() as session:
            backup_postgresql.find_programs(session, tools.programs)
    except BackupProblem as problem:
        return str(problem)
    return ""


@contextmanager
def _plain_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupProblem(f"{file.parent} cannot be written to: {os.strerror(error.errno or 0)}") from error
