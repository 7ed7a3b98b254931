"""Migrations carry every row of the first version to today's schema.

2,000 customers here; `SOAK=full` (make soak) takes 100,000.
"""

import os
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Integer, TableClause, Text, column, select, table

from db import schema, search
from db.session import Database, open_database
from tests.db import released
from tests.db.released import MESSAGES, SKIPPED, Row
from tests.makers import MANAGER, a_venue
from venue import customers

pytestmark = pytest.mark.soak

HOW_MANY = 100_000 if os.environ.get("SOAK") == "full" else 2_000

# Messages at head: `resends` in place of `resent`, and the cause beside the sentence.
MESSAGES_NOW = table(
    "messages",
    *(column(each.name, each.type) for each in MESSAGES.c if each.name != "resent"),
    column("resends", Integer()),
    column("cause", Text()),
)


def test_every_row_of_the_first_version_is_kept(empty_database_url: str, database_kind: str) -> None:
    database = open_database(empty_database_url)
    schema.migrate(database, to="0001")
    with database.engine.begin() as connection:
        released.fill(connection, customers=HOW_MANY)
    started = time.monotonic()
    schema.migrate(database)
    print(f"{HOW_MANY:,} customers migrated on {database_kind} in {time.monotonic() - started:.1f} seconds")

    schema.check(database)
    with database.engine.connect() as connection:
        for stored, rows in released.every_table(HOW_MANY).items():
            if stored is MESSAGES:
                compare(connection, MESSAGES_NOW, map(message_now, rows))
            elif stored is released.CUSTOMERS:
                compare(connection, stored, map(customer_now, rows))
            else:
                compare(connection, stored, rows)
    finds_every_name(database)


def compare(connection: Connection, stored: TableClause, expected: Iterator[Row]) -> None:
    statement = select(stored).order_by(stored.c.id).execution_options(yield_per=1_000)
    for row, wanted in zip(connection.execute(statement).mappings(), expected, strict=True):
        assert dict(row) == wanted


def customer_now(row: Row) -> Row:
    """Since 0003 no apostrophe is a space to search."""
    digits = row["mobile_number"].removeprefix("+44")
    return row | {
        "search_text": search.search_text(row["first_name"], row["last_name"], row["mobile_number"], f"0{digits}"),
        "sort_key": search.sort_key(row["first_name"], row["last_name"]),
    }


def message_now(row: Row) -> Row:
    row = row | {
        "priority": {"event_moved": 1}.get(row["kind"], 2 * row["priority"]),
        "resends": int(row.pop("resent")),
        "cause": SKIPPED[row["reason"]] if row["state"] == "skipped" else None,
    }
    if row["erase_when_settled"] and row["next_step_at"] is None:
        # Since 0003 these are erased, as the customer was deleted and the message is no longer looked for.
        row |= {"mobile_number": None, "body": None, "erase_when_settled": False}
    return row


def finds_every_name(database: Database) -> None:
    with a_venue(database).reading(MANAGER) as session:
        assert customers.search(session, "").total == HOW_MANY
        for number, (first_name, last_name, *_) in enumerate(released.NAMES):
            count = len(range(number, HOW_MANY, len(released.NAMES)))
            assert customers.search(session, f"{first_name} {last_name}").total == count
