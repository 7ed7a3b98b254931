"""The database of one process: its engines, and the only way to open a transaction."""

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import StaticPool

from db import faults, postgresql, private_files
from db.faults import DEADLOCK, LOCK_NOT_AVAILABLE, READ_ONLY
from db.postgresql import BUSY_SECONDS

# In the `info` of sessions that are rolled back at the end.
TRIAL = "trial"


# Opens a transaction; for what needs several, one after the other.
Transaction = Callable[[], AbstractContextManager[Session]]


class DatabaseUnavailable(Exception):
    """The database cannot be used. str() is a sentence for the administrator."""


@dataclass(frozen=True)
class Database:
    """The engines of a database, and transactions on them. `info` is stored on each session: the actor and the venue.

    `engine_for_reading` is read-only. On SQLite both engines share connections; on PostgreSQL each has its own pool.
    """

    engine: Engine
    engine_for_reading: Engine

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database; None for a server, and for a database in memory."""
        return _file(self.engine.url) if self.dialect == "sqlite" else None

    @property
    def pooler(self) -> str:
        """The HOST:PORT of the pooler that all transactions go through, or nothing. `engine.url` goes past it."""
        return postgresql.pooler_of(self.engine)

    @contextmanager
    def past_the_pooler(self) -> Iterator["Database"]:
        """The database itself, for what a pooler would be in the way of: this one, if it has none."""
        if not self.pooler:
            yield self
            return
        with open_briefly(self.engine.url) as itself:
            yield itself

    @contextmanager
    def transaction(self, **info: Any) -> Iterator[Session]:
        """One transaction that may write. Commits at the end, rolls back on any exception."""
        with Session(self.engine, expire_on_commit=False, info=info) as session, session.begin():
            yield session

    @contextmanager
    def reading(self, **info: Any) -> Iterator[Session]:
        """A read-only session. On SQLite it never waits for a writer and never blocks one.

        On PostgreSQL each statement is its own transaction (autocommit), unless a pooler is in between. To stream
        rows, use `reading_at_length`.
        """
        with Session(self.engine_for_reading, expire_on_commit=False, info=info) as session:
            yield session

    def reading_at_length(self, **info: Any) -> AbstractContextManager[Session]:
        """One read-only transaction without a time limit, for exports and checks that read everything."""
        return self._reading_without_limit("READ COMMITTED", info)

    def reading_a_snapshot(self, **info: Any) -> AbstractContextManager[Session]:
        """As `reading_at_length`, and all statements see the database as it was at the first one."""
        return self._reading_without_limit("REPEATABLE READ", info)

    @contextmanager
    def _reading_without_limit(self, isolation_level: str, info: dict[str, Any]) -> Iterator[Session]:
        with self.reading(**info) as session:
            # SQLite has no time limit, and each of its transactions reads a snapshot.
            if self.dialect == "postgresql":
                postgresql.read_without_limit(session, isolation_level)
            yield session

    @contextmanager
    def trial(self, **info: Any) -> Iterator[Session]:
        """One transaction of any length that is rolled back at the end, to see what a write would do.

        On SQLite it is in a private copy of the database, so that no one has to wait for it. On PostgreSQL others wait
        for rows that it changes or locks, so what it does should do that only where the result depends on it: see
        `is_trial`.
        """
        with contextlib.ExitStack() as stack:
            database = self if self.dialect == "postgresql" else stack.enter_context(_private_copy(self))
            session = stack.enter_context(Session(database.engine, expire_on_commit=False, info={**info, TRIAL: True}))
            stack.callback(session.rollback)
            without_time_limit(session)
            yield session

    def truncate_log(self) -> bool:
        """Move all that SQLite has in its write-ahead log to the database, and empty the log, so that it holds nothing
        that was erased. False when others are reading: try again later."""
        if self.dialect != "sqlite":
            return True
        connection: Any = self.engine.raw_connection()
        try:
            # Writers wait for it, so it does not wait for readers.
            connection.execute("PRAGMA busy_timeout=100")
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            connection.close()

    def close(self) -> None:
        """Close all idle connections, at the end of a process or a test."""
        self.engine.dispose()
        self.engine_for_reading.dispose()

    def check(self) -> None:
        """Raise DatabaseUnavailable when the database does not answer."""
        try:
            # On SQLite it waits for no writer.
            with self.engine_for_reading.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            address = repr(self.engine.url.set(query={}))  # a password may be in the query, where it is not hidden
            raise DatabaseUnavailable(f"Cannot reach the database {address}: {_first_line(error)}") from error


def is_trial(session: Session) -> bool:
    """Whether this transaction is certainly rolled back, so that it need not lock what it reads."""
    return TRIAL in session.info


def without_time_limit(session: Session) -> None:
    """Let this transaction take as long as it needs."""
    if session.get_bind().dialect.name == "postgresql":
        postgresql.without_time_limit(session)


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


def is_away(error: Exception) -> bool:
    """Whether a retry may succeed: the database is unreachable or busy, its disk is full, it is read-only for now, or
    there was a deadlock. `faults.in_words` says which."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return (
        lost
        or faults.sqlstate(error) == READ_ONLY
        or isinstance(error, (OperationalError, InterfaceError, TimeoutError))
    )


