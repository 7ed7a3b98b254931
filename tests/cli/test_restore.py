"""`manage.py restore`; what is killed or refused is a real process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import connect
from sqlalchemy import create_engine, func, select, text

from db.models import Customer, Erasure
from db.postgresql import POOLER
from db.session import Database, open_briefly, open_database
from tests import command_line, postgresql_programs
from tests.fakes.servers import NEEDS_PGBOUNCER, PgBouncer, pgbouncer
from tests.makers import MANAGER, a_booking, a_customer
from tests.test_scheduler import environ
from venue import clock, privacy
from venue.backup_plan import BackupPlan
from venue.backups import make
from venue.journal import verify
from venue.profile import Venue

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]
HOW_MANY = 100_000 if os.environ.get("SOAK") == "full" else 2_000


@pytest.fixture
def venue(venue: Venue, tmp_path: Path) -> Venue:
    return replace(venue, backups=BackupPlan(folder=tmp_path, programs=postgresql_programs.folder()))


@pytest.fixture
def file(venue: Venue, tmp_path: Path) -> Path:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    return make.back_up(venue, tmp_path / "anchor.backup", worker="one", clock=clock.now).file


def start(venue: Venue, *arguments: str) -> "subprocess.Popen[str]":
    venue.database.close()
    programs = str(postgresql_programs.folder() or "")
    return subprocess.Popen(
        [sys.executable, "manage.py", "restore", *arguments],
        cwd=ROOT,
        env=environ(venue, PG_BIN=programs),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(venue: Venue, *arguments: str, answer: str = "", pooler: str = "") -> tuple[int, str, str]:
    venue.database.close()
    url = venue.database.engine.url.update_query_dict({POOLER: pooler} if pooler else {})
    finished = command_line.run(
        "restore",
        *arguments,
        url=url.render_as_string(hide_password=False),
        typed=answer,
        PG_BIN=str(postgresql_programs.folder() or ""),
    )
    return finished.exit_code, finished.stdout, finished.stderr


def count(venue: Venue) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalars(select(func.count()).select_from(Customer)).one()


def test_it_shows_what_would_be_lost_and_asks(venue: Venue, file: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, first_name="Ann", last_name="Lee", now=clock.now())

    status, output, _ = run(venue, str(file), answer="n\n")
    assert status == 1
    assert "anchor.backup is a backup of " in output
    assert "1 customer: Ann Lee" in output
    assert "Max added Ann Lee" in output
    assert count(venue) == 2

    status, output, errors = run(venue, str(file), answer="y\n")
    assert (status, errors) == (0, "")
    assert "The backup is restored" in output
    assert count(venue) == 1


def test_it_fills_an_empty_database_on_a_new_machine(venue: Venue, file: Path, empty_database_url: str) -> None:
    new = venue.with_database(open_database(empty_database_url))
    status, output, errors = run(new, str(file), answer="y\n")
    assert (status, errors) == (0, "")
    assert "The current database is empty.\nWho was erased since the backup is not known" in output
    assert count(new) == 1


def test_it_is_refused_while_others_use_the_database(venue: Venue, file: Path) -> None:
    with venue.reading_at_length(MANAGER) as session:
        session.scalar(select(func.count()).select_from(Customer))
        process = subprocess.run(
            [sys.executable, "manage.py", "restore", str(file), "--yes"],
            cwd=ROOT,
            env=environ(venue, PG_BIN=str(postgresql_programs.folder() or "")),
            capture_output=True,
            text=True,
        )
    assert process.returncode == 2
    assert process.stderr.startswith("Error: The database is in use by ")


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_even_if_running_ends_the_connections_of_others(venue: Venue, file: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session)
    engine = create_engine(venue.database.engine.url)
    with suppress(Exception), engine.connect() as other:
        other.execute(text("SELECT 1"))
        status, _, errors = run(venue, str(file), "--yes", "--even-if-running")
        assert (status, errors) == (0, "")
    engine.dispose()
    assert count(venue) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_damaged_database_is_only_replaced_when_asked_twice(venue: Venue, file: Path) -> None:
    """No list says who was erased since."""
    venue.database.close()
    assert venue.database.file is not None
    venue.database.file.write_bytes(b"not a database any more")
    status, output, errors = run(venue, str(file), "--yes")
    assert status == 2
    assert "file is not a database\nWho was erased since the backup is not known: if there is a list" in output
    assert errors.endswith("To restore it all the same: --even-if-not-erased\n")
    assert venue.database.file.read_bytes() == b"not a database any more"
    status, output, errors = run(venue, str(file), "--yes", "--even-if-not-erased")
    assert (status, errors) == (0, "")
    assert "The backup is restored" in output
    assert "Who was erased since the backup is not known" in output
    assert count(venue) == 1


@NEEDS_PGBOUNCER
@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("is_paused", [True, False], ids=["paused", "stopped"])
def test_it_goes_past_a_pooler(venue: Venue, file: Path, is_paused: bool) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, first_name="Bo", last_name="Lee", now=clock.now())
        gone = a_customer(session).id
        privacy.erase(session, gone, now=clock.now())
    with through_a_pooler(venue) as (pooler, pooled):
        if is_paused:
            on_its_console(pooler, b"PAUSE")
        else:
            pooler.kill()
        status, output, errors = run(venue, str(file), "--yes", pooler=pooler.address)
        assert (status, errors) == (0, "")
        assert "1 customer: Bo Lee" in output
        if is_paused:
            on_its_console(pooler, b"RESUME")
        else:
            pooler.start()
        with pooled.reading() as session:
            assert session.get(Erasure, gone) is not None
    assert count(venue) == 1


@NEEDS_PGBOUNCER
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_it_says_that_the_connections_of_a_pooler_count(venue: Venue, file: Path) -> None:
    with through_a_pooler(venue) as (pooler, _):
        status, _, errors = run(venue, str(file), "--yes", pooler=pooler.address)
        assert status == 2
        assert errors.rstrip().endswith(f"and stop or PAUSE the pooler at {pooler.address}")
        status, _, errors = run(venue, str(file), "--yes", "--even-if-running", pooler=pooler.address)
        assert (status, errors) == (0, "")
    assert count(venue) == 1


@contextmanager
def through_a_pooler(venue: Venue) -> Iterator[tuple[PgBouncer, Database]]:
    """A pooler that has a connection to the database of the venue, and the database through it."""
    itself = venue.database.engine.url
    with (
        pgbouncer(itself, admin_users="admin") as pooler,
        open_briefly(itself.update_query_dict({POOLER: pooler.address})) as pooled,
    ):
        pooled.check()
        yield pooler, pooled


def on_its_console(pooler: PgBouncer, command: bytes) -> None:
    with connect(host="127.0.0.1", port=pooler.port, dbname="pgbouncer", user="admin", autocommit=True) as console:
        console.execute(command)


def test_a_restore_that_is_killed_leaves_the_present_database(venue: Venue, file: Path, tmp_path: Path) -> None:
    """At any moment there is one whole database under its name: the present one, or the restored one."""
    with venue.transaction(MANAGER) as session:
        for _ in range(HOW_MANY):
            session.add(a_plain_customer())
    large = make.back_up(venue, tmp_path / "large.backup", worker="one", clock=clock.now).file
    with venue.transaction(MANAGER) as session:
        a_customer(session)
    killed = 0
    for delay in (0.0, 0.3, 0.8):
        process = start(venue, str(large), "--yes")
        wait_until_it_loads(venue, process)
        time.sleep(delay)
        killed += process.poll() is None
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert count(venue) in (HOW_MANY + 2, HOW_MANY + 1)
        with venue.reading_at_length(MANAGER) as session:
            assert verify.verify(session).counts == {}
    assert killed > 0
    started = time.monotonic()
    status, _, errors = run(venue, str(large), "--yes")
    print(f"{HOW_MANY:,} customers restored on {venue.database.dialect} in {time.monotonic() - started:.1f} seconds")
    assert (status, errors) == (0, "")
    assert count(venue) == HOW_MANY + 1


def a_plain_customer() -> Customer:
    now = clock.now()
    return Customer(
        first_name="Jo",
        last_name="Smith",
        mobile_number="+447700900123",
        search_text="jo smith",
        sort_key="smith\x1fjo",
        created_at=now,
        updated_at=now,
    )


def wait_until_it_loads(venue: Venue, process: "subprocess.Popen[str]") -> None:
    while process.poll() is None and not is_loading(venue):
        time.sleep(0.01)


def is_loading(venue: Venue) -> bool:
    file = venue.database.file
    if file is not None:
        return file.with_name(f"{file.stem}-restoring").exists()
    url = venue.database.engine.url
    engine = create_engine(url.set(database="postgres"))
    with engine.connect() as connection:
        there = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        loading = connection.scalar(there, {"name": f"{url.database}_restoring"})
    engine.dispose()
    return bool(loading)
