"""One way to open a transaction, and a database that waits, refuses and forgets as it should."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from db import schema
from db.models import VenueSetting
from db.session import Database, DatabaseUnavailable, is_away, open_database
from tests.makers import MANAGER, NOW
from venue.profile import Venue


def names(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(text("SELECT name FROM venue_settings ORDER BY name")))


def setting(name: str) -> VenueSetting:
    return VenueSetting(name=name, value="", updated_at=NOW)


def test_a_transaction_is_kept_at_its_end(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        session.add(setting("kept"))
    assert names(venue) == ["kept"]


def test_any_exception_undoes_a_transaction(venue: Venue) -> None:
    def fail(session: Session) -> None:
        session.add(setting("undone"))
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError), venue.transaction(MANAGER) as session:
        fail(session)
    assert names(venue) == []


def test_one_database_is_opened_once_in_a_process(database_url: str) -> None:
    assert open_database(database_url) is open_database(database_url)


@pytest.fixture
def sqlite(new_database: Callable[..., str]) -> Database:
    return open_database(new_database("sqlite"))


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 15_000)],
)
def test_sqlite_keeps_what_it_was_told(sqlite: Database, pragma: str, value: object) -> None:
    for _ in range(2):
        with sqlite.engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_sqlite_takes_the_lock_with_its_first_question(sqlite: Database) -> None:
    impatient = create_engine(sqlite.engine.url, connect_args={"timeout": 0.05})
    with sqlite.transaction() as session, impatient.connect() as connection:
        session.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    impatient.dispose()


def test_a_database_that_stays_busy_may_answer_later(sqlite: Database) -> None:
    impatient = open_database(f"{sqlite.engine.url}?timeout=0.05")
    with impatient.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with sqlite.transaction() as writer:
        writer.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked") as raised, impatient.transaction() as waiting:
            waiting.execute(text("SELECT 1"))
    assert is_away(raised.value)
    impatient.close()


def test_reading_waits_for_no_writer_and_holds_up_none(venue: Venue) -> None:
    with venue.transaction(MANAGER) as writer:
        writer.add(setting("first"))
        writer.flush()
        assert names(venue) == []
    with venue.reading(MANAGER) as reader:
        assert reader.execute(text("SELECT count(*) FROM venue_settings")).scalar() == 1
        with venue.transaction(MANAGER) as writer:
            writer.add(setting("second"))
    assert names(venue) == ["first", "second"]


def test_who_looks_whether_the_database_is_right_waits_for_no_writer(venue: Venue) -> None:
    with venue.transaction(MANAGER) as writer:
        writer.add(setting("first"))
        writer.flush()
        schema.check(venue.database)
        assert schema.revision_of(venue.database) == schema.current_revision()


@pytest.mark.parametrize("opened", ["reading", "reading_at_length"])
def test_what_is_written_while_only_reading_is_not_kept(venue: Venue, opened: str) -> None:
    with suppress(DBAPIError), getattr(venue, opened)(MANAGER) as reader:
        reader.add(setting("written"))
        reader.flush()
    assert names(venue) == []


def test_writers_at_once_all_get_their_turn(venue: Venue) -> None:
    start = threading.Barrier(8)
    failed: list[BaseException] = []

    def write(number: int) -> None:
        start.wait()
        try:
            for step in range(5):
                with venue.transaction(MANAGER) as session:
                    session.execute(text("SELECT count(*) FROM venue_settings")).scalar()
                    session.add(setting(f"{number}-{step}"))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(names(venue)) == 40


@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
def test_no_statement_waits_for_ever_on_postgresql(new_database: Callable[..., str], name: str) -> None:
    database = open_database(new_database("postgresql"))
    with database.engine.connect() as connection:
        assert connection.execute(text(f"SHOW {name}")).scalar() != "0"
    database.close()


def test_only_who_reads_at_length_may_take_long(new_database: Callable[..., str]) -> None:
    database = open_database(new_database("postgresql"))
    for _ in range(2):
        with database.reading_at_length() as session:
            assert session.scalar(text("SHOW statement_timeout")) == "0"
            began = session.scalar(text("SELECT now()"))
            assert session.scalar(text("SELECT now()")) == began
        for hasty in (database.reading, database.transaction):
            with hasty() as session:
                assert session.scalar(text("SHOW statement_timeout")) == "30s"
    database.close()


def test_each_question_of_who_only_reads_is_a_transaction_of_its_own(new_database: Callable[..., str]) -> None:
    database = open_database(new_database("postgresql"))
    if database.pooler:
        pytest.skip("through a pooler each session is one transaction")
    with database.reading() as session:
        began = session.scalar(text("SELECT now()"))
        assert session.scalar(text("SELECT now()")) != began
    database.close()


@pytest.mark.parametrize("opened", ["transaction", "reading", "reading_at_length"])
def test_postgresql_comes_back_after_its_connections_were_cut(new_database: Callable[..., str], opened: str) -> None:
    database = open_database(new_database("postgresql"))
    pids = []
    for _ in range(2):
        with getattr(database, opened)() as session:
            pids.append(session.scalar(text("SELECT pg_backend_pid()")))
    assert pids[0] == pids[1]
    killer = open_database(f"{database.engine.url.render_as_string(hide_password=False)}&application_name=killer")
    gone = text("SELECT NOT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid")
    with killer.reading() as session:
        while session.scalar(gone, {"pid": pids[0]}) is not None:
            time.sleep(0.01)
    killer.close()
    with getattr(database, opened)() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != pids[0]
    database.close()


BUSY_OR_GONE = {"40001": "serialization", "40P01": "deadlock", "55P03": "lock timeout", "57P01": "shutting down"}
FOR_GOOD = {"22001": "too long", "23505": "not unique", "23514": "check", "42P01": "no such table"}


@pytest.mark.parametrize("code", [*BUSY_OR_GONE, *FOR_GOOD])
def test_what_may_go_well_later_is_told_from_what_never_will(new_database: Callable[..., str], code: str) -> None:
    engine = open_database(new_database("postgresql", migrated=False)).engine
    with pytest.raises(DBAPIError) as raised, engine.connect() as connection:
        connection.execute(text(f"DO $$ BEGIN RAISE 'told to' USING ERRCODE = '{code}'; END $$"))
    assert is_away(raised.value) == (code in BUSY_OR_GONE)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("anchor.db", "not a database address"),
        ("", "not a database address"),
        ("mysql://localhost/anchor", "Only sqlite and postgresql"),
        ("postgres://localhost/anchor", "Only sqlite and postgresql"),
    ],
)
def test_an_address_that_makes_no_sense_is_named(url: str, words: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=words):
        open_database(url)


@pytest.mark.parametrize("address", ["anchor:geheim@127.0.0.1:1/anchor", "127.0.0.1:1/anchor?password=geheim"])
def test_an_unreachable_server_is_named_without_its_password(address: str) -> None:
    database = open_database(f"postgresql://{address}")
    with pytest.raises(DatabaseUnavailable, match=r"Cannot reach the database .*127\.0\.0\.1") as refused:
        database.check()
    assert "geheim" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("A letter to the bank. " * 100)
    with pytest.raises(DatabaseUnavailable, match="Cannot reach the database"):
        open_database(f"sqlite:///{path}").check()


def test_a_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(DatabaseUnavailable, match="Cannot create the folder"):
        open_database("sqlite:////proc/anchor/anchor.db")
