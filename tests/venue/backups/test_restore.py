"""A restored backup has what it had, without the erased, and sends nothing before a look."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from channels.gateway import Outgoing
from db import schema
from db.backup_problem import BackupProblem
from db.models import Customer, Erasure, JournalEntry, Message, Template
from db.session import open_briefly, open_database
from scheduler_jobs import Scheduler
from settings import load
from tests import postgresql_programs
from tests.conftest import on_server
from tests.databases import ON_BOTH
from tests.db import released
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, a_booking, a_customer, days, hours, minutes
from tests.venue.backups.restored import put_back
from tests.venue.merging.two_of_them import last, merge
from tests.venue.staff.people import Browser, a_person, a_tablet
from venue import customers, privacy
from venue.backups import erasures, locked_out, make, newer, restore
from venue.backups import manifest as manifests
from venue.delivery import after_restore, schedulers
from venue.journal import verify
from venue.journal.undo import undo
from venue.messages import templates
from venue.profile import Venue
from venue.roles import COMMAND_LINE, SCHEDULER, SIGN_IN
from venue.staff import accounts, devices
from venue.staff.sign_in import SignInRefused

pytestmark = pytest.mark.plain_sql

LATER = NOW + hours(10)


@pytest.fixture
def file(venue: Venue, folder: Path) -> Path:
    """A backup of a booking for Jo Smith, made at NOW."""
    with venue.transaction(MANAGER) as session:
        a_booking(session, a_customer(session, last_name="Smith"))
    return make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file


@pytest.fixture(autouse=True)
def dropped(venue: Venue) -> Iterator[None]:
    """On a server, databases that were replaced are dropped."""
    yield
    if venue.database.dialect == "postgresql":
        venue.database.close()
        name = venue.database.engine.url.database
        server = venue.database.engine.url.set(database="postgres")
        for aside in (f"{name}_before-restore-{LATER:%Y%m%dt%H%M%Sz}", f"{name}_restoring"):
            on_server(server, f'DROP DATABASE IF EXISTS "{aside}" WITH (FORCE)')


def names(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(select(Customer.last_name).order_by(Customer.last_name)))


@ON_BOTH
def test_what_was_there_is_there_again_and_what_came_since_is_kept_aside(venue: Venue, file: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Newer")
        smith = session.scalars(select(Customer).where(Customer.last_name == "Smith")).one()
        customers.update(session, smith.id, version=1, last_name="Jones", now=NOW)

    restored = put_back(venue, file, now=LATER)

    assert names(venue) == ["Smith"]
    schema.check(venue.database)
    with venue.reading(MANAGER) as session:
        latest = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
        assert (latest.act, latest.actor) == ("backup.restored", COMMAND_LINE.name)
    with venue.reading_at_length(MANAGER) as session:
        assert verify.verify(session).counts == {}
    url = venue.database.engine.url
    url = url.set(database=restored.aside)
    with open_briefly(url) as aside, aside.reading() as session:
        assert set(session.scalars(select(Customer.last_name))) == {"Jones", "Newer"}


@ON_BOTH
def test_an_erased_customer_does_not_come_back(venue: Venue, folder: Path) -> None:
    """Whether the current database knows it, or only the list beside the backups."""
    with venue.transaction(MANAGER) as session:
        ids = [a_customer(session, last_name=name).id for name in ("Gone", "Listed", "Smith")]
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    with venue.transaction(MANAGER) as session:
        session.add(Erasure(customer_id=ids[1], erased_at=NOW + hours(1), actor="Max"))
    with venue.transaction(SCHEDULER) as session:
        erasures.append_new(session, folder)
    with venue.transaction(MANAGER) as session:
        session.delete(session.get_one(Erasure, ids[1]))
        privacy.erase(session, ids[0], now=NOW + hours(2))

    restored = put_back(venue, file, now=LATER)

    assert (restored.erased, names(venue)) == (2, ["Smith"])
    with venue.reading_at_length(MANAGER) as session:
        assert set(session.scalars(select(Erasure.customer_id))) == set(ids[:2])
        assert verify.verify(session).counts == {}
        values = session.connection().exec_driver_sql("SELECT before, after FROM journal_values").all()
        assert not [row for row in values if "Gone" in str(row) or "Listed" in str(row)]


@ON_BOTH
@pytest.mark.parametrize("revision", ["0012", "later"])
def test_a_current_database_of_another_version_says_who_was_erased(
    venue: Venue, file: Path, folder: Path, revision: str
) -> None:
    """As when going back to an older version, without a list beside the backups."""
    venue = replace(venue, backups=replace(venue.backups, folder=None))
    with venue.transaction(MANAGER) as session:
        gone = session.scalars(select(Customer.id)).one()
        privacy.erase(session, gone, now=NOW + hours(1))
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=LATER)
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    assert "A scheduler ran" in restore.in_use(venue, now=LATER)
    restored = put_back(venue, file, now=LATER)

    assert (restored.erased, restored.problems, names(venue)) == (1, [], [])


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("there", ["no folder is set", "the folder is away"])
def test_who_was_erased_must_be_known(venue: Venue, file: Path, tmp_path: Path, there: str) -> None:
    set_folder = None if there == "no folder is set" else tmp_path / "away"
    venue = replace(venue, backups=replace(venue.backups, folder=set_folder))
    venue.database.close()
    assert venue.database.file is not None
    venue.database.file.write_bytes(b"not a database any more")

    with pytest.raises(BackupProblem, match="Who was erased since the backup is not known"):
        put_back(venue, file, now=LATER)
    restored = put_back(venue, file, now=LATER, even_if_not_erased=True)

    assert (restored.problems, names(venue)) == ([erasures.NOT_KNOWN], ["Smith"])


@pytest.mark.parametrize("erased", ["the one who stayed", "the other, separated since"])
def test_an_erased_customer_who_is_merged_in_the_backup(venue: Venue, folder: Path, erased: str) -> None:
    """With the one who stayed, the other is erased, too. Who was separated since is named."""
    with venue.transaction(MANAGER) as session:
        keep, other = (a_customer(session, last_name=name) for name in ("Stayed", "Gone"))
        keep_id, other_id = keep.id, other.id
        merge(session, keep, other)
        entry_id = last(session)
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    separated = erased != "the one who stayed"
    with venue.transaction(MANAGER) as session:
        if separated:
            undo(session, entry_id, now=NOW + hours(1))
        privacy.erase(session, other_id if separated else keep_id, now=NOW + hours(2))
    if not separated:
        put_back(venue, file, now=LATER)
        assert names(venue) == []
        with venue.reading_at_length(MANAGER) as session:
            assert verify.verify(session).counts == {}
            values = session.connection().exec_driver_sql("SELECT before, after FROM journal_values").all()
            assert not [row for row in values if "Gone" in str(row) or "Stayed" in str(row)]
        return
    with pytest.raises(BackupProblem, match=f"{other_id}, erased since, is merged into customer {keep_id}"):
        put_back(venue, file, now=LATER)
    restored = put_back(venue, file, now=LATER, even_if_not_erased=True)
    assert (restored.erased, len(restored.problems)) == (0, 1)


def test_someone_who_cannot_be_erased_again_is_named(venue: Venue, folder: Path) -> None:
    """Their name was in a template, which has been changed since the backup."""
    with venue.transaction(MANAGER) as session:
        gone = a_customer(session, first_name="Ann", last_name="Quillfeather").id
        templates.add_missing(session, now=NOW)
        session.get_one(Template, "confirmation").body = "Ann Quillfeather welcomes you"
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    with venue.transaction(MANAGER) as session:
        session.add(Erasure(customer_id=gone, erased_at=LATER, actor="Max"))

    with pytest.raises(BackupProblem, match=f"Customer {gone}, erased since, .* body of template confirmation"):
        put_back(venue, file, now=LATER)
    restored = put_back(venue, file, now=LATER, even_if_not_erased=True)

    assert (restored.erased, len(restored.problems), names(venue)) == (0, 1, ["Quillfeather"])
    with venue.transaction(MANAGER) as session:
        # A later restore will try again, and so may a manager.
        assert session.get(Erasure, gone) is None
        session.get_one(Template, "confirmation").body = "Welcome"
        privacy.erase(session, gone, now=LATER)
    assert names(venue) == []


def test_everyone_is_signed_out(venue: Venue, folder: Path) -> None:
    a_person(venue)
    browser = Browser(venue, now=NOW)
    browser.password()
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    assert browser.actor() is not None
    put_back(venue, file, now=LATER)
    assert browser.actor() is None


@ON_BOTH
def test_who_was_dismissed_and_a_tablet_that_was_removed_stay_out(venue: Venue, folder: Path) -> None:
    a_person(venue)
    gone_id, tablet = a_person(venue, "Robin"), a_tablet(venue)
    tablet.password("Robin")
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    with venue.transaction(MANAGER) as session:
        accounts.disable(session, gone_id, now=NOW + hours(1))
        devices.remove(session, devices.listed(session)[0].id, now=NOW + hours(1))

    restored = put_back(venue, file, now=LATER)

    assert restored.locked_out == [
        "Robin was disabled since the backup: disabled again.",
        "Bar tablet was removed since the backup: removed again.",
    ]
    with pytest.raises(SignInRefused):
        Browser(venue).password("Robin")
    Browser(venue).password()
    with venue.reading(SIGN_IN) as session:
        assert devices.tablet_of(session, tablet.device_token) is None
    with venue.reading_at_length(MANAGER) as session:
        assert verify.verify(session).counts == {}


def test_no_text_is_sent_before_a_look(venue: Venue, folder: Path) -> None:
    """Not even for a backup that is only seconds old, which looks like one whose scheduler was restarted."""
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session)
        a_booking(session, customer)
        number = customer.mobile_number
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=NOW)
    file = make.back_up(venue, folder / "anchor.backup", worker="one", clock=lambda: NOW).file
    gateway = FakeGateway()
    gateway.now = lambda: NOW + minutes(1)
    sent = gateway.accept(Outgoing(message_id="1", to=number, body="Sent since"), "SM1")

    put_back(venue, file, now=NOW + minutes(2))
    scheduler = Scheduler(venue, gateway, load({}), now=lambda: NOW + minutes(2))
    scheduler.once()

    assert gateway.sent == []
    with venue.reading(MANAGER) as session:
        guard = after_restore.current(session)
        assert guard is not None
        assert guard.phase is after_restore.Phase.HELD
        assert [match.found.provider_id for match in after_restore.found(session)] == [sent.provider_id]
        assert session.scalars(select(func.count()).where(Message.state == "planned")).one() > 0


def test_what_would_be_lost_is_shown(venue: Venue, file: Path) -> None:
    with venue.transaction(MANAGER) as session:
        # A regular for years, whom the backup does not have all the same.
        customer = a_customer(session, first_name="Ann", last_name="Lee", now=NOW - days(1000))
        a_booking(session, customer, now=LATER)
        session.add(Erasure(customer_id=customer.id, erased_at=LATER, actor="Max"))
    with (
        restore.loaded(venue, file) as loaded,
        venue.reading_at_length(COMMAND_LINE) as session,
        loaded.venue.reading_at_length(COMMAND_LINE) as backup,
    ):
        found = newer.than(session, backup, made_at=loaded.made_at, last_entry=loaded.last_entry)
    assert list(found.lines) == ["1 customer: Ann Lee", "1 booking: Ann Lee for Quiz Night"]
    assert (found.entries, found.erasures) == (3, 1)
    assert found.latest[0].endswith("Max booked Ann Lee onto Quiz Night (2 seats) and notified them")


@ON_BOTH
def test_a_changed_file_is_not_restored(venue: Venue, file: Path) -> None:
    with open(file, "r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"changed")
    with pytest.raises(BackupProblem, match="was changed since it was made"):
        put_back(venue, file, now=LATER)
    assert names(venue) == ["Smith"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"SQLite format 2\0 and more"])
def test_what_is_no_backup_is_a_sentence(venue: Venue, folder: Path, content: bytes) -> None:
    (folder / "x").write_bytes(content)
    with pytest.raises(BackupProblem, match="neither an SQLite database nor a dump"):
        put_back(venue, folder / "x", now=LATER)


@ON_BOTH
def test_a_backup_of_the_other_kind_says_what_to_do(venue: Venue, folder: Path) -> None:
    other = {"sqlite": b"PGDMP", "postgresql": b"SQLite format 3\0"}[venue.database.dialect]
    (folder / "x").write_bytes(other)
    with pytest.raises(BackupProblem, match="copy-to-postgresql"):
        put_back(venue, folder / "x", now=LATER)


def test_a_manifest_that_says_more_rows_refuses(venue: Venue, file: Path) -> None:
    path = manifests.path_of(file)
    stored = json.loads(path.read_text())
    stored["rows"]["customers"] = 2
    path.write_text(json.dumps(stored))
    with pytest.raises(BackupProblem, match="has 1 rows of customers, its manifest says 2"):
        put_back(venue, file, now=LATER)
    assert names(venue) == ["Smith"]


def test_without_a_manifest_the_journal_says_how_old_it_is(venue: Venue, file: Path) -> None:
    manifests.path_of(file).unlink()
    with restore.loaded(venue, file) as loaded:
        assert loaded.manifest is None
        assert loaded.made_at == NOW


@ON_BOTH
def test_a_database_that_others_use_is_not_replaced(venue: Venue, file: Path) -> None:
    with open_briefly(venue.database.engine.url) as other, other.reading() as session:
        session.scalar(select(func.count()).select_from(Customer))
        assert "is in use by" in restore.in_use(venue, now=LATER)
        with pytest.raises(BackupProblem, match="in use"):
            put_back(venue, file, now=LATER)
    assert names(venue) == ["Smith"]
    assert restore.in_use(venue, now=LATER) == ""


def test_a_scheduler_that_has_just_run_is_named(venue: Venue, file: Path) -> None:
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker="one", started_at=NOW, now=NOW)
    assert "A scheduler ran" in restore.in_use(venue, now=NOW + timedelta(seconds=29))
    assert restore.in_use(venue, now=NOW + timedelta(seconds=31)) == ""


@ON_BOTH
def test_a_backup_of_the_first_version_is_brought_up_to_date(
    venue: Venue, empty_database_url: str, folder: Path
) -> None:
    """Made by the database's own tools, as its manual advised."""
    old = open_database(empty_database_url)
    schema.migrate(old, to="0001")
    with old.engine.begin() as connection:
        released.fill(connection, customers=50)
    file = folder / "old"
    if old.dialect == "sqlite":
        with sqlite3.connect(old.file or "") as source, sqlite3.connect(file) as target:
            source.backup(target)
    else:
        pg_dump = shutil.which("pg_dump", path=postgresql_programs.folder())
        url = old.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run([pg_dump, "--format=custom", "--file", file, url], check=True)
    old.close()

    put_back(venue, file, now=LATER)

    schema.check(venue.database)
    assert len(names(venue)) == 50


