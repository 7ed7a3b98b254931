"""Which columns may name or describe a customer, and whose rows those are: said by each table itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table, inspect

from db.models import Base, Booking, Customer, Event, Message
from db.recorded import table_of, without_personal
from db.session import open_database

TABLES = tuple(Base.metadata.tables.values())
# What a column may be called by which rows are found that belong to a customer, if it refers to no other row.
KEYS = {"id", "customer_id", "mobile_number"}


def holds_text(column: Column[object]) -> bool:
    return isinstance(column.type, (String, LargeBinary, JSON))


def name(subject: Table | Column[object]) -> str:
    return str(subject)


def text_columns() -> Iterator[Column[object]]:
    return (column for table in TABLES for column in table.c if holds_text(column))


@pytest.mark.parametrize("column", text_columns(), ids=name)
def test_every_text_column_says_whether_it_is_personal(column: Column[object]) -> None:
    assert column.info.get("personal") in (True, False), "Give it info=PERSONAL or info=NOT_PERSONAL"


def personal_tables() -> Iterator[Table]:
    return (table for table in TABLES if any(column.info.get("personal") for column in table.c))


@pytest.mark.parametrize("table", personal_tables(), ids=name)
def test_every_table_with_personal_columns_says_whose_its_rows_are(table: Table) -> None:
    assert "belongs_by" in table.info, "Add belongs_by(…) to its __table_args__"
    for key in table.info["belongs_by"]:
        assert key in KEYS or table.c[key].foreign_keys, f"{key} does not say whose the row is"


@pytest.mark.parametrize("table", [table for table in TABLES if "customer_id" in table.c], ids=name)
def test_rows_with_a_customer_belong_to_them(table: Table) -> None:
    if table.name == "erasures":
        return  # Holds the ids of those who were erased, and nothing else of them.
    assert table.info["belongs_by"][0] == "customer_id"


def test_the_database_has_no_other_tables(database_url: str) -> None:
    stored = set(inspect(open_database(database_url).engine).get_table_names())
    index = {each for each in stored if each.startswith("customers_search")}
    assert stored - index == {*Base.metadata.tables, "alembic_version"}


def test_the_journal_records_no_personal_value_of_a_row_that_lost_its_customer() -> None:
    text = {"mobile_number": "+447700900123", "body": "Hello Jo", "state": "sent"}
    assert without_personal(table_of(Message), text) == {"state": "sent"}
    assert without_personal(table_of(Customer), {"first_name": "Jo"}) == {}
    assert without_personal(table_of(Booking), {"notes": "Jo's birthday", "seats": 2}) == {"seats": 2}


def test_the_journal_records_all_values_of_events() -> None:
    """So that they can be undone. No customer owns them."""
    assert without_personal(table_of(Event), {"name": "Jo's birthday"}) == {"name": "Jo's birthday"}
