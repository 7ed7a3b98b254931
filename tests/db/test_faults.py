"""Why the database cannot be used, in plain words and without a value, on both kinds of database."""

import resource
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db import faults
from db.models import VenueSetting
from db.session import Database, is_away, open_database
from tests.fakes.servers import closed_port
from tests.full_disk import FULL, READ_ONLY, disk
from tests.makers import MANAGER, NOW
from venue import logs
from venue.profile import Venue

OF_SQLITE = [
    (FULL, "the disk of the database is full (OperationalError: database or disk is full)"),
    (READ_ONLY, "the database is read-only (OperationalError: attempt to write a readonly database)"),
]
OF_POSTGRESQL = {
    "53100": "the disk of the database is full",
    "25006": "the database is read-only",
    "58030": "the disk of the database cannot be read or written",
    "55P03": "the database is busy",
    "53300": "the database has too many connections",
    "57P03": "the database is starting",
    "53200": "the database cannot do this now",
}


@pytest.mark.plain_sql
@pytest.mark.parametrize(("pragma", "words"), OF_SQLITE)
def test_sqlite_says_why_nothing_can_be_saved(venue: Venue, pragma: str, words: str) -> None:
    large = VenueSetting(name="secret", value="Xanthippe" * 10**6, updated_at=NOW)
    with disk(venue.database, pragma):
        with pytest.raises(DBAPIError) as raised, venue.transaction(MANAGER) as session:
            session.add(large)
        assert is_away(raised.value)
        assert logs.describe_away(raised.value) == words
        assert words.startswith(faults.why_not_saved(raised.value) + " (")


@pytest.mark.plain_sql
def test_a_quota_that_is_used_up_is_a_disk_that_cannot_be_written(venue: Venue) -> None:
    """SQLite calls only a disk without space full. Linux refuses this process to make any file larger."""
    large = VenueSetting(name="secret", value="Xanthippe" * 10**6, updated_at=NOW)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(DBAPIError) as raised, venue.transaction(MANAGER) as session:
            session.add(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    words = "the disk of the database cannot be read or written (OperationalError: disk I/O error)"
    assert logs.describe_away(raised.value) == words


@pytest.fixture(scope="module")
def postgresql(new_database: Callable[..., str]) -> Database:
    return open_database(new_database("postgresql", migrated=False))


@pytest.mark.parametrize(("code", "words"), OF_POSTGRESQL.items())
def test_postgresql_says_why_it_cannot_be_used(postgresql: Database, code: str, words: str) -> None:
    raising = text(f"DO $$ BEGIN RAISE 'told to' USING ERRCODE = '{code}', DETAIL = 'Xanthippe'; END $$")
    with pytest.raises(DBAPIError) as raised, postgresql.engine.connect() as connection:
        connection.execute(raising)
    assert is_away(raised.value)
    said = logs.describe_away(raised.value)
    assert (said.startswith(f"{words} ("), said.endswith(": told to)")) == (True, True), said
    assert bool(faults.why_not_saved(raised.value)) == (code in ("53100", "25006", "58030"))


def test_a_server_that_is_not_there_is_named_with_what_its_driver_said() -> None:
    away = open_database(f"postgresql://anchor:secret-word@127.0.0.1:{closed_port()}/anchor")
    with pytest.raises(DBAPIError) as raised, away.engine.connect():
        pass
    said = logs.describe_away(raised.value)
    assert said.startswith("the database cannot be reached (OperationalError: connection failed")
    assert "Connection refused" in said
    assert "secret-word" not in said
    away.close()


@pytest.mark.plain_sql
def test_a_file_that_is_not_there_cannot_be_opened(venue: Venue) -> None:
    with pytest.raises(DBAPIError) as raised, venue.transaction(MANAGER) as session:
        session.execute(text("ATTACH DATABASE '/there/is/no/such/folder/x.db' AS other"))
    assert faults.in_words(raised.value) == "the file of the database cannot be opened"
