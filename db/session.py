"""The database of one process: its engine, and the one way to open a transaction."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.orm import Session

from db import private_files

BUSY_SECONDS = 15
STATEMENT_SECONDS = 30
# For `execution_options`: PostgreSQL makes a new plan for each set of values, in a session that only reads.
PLANNED_EACH_TIME = {"planned_each_time": True}


class DatabaseUnavailable(Exception):
    """The database cannot be used; the words are for the person who runs the server."""


@dataclass(frozen=True)
class Database:
    """An engine, and transactions on it. `info` travels with each session: who acts, and for which venue.

    `engine_for_reading` only reads. On SQLite both share their connections; on PostgreSQL it has its own.
    """

    engine: Engine
    engine_for_reading: Engine

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @property
    def file(self) -> Path | None:
        """Where SQLite keeps it; None for a server, and for a database in memory."""
        return _file(self.engine.url) if self.dialect == "sqlite" else None

    @contextmanager
    def transaction(self, **info: Any) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back by any exception."""
        with Session(self.engine, expire_on_commit=False, info=info) as session, session.begin():
            yield session

    @contextmanager
    def reading(self, **info: Any) -> Iterator[Session]:
        """A session that only reads: on SQLite it neither waits for a writer nor holds one up.

        On PostgreSQL each statement is a transaction of its own. A stream of rows needs a transaction around it: see
        `reading_at_length`.
        """
        with Session(self.engine_for_reading, expire_on_commit=False, info=info) as session:
            yield session

    @contextmanager
    def reading_at_length(self, **info: Any) -> Iterator[Session]:
        """One transaction that only reads, for exports and checks that read everything: it has no time limit."""
        with self.reading(**info) as session:
            if self.dialect == "postgresql":
                session.connection(execution_options={"isolation_level": "READ COMMITTED"})
                for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    session.execute(select(func.set_config(limit, "0", True)))
            yield session

    def close(self) -> None:
        """Close every connection that nobody uses, at the end of a process or a test."""
        self.engine.dispose()
        self.engine_for_reading.dispose()

    def check(self) -> None:
        """Raise DatabaseUnavailable, with words, when nobody answers."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            raise DatabaseUnavailable(f"Cannot reach the database {self.engine.url!r}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


def is_away(error: Exception) -> bool:
    """Whether the same may go well later: the database is out of reach or busy, or two waited for each other."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, (OperationalError, InterfaceError, TimeoutError))


@functools.cache
def open_database(url: str) -> Database:
    """The database at a URL, one engine per process. Raises DatabaseUnavailable for an address that makes no sense."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable("DATABASE_URL is not a database address, like sqlite:///data/anchor.db") from error
    name = parsed.get_backend_name()
    if name == "sqlite":
        return _open_sqlite(parsed)
    if name == "postgresql":
        return _open_postgresql(parsed)
    raise DatabaseUnavailable(f"DATABASE_URL names {name}: only sqlite and postgresql are known here")


def _open_sqlite(url: URL) -> Database:
    file = _file(url)
    if file is not None:
        try:
            private_files.prepare(file)
        except OSError as error:
            raise DatabaseUnavailable(f"Cannot make the folder of {url.database}: {error.strerror}") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, engine_for_reading=engine.execution_options(only_reads=True))


def _file(url: URL) -> Path | None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # The driver sends no BEGIN then: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    # Each connection of the pool has 8 MB of its own: more would be quicker by little, and many are busy at once.
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """As https://docs.sqlalchemy.org/en/21/dialects/sqlite.html advises: the driver leaves BEGIN to us.

    A transaction that reads first and then writes fails at once when another has written in between, so one that may
    write takes the lock first.
    """
    only_reads = connection.get_execution_options().get("only_reads")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _open_postgresql(url: URL) -> Database:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    options = {
        "statement_timeout": STATEMENT_SECONDS * 1000,
        "lock_timeout": BUSY_SECONDS * 1000,
        "idle_in_transaction_session_timeout": 60_000,
        "timezone": "UTC",
        # Lists are short: what compiling a query saves is less than what it takes.
        "jit": "off",
        # A disk without a turning platter, or memory: a page here costs about what the next one does.
        "random_page_cost": 1.1,
    }
    engine = create_engine(url, pool_size=5, max_overflow=15, pool_pre_ping=True, connect_args=_connecting(options))
    options |= {"default_transaction_read_only": "on"}
    reading = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        connect_args=_connecting(options),
        isolation_level="AUTOCOMMIT",
    )
    event.listen(reading, "do_execute", _plan_each_time)
    return Database(engine, engine_for_reading=reading)


def _connecting(options: dict[str, Any]) -> dict[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in options.items())
    # A server that vanished without a word is noticed within a minute: seconds, and milliseconds for what was asked.
    vanished = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    return {"options": settings, "connect_timeout": 5, "application_name": "anchor-desk", **vanished}


def _plan_each_time(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    """Keep psycopg from preparing a statement: once prepared, PostgreSQL may use one plan for all values.

    The best plan for a common surname is a bad one for a rare one:
    https://www.psycopg.org/psycopg3/docs/advanced/prepare.html
    """
    planned = bool(context.execution_options.get("planned_each_time"))
    if planned:
        cursor.execute(statement, values, prepare=False)
    return planned
