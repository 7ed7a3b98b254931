"""The database of one process: its engine, and the one way to open a transaction."""

import functools
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event, func, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    InvalidatePoolError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.orm import Session

from db import private_files

BUSY_SECONDS = 15
STATEMENT_SECONDS = 30
# For `execution_options`: a session that only reads has PostgreSQL plan it anew for each set of values.
PLANNED_EACH_TIME = {"planned_each_time": True}


class DatabaseUnavailable(Exception):
    """The database cannot be used; the words are for whoever runs the server."""


@dataclass(frozen=True)
class Database:
    """An engine, and transactions on it. `info` travels with each session: who acts, and for which house.

    `engine_for_reading` only reads. On SQLite it has the same connections; on PostgreSQL connections of its own.
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

        On PostgreSQL each question is a transaction of its own, as each would see the newest state in a larger one too;
        a stream of rows needs a larger one: see `reading_at_length`.
        """
        with self.engine_for_reading.connect() as connection, _session_on(connection, info) as session:
            yield session

    @contextmanager
    def reading_at_length(self, **info: Any) -> Iterator[Session]:
        """One transaction that only reads, for whoever asks for all of it and will wait: no time limit holds in it."""
        postgresql = self.dialect == "postgresql"
        with self.engine_for_reading.connect() as connection:
            if postgresql:
                connection.execution_options(isolation_level="READ COMMITTED")
            with _session_on(connection, info) as session:
                for limit in ("statement_timeout", "idle_in_transaction_session_timeout") if postgresql else ():
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


def _session_on(connection: Connection, info: dict[str, Any]) -> Session:
    # A session takes longer to begin one than SQLite does to open a customer: it is given one that has begun.
    connection.begin()
    return Session(connection, expire_on_commit=False, info=info)


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
    reading = create_engine(url, pool=engine.pool)
    # Not by listening to "begin": an engine that is listened to asks around before and after each statement.
    engine.dialect.do_begin = _begin_writing  # type: ignore[method-assign]
    reading.dialect.do_begin = _begin_reading  # type: ignore[method-assign]
    return Database(engine, engine_for_reading=reading)


def _file(url: URL) -> Path | None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: see _begin_writing
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    # Each connection of the pool has 8 MB of its own: more would be quicker by little, and many are busy at once.
    cursor.execute("PRAGMA cache_size=-8000")
    cursor.close()


def _begin_writing(dbapi_connection: PoolProxiedConnection) -> None:
    # A deferred transaction that turns into a writer fails at once when another wrote meanwhile: take the lock first.
    dbapi_connection.cursor().execute("BEGIN IMMEDIATE")


def _begin_reading(dbapi_connection: PoolProxiedConnection) -> None:
    dbapi_connection.cursor().execute("BEGIN")


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
    engine = create_engine(url, pool_size=5, max_overflow=15, connect_args=_connecting(options))
    event.listen(engine, "checkout", _begin_postgresql)
    options |= {"default_transaction_read_only": "on"}
    reading = create_engine(
        url, pool_size=10, max_overflow=20, connect_args=_connecting(options), isolation_level="AUTOCOMMIT"
    )
    event.listen(reading, "checkout", _refuse_deserted)
    event.listen(reading, "do_execute", _plan_each_time)
    return Database(engine, engine_for_reading=reading)


def _connecting(options: dict[str, Any]) -> dict[str, Any]:
    settings = " ".join(f"-c {name}={value}" for name, value in options.items())
    # A server that vanished without a word is noticed within a minute: seconds, and milliseconds for what was asked.
    vanished = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    return {"options": settings, "connect_timeout": 5, "application_name": "anchor-desk", **vanished}


def _begin_postgresql(connection: Any, _record: Any, _proxy: Any) -> None:
    """Begin the transaction, which also shows whether the server is still there: one question instead of two."""
    if connection.pgconn.exec_(b"BEGIN").status != ExecStatus.COMMAND_OK:
        raise InvalidatePoolError


def _plan_each_time(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    """Have psycopg not prepare it: https://www.psycopg.org/psycopg3/docs/advanced/prepare.html"""
    planned = bool(context.execution_options.get("planned_each_time"))
    if planned:
        cursor.execute(statement, values, prepare=False)
    return planned


def _refuse_deserted(connection: Any, _record: Any, _proxy: Any) -> None:
    """Notice that the server is no longer there without asking it: nothing is to be heard on a connection unused."""
    # Of the ways to look, the one with nothing to open and close again, where the system has it.
    with getattr(selectors, "PollSelector", selectors.SelectSelector)() as waiting:
        waiting.register(connection.fileno(), selectors.EVENT_READ)
        if waiting.select(timeout=0):
            raise InvalidatePoolError
