"""From each released schema, with rows in all of its tables, migrations lead to today's and keep every row.

On PostgreSQL from some of them; `make soak` takes all.
"""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    insert,
    select,
)

from db import schema
from db.models import Base
from db.session import open_database
from tests.databases import SOAK_IS_FULL
from tests.db import released
from tests.makers import NOW

pytestmark = pytest.mark.soak

REVISIONS = sorted(script.revision for script in schema._scripts().walk_revisions())[:-1]
# Before staff had accounts, before bulk texts, and the last one.
SOME = ("0009", "0014", REVISIONS[-1])
CUSTOMERS = 20
# Counted by the database or the scheduler, or filled by a migration: they may have more rows than before.
MAY_GROW = {"booking_totals", "customer_totals", "journal_entries", "journal_values", "templates", "text_totals"}

# Until 0010 nothing wrote them, and it made them again.
NEVER_USED = {"staff", "sign_ins"}

# For columns that a check restricts.
VALUES: dict[str, Any] = {
    "backups.state": "verified",
    "campaigns.state": "draft",
    "consents.basis": "consent",
    "consents.channel": "text",
    "custom_fields.kind": "text",
    "customer_values.text": "By the window",
    "duplicate_pairs.second_id": UUID(int=1),
    "duplicate_pairs.state": "later",
    "imports.kind": "customers",
    "imports.state": "done",
    "one_time_codes.purpose": "password",
    "pauses.scope": "+44",
    "phone_numbers.marketing_consent": "not asked",
    "phone_numbers.mobile_number": "+447700900000",
    "requests.kind": "access",
    "sign_ins.method": "password",
    "staff.role": "staff",
    "templates.kind": "confirmation",
    "waitlist_entries.state": "waiting",
}
JSON_TEXTS = {"counts", "decisions", "details", "entries", "header", "mapping"}


@pytest.mark.parametrize(
    ("database_kind", "revision"),
    [
        *(("sqlite", each) for each in REVISIONS),
        *(("postgresql", each) for each in (REVISIONS if SOAK_IS_FULL else SOME)),
    ],
)
def test_rows_in_every_table_of_a_released_schema_are_kept(empty_database_url: str, revision: str) -> None:
    database = open_database(empty_database_url)
    schema.migrate(database, to="0001")
    with database.engine.begin() as connection:
        released.fill(connection, customers=CUSTOMERS)
    schema.migrate(database, to=revision)
    with database.engine.begin() as connection:
        tables = [each for each in tables_of(connection) if revision >= "0010" or each.name not in NEVER_USED]
        for each in tables:
            add_a_row(connection, each)
        before = {each.name: rows_of(connection, each) for each in tables}
    assert all(before.values())

    schema.migrate(database)
    schema.check(database)
    with database.engine.connect() as connection:
        today = {each.name: each for each in tables_of(connection)}
        assert set(before) <= set(today) == set(Base.metadata.tables)
        for name, rows in before.items():
            count = connection.scalar(select(func.count()).select_from(today[name])) or 0
            assert count >= len(rows) if name in MAY_GROW else count == len(rows), name
            assert keys_of(today[name], rows) <= keys_of(today[name], rows_of(connection, today[name])), name


def tables_of(connection: Connection) -> list[Table]:
    """Ours, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
    return metadata.sorted_tables


def rows_of(connection: Connection, table: Table) -> list[Any]:
    return list(connection.execute(select(table)).mappings())


def keys_of(table: Table, rows: list[Any]) -> set[tuple[Any, ...]]:
    return {tuple(row[column.name] for column in table.primary_key) for row in rows}


def add_a_row(connection: Connection, table: Table) -> None:
    """One row, unless there is one: with references to rows of other tables, and what its checks accept."""
    if connection.scalar(select(func.count()).select_from(table)):
        return
    row = {column.name: value_of(connection, column) for column in table.c if is_needed(column)}
    connection.execute(insert(table).values({name: value for name, value in row.items() if value is not None}))


def is_needed(column: Column[Any]) -> bool:
    is_numbered = len(column.table.primary_key) == 1 and column.primary_key and isinstance(column.type, Integer)
    is_reference = bool(column.foreign_keys) and not column.nullable
    return str(column) in VALUES or is_reference or not (column.nullable or is_numbered)


def value_of(connection: Connection, column: Column[Any]) -> Any:
    if str(column) in VALUES:
        return as_stored(column, VALUES[str(column)])
    for reference in column.foreign_keys:
        return connection.scalar(select(reference.column).order_by(reference.column).limit(1))
    kinds = (
        (Boolean, False),
        (DateTime, NOW),
        (Date, NOW.date()),
        ((Integer, Numeric), 1),
        (LargeBinary, b"x"),
        (JSON, {}),
    )
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    if column.name in JSON_TEXTS:
        return "{}"
    return as_stored(column, UUID(int=0)) if is_id(column) else "x"


def is_id(column: Column[Any]) -> bool:
    return str(column.type) in ("UUID", "CHAR(32)")


def as_stored(column: Column[Any], value: Any) -> Any:
    """SQLite has ids as 32 hexadecimal digits."""
    return value.hex if isinstance(value, UUID) and str(column.type) == "CHAR(32)" else value
