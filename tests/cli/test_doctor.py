"""`doctor` on a sound venue, and after each of many faults: one sentence names it."""

import os
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import make_url, text

from cli import machine_checks
from db import schema
from db.models import Backup, Pause, VenueSetting
from db.postgresql import POOLER
from tests import command_line, postgresql_programs
from tests.fakes.servers import NEEDS_PGBOUNCER, a_certificate, closed_port, pgbouncer, web_server
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, a_customer, hours, minutes
from venue import clock
from venue.delivery import outages, pings, schedulers
from venue.delivery.due_messages import SENDING_HELD
from venue.messages import outbox
from venue.profile import Venue
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts

TWILIO = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "secret", "TWILIO_FROM": "+447700900999"}


@dataclass
class Place:
    """A venue to plant a fault in: its database and environment, and what ends with the test."""

    venue: Venue
    folder: Path
    patch: pytest.MonkeyPatch
    ends: ExitStack
    environ: dict[str, str] = field(default_factory=dict)

    def execute(self, statement: str) -> None:
        with self.venue.database.engine.begin() as connection:
            connection.execute(text(statement))

    def add(self, *rows: object) -> None:
        with self.venue.transaction(MANAGER_AND_SCHEDULER) as session:
            session.add_all(rows)

    def doctor(self) -> Result:
        url = self.venue.database.engine.url.render_as_string(hide_password=False)
        given = {"DATABASE_URL": url, **self.environ}
        return command_line.run("doctor", url=given.pop("DATABASE_URL"), folder=self.folder, typed="", **given)


