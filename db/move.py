"""Copying a whole SQLite database into an empty PostgreSQL database, in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, String, Table, func, select, table, text
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from db import search
from db.backup_problem import BackupProblem
from db.models import Base
from db.session import Database, without_time_limit

READ_AT_ONCE = 2_000
# Triggers of PostgreSQL keep them.
NOT_COPIED = {"customer_totals", "booking_totals", "text_totals"}
# What a new database has: templates and the entry that added them, and what its processes note.
IN_NEW_ONES = {
    *("customer_totals", "heartbeats", "templates", "venue_settings"),
    *("journal_entries", "journal_seals", "journal_values"),
}
SEARCH_INDEX = "ix_customers_search"


@dataclass(frozen=True)
class Copied:
    """The number of rows of each table, and of the NUL characters that were removed: PostgreSQL cannot store them."""

    rows: dict[str, int]
    removed: int


@contextmanager
def copied(source: Database, target: Database, *, progress: Callable[[int], None]) -> Iterator[tuple[Session, Copied]]:
    """Copy all rows, compare them, and give the session of the copy, which is committed at the end unless an exception
    is raised. The target must have the schema of this code.

    `progress` is called with a number of rows more. Raises BackupProblem, also for a target that is in use.
    """
    with source.reading_a_snapshot() as session, target.transaction() as copy:
        without_time_limit(copy)
        _refuse_if_in_use(copy)
        connection = copy.connection()
        names = ", ".join(f'"{name}"' for name in Base.metadata.tables)
        connection.exec_driver_sql(f"TRUNCATE {names}")
        copier = _Copier(session, connection, progress)
        with _without_old_checks(connection), _without_search_index(connection):
            for each in _tables():
                copier.copy(each)
        _continue_numbers(session, connection)
        for each in _tables():
            if _digest(_rows(copy, each)) != copier.digests[each.name]:
                raise BackupProblem(f"The copy of {each.name} differs from the original")
        yield copy, Copied({name: digest.rows for name, digest in copier.digests.items()}, copier.removed)


def analyse(database: Database) -> None:
    """Have PostgreSQL count what is in the tables, so that it plans its first queries well."""
    with database.transaction() as session:
        without_time_limit(session)
        session.execute(text("ANALYZE"))


# Copying


@dataclass
class _Digest:
    """Of the rows of a table in any order: how many, and the sum of their hashes, which Python computes quickly and
    differently in each process."""

    rows: int = 0
    total: int = 0

    def __iadd__(self, row: Sequence[Any]) -> "_Digest":
        self.rows += 1
        self.total += hash(tuple(row))
        return self


class _Copier:
    def __init__(self, session: Session, connection: Connection, progress: Callable[[int], None]):
        self.session = session
        self.cursor: psycopg.Cursor[Any] = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
        self.progress = progress
        self.digests: dict[str, _Digest] = {}
        self.removed = 0

    def copy(self, each: Table) -> None:
        digest = _Digest()
        columns = ", ".join(f'"{column.name}"' for column in each.c)
        texts = [number for number, column in enumerate(each.c) if isinstance(column.type, String)]
        try:
            with self.cursor.copy(f'COPY "{each.name}" ({columns}) FROM STDIN') as rows:
                for row in _rows(self.session, each):
                    cleaned = self._cleaned(row, texts)
                    rows.write_row(cleaned)
                    digest += cleaned
                    if digest.rows % READ_AT_ONCE == 0:
                        self.progress(READ_AT_ONCE)
        except psycopg.Error as error:
            problem = error.diag.message_primary or type(error).__name__
            raise BackupProblem(f"PostgreSQL does not accept the rows of {each.name}: {problem}") from None
        self.progress(digest.rows % READ_AT_ONCE)
        self.digests[each.name] = digest

    def _cleaned(self, row: Sequence[Any], texts: Sequence[int]) -> Sequence[Any]:
        """The row with text in its columns for text, which SQLite does not insist on, and without NUL characters."""
        cleaned = list(row)
        for number in texts:
            value = cleaned[number]
            if value is not None and (type(value) is not str or "\0" in value):
                words = str(value)
                self.removed += words.count("\0")
                cleaned[number] = words.replace("\0", "")
        return cleaned


def _tables() -> list[Table]:
    """All tables, each after those that it refers to."""
    return [each for each in Base.metadata.sorted_tables if each.name not in NOT_COPIED]


def _rows(session: Session, each: Table) -> Iterator[Row[Any]]:
    return iter(session.execute(select(each), execution_options={"yield_per": READ_AT_ONCE}))


def _digest(rows: Iterator[Row[Any]]) -> _Digest:
    digest = _Digest()
    for row in rows:
        digest += row
    return digest


def _refuse_if_in_use(session: Session) -> None:
    for name in (name for name in Base.metadata.tables if name not in IN_NEW_ONES):
        if session.execute(select(1).select_from(table(name)).limit(1)).first():
            raise BackupProblem(f"The PostgreSQL database has {name.replace('_', ' ')}: copy into an empty one")


@contextmanager
def _without_old_checks(connection: Connection) -> Iterator[None]:
    """Without the checks that do not apply to rows older than they are: on SQLite, such rows may exist too."""
    checks = connection.execute(_OLD_CHECKS).all()
    for check in checks:
        connection.exec_driver_sql(f'ALTER TABLE {check.table_name} DROP CONSTRAINT "{check.name}"')
    yield
    for check in checks:
        # The definition says NOT VALID.
        statement = f'ALTER TABLE {check.table_name} ADD CONSTRAINT "{check.name}" {check.definition}'
        connection.exec_driver_sql(statement.replace("%", "%%"))


_OLD_CHECKS = text(
    "SELECT conname AS name, CAST(conrelid AS regclass) AS table_name, pg_get_constraintdef(oid) AS definition "
    "FROM pg_constraint WHERE contype = 'c' AND NOT convalidated AND connamespace = CAST('public' AS regnamespace)"
)


@contextmanager
def _without_search_index(connection: Connection) -> Iterator[None]:
    """Built at the end, it takes a fraction of the time."""
    connection.exec_driver_sql(f"DROP INDEX {SEARCH_INDEX}")
    yield
    for statement in search.create_index("postgresql"):
        connection.exec_driver_sql(statement)


def _continue_numbers(session: Session, connection: Connection) -> None:
    """Let the numbers of new rows follow those of the original, also those of rows that were deleted."""
    last = {row.name: row.seq for row in session.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    for each in _tables():
        key = next(iter(each.primary_key))
        if each.autoincrement_column is key:
            highest = max(last.get(each.name, 0), session.scalar(select(func.max(key))) or 0)
            sequence = func.pg_get_serial_sequence(each.name, key.name)
            connection.execute(select(func.setval(sequence, max(highest, 1), highest > 0)))
