"""Through a real PgBouncer in transaction mode, each transaction has our settings and leaves none behind."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError

from db.postgresql import POOLER
from db.session import Database, DatabaseUnavailable, open_briefly, open_database
from tests.fakes.servers import NEEDS_PGBOUNCER, pgbouncer

OURS = {
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
}
READS_AT_ONCE = 8


@pytest.fixture(scope="module")
def url(new_database: Callable[..., str]) -> str:
    return new_database("postgresql")


@pytest.fixture
def pooled(url: str) -> Iterator[Database]:
    """PgBouncer has two connections of PostgreSQL for all of ours."""
    itself = make_url(url).difference_update_query([POOLER])
    with (
        pgbouncer(itself, default_pool_size="2") as it,
        open_briefly(itself.update_query_dict({POOLER: it.address})) as database,
    ):
        yield database


@NEEDS_PGBOUNCER
@pytest.mark.parametrize("way", ["reading", "transaction"])
def test_each_transaction_has_our_settings(pooled: Database, way: str) -> None:
    for _ in range(3):
        with getattr(pooled, way)() as session:
            assert {name: session.scalar(text(f"SHOW {name}")) for name in OURS} == OURS
            assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


@NEEDS_PGBOUNCER
@pytest.mark.parametrize(
    ("way", "isolation"), [("reading_at_length", "read committed"), ("reading_a_snapshot", "repeatable read")]
)
def test_who_reads_at_length_has_no_limit_and_leaves_none_behind(pooled: Database, way: str, isolation: str) -> None:
    with getattr(pooled, way)() as session:
        assert session.scalar(text("SHOW statement_timeout")) == "0"
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "0"
        assert session.scalar(text("SHOW transaction_isolation")) == isolation
        streamed = text("SELECT * FROM generate_series(1, 2500)").execution_options(yield_per=1000)
        assert sum(session.scalars(streamed)) == 2500 * 2501 // 2
    with pooled.reading() as session:
        assert session.scalar(text("SHOW statement_timeout")) == "30s"
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


@NEEDS_PGBOUNCER
@pytest.mark.parametrize("way", ["reading", "reading_at_length", "reading_a_snapshot"])
def test_who_only_reads_cannot_write(pooled: Database, way: str) -> None:
    with pytest.raises(DBAPIError, match="read-only transaction"), getattr(pooled, way)() as session:
        session.execute(text("DELETE FROM customers"))
    with pooled.transaction() as session:
        session.execute(text("DELETE FROM customers"))


@NEEDS_PGBOUNCER
def test_many_at_once_share_few_connections(pooled: Database) -> None:
    problems: list[Exception] = []

    def read() -> None:
        try:
            for number in range(20):
                with pooled.reading() as session:
                    # A statement that the driver would prepare, and another connection not know.
                    assert session.scalar(text("SELECT CAST(:number AS integer)"), {"number": number}) == number
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=read) for _ in range(READS_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@NEEDS_PGBOUNCER
def test_the_settings_and_begin_are_one_message(pooled: Database) -> None:
    assert len(sent_by(pooled)) == 2


def test_without_a_pooler_no_transaction_sends_more_than_its_statements(url: str) -> None:
    with open_briefly(make_url(url).difference_update_query([POOLER])) as database:
        assert len(sent_by(database)) == 1


def sent_by(database: Database) -> list[str]:
    """The messages of a transaction with one statement, as far as the driver does not add some itself."""
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
    return sent


@NEEDS_PGBOUNCER
def test_the_address_of_the_engine_goes_past_the_pooler(pooled: Database) -> None:
    with open_briefly(pooled.engine.url) as itself:
        assert (itself.pooler, pooled.pooler != "") == ("", True)
        itself.check()


@pytest.mark.parametrize("pooler", ["localhost", ":6432", "localhost:port"])
def test_a_pooler_without_host_or_port_is_named(pooler: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="Write HOST:PORT, like localhost:6432"):
        open_database(f"postgresql://localhost/anchor?pooler={pooler}")
