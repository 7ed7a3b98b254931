"""A backup is made while others write, and is only kept when it could be loaded and has everything."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from db import backup, backup_postgresql
from db.backup import Tools
from db.backup_problem import BackupProblem
from db.models import Backup, JournalEntry
from db.session import Database, open_briefly
from tests.conftest import on_server
from tests.makers import MANAGER, NOW, a_booking, a_customer, seconds
from venue.backups import make
from venue.backups import manifest as manifests
from venue.backups.files import name_at
from venue.backups.make import Made
from venue.journal import seals
from venue.profile import Venue
from venue.roles import SCHEDULER

FILE = "anchor.backup"


def back_up(venue: Venue, folder: Path) -> Made:
    return make.back_up(venue, folder / FILE, worker="one", clock=lambda: NOW)


def record_of(venue: Venue) -> Backup:
    with venue.reading(MANAGER) as session:
        return session.scalars(select(Backup)).one()


@contextmanager
def loaded(venue: Venue, file: Path) -> Iterator[Database]:
    with backup.loaded_to_check(file, venue.database, Tools(venue.backups.programs)) as database:
        yield database


def test_a_backup_has_every_row_and_says_so(venue: Venue, folder: Path) -> None:
    with venue.transaction(MANAGER) as session:
        for _ in range(3):
            a_booking(session)
    seals.seal_all(lambda: venue.transaction(SCHEDULER), now=NOW)

    made = back_up(venue, folder)

    manifest = manifests.read(made.file)
    assert manifest == made.manifest
    assert (manifest.made_at, manifest.database) == (NOW, venue.database.dialect)
    assert (manifest.rows["customers"], manifest.rows["bookings"], manifest.rows["events"]) == (3, 3, 3)
    assert manifest.sha256 == manifests.hash_of(made.file)
    assert manifest.size == made.file.stat().st_size
    assert len(manifest.seal) == 9
    assert (made.remark, "journal" in manifest.checks) == ("", True)
    with loaded(venue, made.file) as database, database.reading() as session:
        assert backup.count_rows(session) == manifest.rows
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(JournalEntry.act).order_by(JournalEntry.id.desc())).first() == "backup.made"
    record = record_of(venue)
    assert (record.state, record.place, record.seal) == ("verified", str(made.file), manifest.seal)


def test_only_the_owner_can_read_a_backup_and_nothing_else_is_left(venue: Venue, folder: Path) -> None:
    made = back_up(venue, folder)
    assert {path.name for path in folder.iterdir()} == {FILE, f"{FILE}.json"}
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made.file.parent == folder


def test_others_write_while_a_backup_is_made(venue: Venue, folder: Path) -> None:
    """The counts are of the same moment as the copy, and no writer waits for it."""
    stop = threading.Event()
    added: list[int] = []

    def write() -> None:
        while not stop.is_set():
            with venue.transaction(MANAGER) as session:
                a_customer(session)
            added.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            made = back_up(venue, folder)
            assert made.remark == ""
    finally:
        stop.set()
        writer.join()
    assert len(added) > 3


def test_a_backup_that_lacks_a_row_is_not_kept(venue: Venue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session)
    counted = backup.count_rows

    def one_more(session, tables=None):
        rows = counted(session, tables)
        return rows if tables else {**rows, "customers": rows["customers"] + 1}

    monkeypatch.setattr(backup, "count_rows", one_more)
    with pytest.raises(BackupProblem, match="The backup has 1 rows of customers, and the database 2"):
        back_up(venue, folder)
    assert list(folder.iterdir()) == []
    assert (record_of(venue).state, record_of(venue).verified_at) == ("failed", None)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_damaged_file_is_not_kept(venue: Venue, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        for _ in range(300):
            a_customer(session, notes="A long note " * 20)
    written = backup.write

    def write_and_damage(session, file, tools):
        written(session, file, tools)
        with open(file, "r+b") as opened:
            opened.seek(file.stat().st_size // 2)
            opened.write(os.urandom(8192))

    monkeypatch.setattr(backup, "write", write_and_damage)
    with pytest.raises(BackupProblem, match="damaged"):
        back_up(venue, folder)
    assert list(folder.iterdir()) == []


def test_a_journal_that_was_changed_is_remarked(venue: Venue, folder: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session)
        session.execute(text("UPDATE journal_entries SET actor = 'Someone else'"))
    made = back_up(venue, folder)
    assert "journal was changed" in made.remark
    assert (record_of(venue).state, record_of(venue).problem) == ("verified", made.remark)


def test_a_folder_that_does_not_exist_is_a_sentence(venue: Venue, folder: Path) -> None:
    with pytest.raises(BackupProblem, match=f"The folder {folder / 'none'} does not exist"):
        make.back_up(venue, folder / "none" / FILE, worker="one", clock=lambda: NOW)
    assert record_of(venue).state == "failed"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_backup_is_one_file_that_sqlite_opens(venue: Venue, folder: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_customer(session, last_name="Zuckermann")
    made = back_up(venue, folder)
    with sqlite3.connect(f"file:{made.file}?mode=ro", uri=True) as opened:
        assert opened.execute("SELECT last_name FROM customers").fetchall() == [("Zuckermann",)]


# PostgreSQL


@pytest.mark.parametrize("database_kind", ["postgresql"])
class TestPostgresql:
    def test_a_user_who_may_not_create_databases_still_gets_a_backup(self, venue: Venue, folder: Path) -> None:
        with venue.transaction(MANAGER) as session:
            a_customer(session)
            a_customer(session, notes="With\nbreaks, \\. and\ttabs")
        server = venue.database.engine.url.set(database="postgres")
        on_server(server, "CREATE ROLE anchor_no_databases LOGIN PASSWORD 'secret'")
        database = venue.database.engine.url.database
        on_server(venue.database.engine.url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO anchor_no_databases")
        on_server(venue.database.engine.url, "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO anchor_no_databases")
        try:
            url = server.set(username="anchor_no_databases", password="secret", database=database)
            with open_briefly(url) as restricted:
                made = back_up(venue.with_database(restricted), folder)
        finally:
            on_server(venue.database.engine.url, "DROP OWNED BY anchor_no_databases")
            on_server(server, "DROP ROLE anchor_no_databases")
        assert "ALTER ROLE anchor_no_databases CREATEDB" in made.remark
        assert made.manifest.checks == ["read completely", "row counts"]

    def test_no_pg_dump_and_an_old_one_are_sentences(self, venue: Venue, tmp_path: Path) -> None:
        without = replace(venue, backups=replace(venue.backups, programs=tmp_path))
        with pytest.raises(BackupProblem, match=r"pg_dump is not in .* install PostgreSQL's client programs"):
            back_up(without, tmp_path)
        (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.22'\n")
        (tmp_path / "pg_dump").chmod(0o700)
        with pytest.raises(BackupProblem, match="is of version 12, older than the database server"):
            back_up(without, tmp_path)

    def test_a_password_is_not_on_the_command_line(self, venue: Venue) -> None:
        url = venue.database.engine.url.set(password="secret", query={"sslmode": "prefer"})
        environment = backup_postgresql._environment(url)
        assert (environment["PGPASSWORD"], environment["PGSSLMODE"]) == ("secret", "prefer")

    def test_a_dump_is_given_up_when_the_process_stops(self, venue: Venue, folder: Path) -> None:
        tools = Tools(venue.backups.programs, stopping=lambda: True)
        with pytest.raises(BackupProblem, match="stopped"), venue.reading_a_snapshot(MANAGER) as session:
            backup.write(session, folder / FILE, tools)


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        # What pg_restore 17 says of a server that is older.
        (
            """echo 'pg_restore: error: could not execute query: ERROR:  unrecognized parameter "transaction_timeout"'
            echo 'Command was: SET transaction_timeout = 0;'
            echo 'pg_restore: warning: errors ignored on restore: 1'; exit 1""",
            None,
        ),
        ("""echo 'pg_restore: error: "transaction_timeout"'; kill -9 $$""", "it gave no reason"),
        (
            """echo 'pg_restore: error: "transaction_timeout"'
            echo 'pg_restore: error: COPY failed for table "events"'; echo 'DETAIL: Jo Smith'; exit 1""",
            'pg_restore failed: COPY failed for table "events"$',
        ),
        ("exit 1", "it gave no reason"),
    ],
)
def test_only_the_harmless_error_of_a_newer_program_is_passed_over(
    tmp_path: Path, script: str, problem: str | None
) -> None:
    program = tmp_path / "pg_restore"
    program.write_text(f"#!/bin/sh\nexec 1>&2\n{script}\n")
    program.chmod(0o700)
    expected = nullcontext() if problem is None else pytest.raises(BackupProblem, match=problem)
    with expected:
        backup_postgresql._run([str(program)], make_url("postgresql://localhost/anchor"), lambda: False)


def test_seconds_are_in_the_name() -> None:
    assert name_at(NOW, ".db") != name_at(NOW + seconds(1), ".db")