def is_busy(error: DBAPIError) -> bool:
    """Whether another transaction held a lock for longer than this one waits."""
    return faults.sqlite_code(error) == sqlite3.SQLITE_BUSY or faults.sqlstate(error) == LOCK_NOT_AVAILABLE


def changed_just_now(error: Exception) -> bool:
    """Whether another transaction changed a row after this one read it, or each waited for the other."""
    return faults.sqlstate(error) == DEADLOCK or isinstance(error, StaleDataError)


@functools.cache
def open_database(url: str) -> Database:
    """The database at a URL, opened once per process. Raises DatabaseUnavailable for a URL that cannot be used."""
    return _open(url)


@contextmanager
def open_briefly(url: URL) -> Iterator[Database]:
    """The database at a URL, whose connections are closed at the end."""
    database = _open(url.render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()


def _open(url: str) -> Database:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable("DATABASE_URL is not a database address, like sqlite:///data/anchor.db") from error
    name = parsed.get_backend_name()
    if name == "sqlite":
        return _open_sqlite(parsed)
    if name == "postgresql":
        try:
            return Database(*postgresql.open_engines(parsed))
        except ValueError as error:
            raise DatabaseUnavailable(str(error)) from error
    raise DatabaseUnavailable(f"DATABASE_URL names {name}. Only sqlite and postgresql are supported")


def _open_sqlite(url: URL) -> Database:
    file = _file(url)
    if file is not None:
        try:
            private_files.prepare(file)
        except OSError as error:
            raise DatabaseUnavailable(f"Cannot create the folder of {url.database}: {error.strerror}") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, engine_for_reading=engine.execution_options(only_reads=True))


@contextmanager
def _private_copy(database: Database) -> Iterator[Database]:
    """A copy of an SQLite database in a temporary file, which SQLite creates for its owner only and removes from its
    folder at once, so that it ends with the process: https://www.sqlite.org/inmemorydb.html#temp_db"""
    with contextlib.closing(sqlite3.connect("", check_same_thread=False)) as copy:
        with database.engine_for_reading.connect() as connection:
            source: Any = connection.connection.driver_connection
            source.backup(copy)
        engine = create_engine("sqlite://", creator=lambda: copy, poolclass=StaticPool, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        yield Database(engine, engine_for_reading=engine.execution_options(only_reads=True))


def _file(url: URL) -> Path | None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # The driver sends no BEGIN then: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    # Deleted content is overwritten with zeros, so that who is erased is in no free page of the file.
    cursor.execute("PRAGMA secure_delete=ON")
    # 8 MB for each connection of the pool. More would gain little, and many connections are busy at once.
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Send BEGIN, as https://docs.sqlalchemy.org/en/21/dialects/sqlite.html advises: the driver does not.

    A transaction that first reads and then writes fails when another has written in between. So one that may write
    takes the write lock at its beginning.
    """
    only_reads = connection.get_execution_options().get("only_reads")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
