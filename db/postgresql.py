"""Connections to PostgreSQL, straight or through a pooler, and the settings that each transaction has."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

BUSY_SECONDS = 15
STATEMENT_SECONDS = 30
# For `execution_options`: in a read-only session, PostgreSQL plans the statement for its actual values each time.
PLANNED_EACH_TIME = {"planned_each_time": True}
# In the query of an address: HOST:PORT of a pooler in transaction mode, such as PgBouncer.
POOLER = "pooler"
# Limits that those who read everything, or write much at once, do without.
LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")

SETTINGS = {
    "statement_timeout": STATEMENT_SECONDS * 1000,
    "lock_timeout": BUSY_SECONDS * 1000,
    "idle_in_transaction_session_timeout": 60_000,
    "timezone": "UTC",
    # Our lists are short: compiling a query takes longer than it saves.
    "jit": "off",
    # For SSDs and memory, where random reads cost about the same as sequential ones.
    "random_page_cost": 1.1,
}


def open_engines(url: URL) -> tuple[Engine, Engine]:
    """The engine of those who write, and that of those who only read. Both have the address of PostgreSQL itself, also
    when their connections go through the pooler. Raises ValueError for a pooler without a port."""
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    pooler = url.query.get(POOLER)
    url = url.difference_update_query([POOLER])
    return _through_a_pooler(url, str(pooler)) if pooler else _straight(url)


def _straight(url: URL) -> tuple[Engine, Engine]:
    """The server gets the settings with the connection, and keeps them until its end."""
    writing = _engine(url, 5, 20, {"options": _as_options(SETTINGS)})
    options = _as_options(SETTINGS | {"default_transaction_read_only": "on"})
    reading = _engine(url, 10, 30, {"options": options}, isolation_level="AUTOCOMMIT")
    event.listen(reading, "do_execute", _plan_each_time)
    return writing, reading


def _through_a_pooler(url: URL, pooler: str) -> tuple[Engine, Engine]:
    """A pooler may give each transaction another connection of its own, without our settings and prepared statements.

    So the settings go with the BEGIN of each transaction, in one message, and no statement is prepared. The driver
    sends no BEGIN: for it, the connection is in autocommit mode.
    """
    host, _, port = pooler.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"{POOLER} in DATABASE_URL is {pooler!r}. Write HOST:PORT, like localhost:6432")
    connecting = {"host": host, "port": port, "autocommit": True, "prepare_threshold": None}
    writing = _engine(url, 5, 20, connecting, execution_options={POOLER: pooler, "access": "READ WRITE"})
    reading = _engine(url, 10, 30, connecting, execution_options={POOLER: pooler, "access": "READ ONLY"})
    for each in (writing, reading):
        event.listen(each, "begin", _begin)
    return writing, reading


def _engine(url: URL, kept: int, most: int, connecting: dict[str, Any], **options: Any) -> Engine:
    # A server that disappears silently is noticed within a minute. In seconds; the last one in milliseconds.
    keepalives = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    common = {"connect_timeout": 5, "application_name": "anchor-desk", **keepalives}
    return create_engine(
        url,
        pool_size=kept,
        max_overflow=most - kept,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={**common, **connecting},
        **options,
    )


def _as_options(settings: dict[str, Any]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _begin(connection: Connection) -> None:
    """Send BEGIN with our settings, which end with the transaction."""
    options = connection.get_execution_options()
    isolation_level = options.get("reads_without_limit")
    settings = SETTINGS | dict.fromkeys(LIMITS if isolation_level else (), 0)
    begin = f"BEGIN ISOLATION LEVEL {isolation_level or 'READ COMMITTED'} {options['access']}"
    connection.exec_driver_sql("; ".join([begin, *(f"SET LOCAL {name} = {value}" for name, value in settings.items())]))


def pooler_of(engine: Engine) -> str:
    """The HOST:PORT of the pooler that the connections go through, or nothing."""
    return str(engine.get_execution_options().get(POOLER, ""))


def read_without_limit(session: Session, isolation_level: str) -> None:
    """Let this read-only session, which has read nothing yet, be one transaction that may take as long as it needs."""
    if pooler_of(session.get_bind().engine):
        session.connection(execution_options={"reads_without_limit": isolation_level})
    else:
        session.connection(execution_options={"isolation_level": isolation_level})
        without_time_limit(session)


def without_time_limit(session: Session) -> None:
    """Let this transaction take as long as it needs."""
    for limit in LIMITS:
        session.execute(select(func.set_config(limit, "0", True)))


def is_read_only(session: Session) -> bool:
    """Whether the database takes no writes from a session that may write, such as a standby, or one whose disk filled
    up at some hosts."""
    return session.scalar(select(func.current_setting("transaction_read_only"))) == "on"


def has_our_settings(session: Session) -> bool:
    """Whether a read-only session has them: a pooler in between may drop what it gets with a connection."""
    found = session.execute(
        text(
            "SELECT current_setting('transaction_read_only') = 'on', current_setting('timezone') = 'UTC', "
            "current_setting('statement_timeout') = :limit"
        ),
        {"limit": f"{STATEMENT_SECONDS}s"},
    )
    return all(found.one())


def _plan_each_time(cursor: Any, statement: str, values: Any, context: Any) -> bool:
    """Execute without a prepared statement when the option is set; True if so.

    PostgreSQL may use one generic plan for a prepared statement, and the best plan for a common surname is a bad one
    for a rare surname: https://www.psycopg.org/psycopg3/docs/advanced/prepare.html
    """
    planned = bool(context.execution_options.get("planned_each_time"))
    if planned:
        cursor.execute(statement, values, prepare=False)
    return planned
