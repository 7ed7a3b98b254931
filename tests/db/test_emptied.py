"""A database that a test has used is as new for the next one."""

import pytest
from sqlalchemy import make_url, text

from db.models import Base
from db.session import Database, open_database
from tests.conftest import on_server
from tests.emptied import Emptied
from tests.makers import MANAGER, a_booking, a_venue

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])


def test_its_rows_and_numbers_are_those_of_a_new_one(database_url: str) -> None:
    database, used = open_database(database_url), Emptied(database_url)
    new = contents(database)
    with a_venue(database).transaction(MANAGER) as session:
        a_booking(session)
    assert contents(database) != new
    assert used.empty()
    assert contents(database) == new


@pytest.mark.parametrize("change", ["ALTER TABLE bookings ALTER seats DROP NOT NULL", "ANALYZE bookings"])
def test_it_is_not_used_again_after_more_than_rows_were_changed(database_url: str, change: str) -> None:
    used = Emptied(database_url)
    on_server(make_url(database_url), change)
    assert not used.empty()


def contents(database: Database) -> list[object]:
    """All rows, and the last number of each sequence."""
    with database.engine_for_reading.connect() as connection:
        rows = [connection.execute(table.select()).all() for table in Base.metadata.sorted_tables]
        numbers = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")).all()
    return [*rows, numbers]