@ON_BOTH
def test_two_restores_at_once_do_not_meet(venue: Venue, file: Path) -> None:
    with restore.loaded(venue, file), pytest.raises(BackupProblem, match="Another process is restoring"):
        put_back(venue, file, now=LATER)
    put_back(venue, file, now=LATER)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_present_database_is_no_backup_of_itself(venue: Venue) -> None:
    assert venue.database.file is not None
    with pytest.raises(BackupProblem, match="is the current database"):
        put_back(venue, venue.database.file, now=LATER)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_copy_of_the_files_of_a_database_in_use_is_restored_whole(venue: Venue, folder: Path) -> None:
    """As a snapshot of the disk has them: the latest rows are only in the file beside it."""
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Smith")
    database = venue.database.file
    assert database is not None
    for ending in ("", "-wal"):
        shutil.copy(f"{database}{ending}", folder / f"copy.db{ending}")
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Newer")
    put_back(venue, folder / "copy.db", now=LATER)
    assert names(venue) == ["Smith"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_damaged_database_is_replaced(venue: Venue, file: Path) -> None:
    venue.database.close()
    database = venue.database.file
    assert database is not None
    database.write_bytes(b"not a database any more")
    restored = put_back(venue, file, now=LATER)
    assert names(venue) == ["Smith"]
    assert Path(restored.aside).read_bytes() == b"not a database any more"
    assert restored.locked_out == [locked_out.NOT_KNOWN]


@ON_BOTH
def test_a_restored_database_is_backed_up_again(venue: Venue, file: Path, folder: Path) -> None:
    put_back(venue, file, now=LATER)
    made = make.back_up(venue, folder / "again", worker="one", clock=lambda: LATER + days(1))
    assert made.remark == ""


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("step", ["link", "replace"])
def test_a_last_step_that_fails_leaves_the_present_database(
    venue: Venue, file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Newer")

    def fail(*_paths: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(BackupProblem, match="cannot be replaced: No space left on device"):
            put_back(venue, file, now=LATER)
    assert names(venue) == ["Newer", "Smith"]
    database = venue.database.file
    assert database is not None
    assert list(database.parent.glob(f"{database.stem}-*")) == []
    put_back(venue, file, now=LATER)
    assert names(venue) == ["Smith"]