@pytest.fixture
def place(venue: Venue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A sound one: a manager, a scheduler that was just seen, a backup of last night."""
    now = clock.now()
    if venue.database.file is not None:
        venue.database.file.chmod(0o600)
    with venue.transaction(COMMAND_LINE) as session:
        accounts.add(session, name="Ann", role=Role.MANAGER, now=now)
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=now, now=now)
        session.add(Backup(started_at=now - hours(8), verified_at=now, state="verified", size=1))
    backups, no_processes = tmp_path / "backups", tmp_path / "processes"
    backups.mkdir()
    # Tests that run beside this one start schedulers, too.
    monkeypatch.setattr(machine_checks, "PROCESSES", no_processes)
    environ = {"BACKUP_FOLDER": str(backups), "BACKUP_COPIED_TO": "a safe"}
    with ExitStack() as ends:
        yield Place(venue, tmp_path, monkeypatch, ends, environ)


def older_schema(place: Place) -> None:
    first = next(iter(schema._scripts().get_bases()))
    place.execute(f"UPDATE alembic_version SET version_num = '{first}'")


def newer_schema(place: Place) -> None:
    place.execute("UPDATE alembic_version SET version_num = 'later'")


def database_away(place: Place) -> None:
    place.environ["DATABASE_URL"] = f"postgresql://anchor@127.0.0.1:{closed_port()}/anchor"


def scheduler_never_ran(place: Place) -> None:
    place.execute("DELETE FROM heartbeats")


def scheduler_died(place: Place) -> None:
    scheduler_never_ran(place)
    with place.venue.transaction(MANAGER_AND_SCHEDULER) as session:
        before = clock.now() - minutes(10)
        schedulers.beat(session, worker="one", started_at=before, now=before)


def scheduler_of_a_copy(place: Place) -> None:
    place.patch.setattr(machine_checks, "PROCESSES", Path("/proc"))
    command = [sys.executable, "-c", "input()", "scheduler.py"]
    process = subprocess.Popen(command, cwd=machine_checks.ROOT, stdin=subprocess.PIPE)
    place.ends.callback(process.communicate)


def clock_behind(place: Place) -> None:
    note = clock.drift_warning(-minutes(3))
    with place.venue.transaction(MANAGER_AND_SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=clock.now(), now=clock.now(), note=note)


def twilio_refuses(place: Place) -> None:
    place.add(Pause(account="a", scope="", reason="No", paused_at=clock.now(), try_again_at=clock.now()))


def twilio_away(place: Place) -> None:
    with place.venue.transaction(MANAGER_AND_SCHEDULER) as session:
        outages.note(session, "Twilio could not be reached", now=clock.now() - minutes(12.5))


def late_text(place: Place) -> None:
    with place.venue.transaction(MANAGER_AND_SCHEDULER) as session:
        words = {"body": "Hi", "form_token": "form", "now": clock.now() - minutes(6)}
        outbox.text_customer(session, customer_id=a_customer(session).id, **words)


def restored_backup(place: Place) -> None:
    value = '{"phase": "held", "since": "2027-01-14T12:00:00+00:00"}'
    place.add(VenueSetting(name=SENDING_HELD, value=value, updated_at=clock.now()))


def no_backups(place: Place) -> None:
    place.environ = {**TWILIO}


def old_backup(place: Place) -> None:
    place.execute("DELETE FROM backups")
    place.add(Backup(started_at=clock.now() - hours(30), verified_at=clock.now(), state="verified", size=1))


def failed_backup(place: Place) -> None:
    place.add(Backup(started_at=clock.now(), state="failed", problem="The file is damaged"))


def backup_folder_gone(place: Place) -> None:
    (place.folder / "backups").rmdir()


def backup_on_the_same_disk(place: Place) -> None:
    place.environ["BACKUP_FOLDER"] = str(file_of(place).parent)
    place.environ["BACKUP_COPIED_TO"] = ""


def full_disk(place: Place) -> None:
    space = namedtuple("space", "f_bavail f_frsize f_blocks")
    place.patch.setattr(os, "statvfs", lambda _folder: space(499, 1_000_000, 10_000))


def folder_not_writable(place: Place) -> None:
    access, folder = os.access, file_of(place).parent
    place.patch.setattr(os, "access", lambda path, mode: path != folder and access(path, mode))


def public_file(place: Place) -> None:
    file_of(place).chmod(0o644)


def growing_log(place: Place) -> None:
    place.patch.setattr(machine_checks, "LARGE_LOG", 0)
    session = place.ends.enter_context(place.venue.reading(MANAGER))
    session.execute(text("SELECT count(*) FROM customers"))
    with place.venue.transaction(MANAGER) as writing:
        a_customer(writing)


def journal_changed(place: Place) -> None:
    place.execute("UPDATE journal_entries SET actor = 'Another'")


def no_manager(place: Place) -> None:
    place.execute("UPDATE staff SET disabled_at = created_at")


def half_of_twilio(place: Place) -> None:
    place.environ |= {**TWILIO, "TWILIO_AUTH_TOKEN": ""}


def sender_with_letters(place: Place) -> None:
    place.environ |= {**TWILIO, "TWILIO_FROM": "THEANCHOR"}


def demo_with_texts(place: Place) -> None:
    place.environ |= {**TWILIO, "SIGN_IN": "demo"}


def unknown_zone(place: Place) -> None:
    place.environ["VENUE_TIMEZONE"] = "Europe/Lundon"


def mail_server_away(place: Place) -> None:
    place.environ |= {"SMTP_HOST": "127.0.0.1", "SMTP_FROM": "bookings@example.com", "SMTP_TLS": "none"}
    place.environ["SMTP_PORT"] = str(closed_port())


def openid_away(place: Place) -> None:
    issuer = f"http://127.0.0.1:{closed_port()}"
    place.environ |= {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "secret"}


def public_url_of_another(place: Place) -> None:
    place.environ["PUBLIC_URL"] = place.ends.enter_context(web_server(b"Under construction"))


def public_url_away(place: Place) -> None:
    place.environ["PUBLIC_URL"] = f"http://127.0.0.1:{closed_port()}"


def certificate_expires(place: Place) -> None:
    certificate = a_certificate(place.folder, valid=timedelta(days=5))
    place.patch.setenv("SSL_CERT_FILE", str(certificate))
    place.environ["PUBLIC_URL"] = place.ends.enter_context(web_server(b"ok", certificate))


def certificate_is_not_valid(place: Place) -> None:
    certificate = a_certificate(place.folder, valid=timedelta(days=90))
    place.environ["PUBLIC_URL"] = place.ends.enter_context(web_server(b"ok", certificate))


def ping_fails(place: Place) -> None:
    place.environ["PING_URL"] = "https://watch.example.com/secret"
    with place.venue.transaction(MANAGER_AND_SCHEDULER) as session:
        pings.note(session, "it answered with status 404", now=clock.now())


def pg_trgm_missing(place: Place) -> None:
    place.execute("DROP EXTENSION pg_trgm CASCADE")


def read_only(place: Place) -> None:
    database = place.venue.database
    name = database.engine.url.database

    def default(value: str) -> None:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}'))
        database.close()

    place.ends.callback(default, "off")
    default("on")


def pooler_in_between(place: Place) -> None:
    url = place.venue.database.engine.url
    host, port = place.ends.enter_context(pgbouncer(url, ignore_startup_parameters="options")).address.split(":")
    through = url.set(host=host, port=int(port), query={})
    place.environ["DATABASE_URL"] = through.render_as_string(hide_password=False)


def pooler_in_its_own_way(place: Place) -> None:
    pooler_in_between(place)
    url = make_url(place.environ["DATABASE_URL"])
    place.environ["DATABASE_URL"] += f"?pooler={url.host}:{url.port}"


def pooler_of_statements(place: Place) -> None:
    place.environ["DATABASE_URL"] = through_pgbouncer(place, pool_mode="statement")


def through_pgbouncer(place: Place, **settings: str) -> str:
    url = place.venue.database.engine.url
    pooler = place.ends.enter_context(pgbouncer(url, **settings))
    return url.update_query_dict({POOLER: pooler.address}).render_as_string(hide_password=False)


def pg_dump_missing(place: Place) -> None:
    place.environ["PG_BIN"] = str(place.folder / "none")


# Each with the beginning of a sentence, as `doctor` says it.
FAULTS: list[tuple[Callable[[Place], None], str]] = [
    (older_schema, "The database is older than this version of Anchor Desk. Run: python manage.py migrate"),
    (newer_schema, "The database is newer than this version of Anchor Desk. Install the version"),
    (database_away, "Cannot reach the database"),
    (scheduler_never_ran, "The scheduler has never run. Start it"),
    (scheduler_died, "The scheduler is not running, last seen"),
    (scheduler_of_a_copy, "if it uses a copy, guests get texts twice. Stop it, or set its DATABASE_URL"),
    (clock_behind, "180 seconds behind Twilio's"),
    (twilio_refuses, "Sending is paused: No"),
    (twilio_away, "Twilio has not answered for 12 minutes: can this machine reach the internet?"),
    (late_text, "1 text is over 5 minutes late: Messages shows why"),
    (restored_backup, "Sending is paused: this looks like a restored backup"),
    (no_backups, "No backups are made at night: set BACKUP_FOLDER"),
    (old_backup, "No backup since"),
    (failed_backup, "The latest backup failed: The file is damaged"),
    (backup_folder_gone, "does not exist"),
    (full_disk, "is over 95% full: 499 MB are free"),
    (folder_not_writable, "or its folder: nothing can be saved"),
    (public_file, "Every user of this machine can read"),
    (growing_log, "does a program keep the database open for reading? Restart"),
    (journal_changed, "The journal was changed from outside: "),
    (no_manager, "No manager can sign in: python manage.py staff"),
    (half_of_twilio, "TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET) is missing"),
    (sender_with_letters, "TWILIO_FROM has letters in it: guests can answer no text"),
    (demo_with_texts, "SIGN_IN is 'demo', which signs everyone in"),
    (unknown_zone, "VENUE_TIMEZONE is 'Europe/Lundon', which is not a time zone"),
    (mail_server_away, "The mail server could not be used (ConnectionRefusedError): check the SMTP_ settings"),
    (openid_away, "Staff cannot sign in through 127.0.0.1: OIDC_ISSUER: Connection refused"),
    (public_url_of_another, "is answered by something else than this dashboard"),
    (public_url_away, "does not answer here: Connection refused"),
    (certificate_expires, "The certificate of PUBLIC_URL expires on"),
    (certificate_is_not_valid, "does not answer here: its certificate is not valid (self"),
    (ping_fails, "PING_URL (watch.example.com) was called, but it answered with status 404"),
]
FAULTS_OF_POSTGRESQL: list[Any] = [
    (read_only, "The database is read-only, so nothing can be saved"),
    (pg_trgm_missing, "The extension pg_trgm is missing, so searching is slow"),
    pytest.param(
        *(pooler_in_between, "The database does not get our settings, such as time limits: is PgBouncer in between?"),
        marks=NEEDS_PGBOUNCER,
    ),
    pytest.param(pooler_in_its_own_way, "Backups do not get past the pooler", marks=NEEDS_PGBOUNCER),
    pytest.param(pooler_of_statements, "Cannot reach the database", marks=NEEDS_PGBOUNCER),
    (pg_dump_missing, "Backups cannot be made: pg_dump is not in"),
]


def name_of(each: object) -> str:
    return getattr(each, "__name__", "")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_sound_venue_has_no_fault(place: Place) -> None:
    finished = place.doctor()
    assert (finished.exit_code, "WRONG" in finished.output) == (0, False), finished.output


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_something_long_that_is_written_is_no_fault(place: Place) -> None:
    with place.venue.transaction(MANAGER) as session:
        session.execute(text("DELETE FROM venue_settings"))
        finished = place.doctor()
    assert (finished.exit_code, "WRONG" in finished.output) == (0, False), finished.output


@NEEDS_PGBOUNCER
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_pgbouncer_in_transaction_mode_is_no_fault(place: Place) -> None:
    place.environ |= {"DATABASE_URL": through_pgbouncer(place), "PG_BIN": str(postgresql_programs.folder() or "")}
    finished = place.doctor()
    assert (finished.exit_code, "WRONG" in finished.output) == (0, False), finished.output
    assert "PostgreSQL gets our settings through the pooler at 127.0.0.1:" in finished.output


@pytest.mark.parametrize(("plant", "words"), FAULTS, ids=name_of)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_planted_fault_is_named(place: Place, plant: Callable[[Place], None], words: str) -> None:
    assert_named(place, plant, words)


@pytest.mark.parametrize(("plant", "words"), FAULTS_OF_POSTGRESQL, ids=name_of)
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_each_planted_fault_of_postgresql_is_named(place: Place, plant: Callable[[Place], None], words: str) -> None:
    assert_named(place, plant, words)


def assert_named(place: Place, plant: Callable[[Place], None], words: str) -> None:
    plant(place)
    finished = place.doctor()
    wrong = [line for line in finished.output.splitlines() if line.startswith(("WRONG", "Error: "))]
    assert finished.exit_code > 0
    assert any(words in line for line in wrong), finished.output
    # Nothing else is wrong, but for what the test itself brings about.
    assert len(wrong) <= 2, finished.output


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_backups_on_the_disk_of_the_database_are_a_hint(place: Place) -> None:
    backup_on_the_same_disk(place)
    assert "The backups are on the same disk as the database: keep a copy elsewhere" in place.doctor().output


def file_of(place: Place) -> Path:
    assert place.venue.database.file is not None
    return place.venue.database.file
