"""The checks of `doctor` about backups: each planted fault is named."""

import os
from collections import namedtuple
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from cli import backup_checks
from db.models import Backup
from tests import postgresql_programs
from tests.makers import MANAGER, NOW, hours
from venue.backup_plan import BackupPlan
from venue.profile import Venue


@pytest.fixture
def venue(venue: Venue, tmp_path: Path) -> Venue:
    return replace(
        venue, backups=BackupPlan(folder=tmp_path, programs=postgresql_programs.folder(), copied_to="A safe")
    )


def wrong(venue: Venue) -> list[str]:
    return [finding.words for finding in backup_checks.findings(venue, NOW) if not finding.ok]


def a_backup(venue: Venue, state: str, at: datetime, **columns: object) -> None:
    with venue.transaction(MANAGER) as session:
        verified_at = at if state == "verified" else None
        session.add(Backup(started_at=at, finished_at=at, verified_at=verified_at, state=state, **columns))


def test_a_backup_of_last_night_is_well(venue: Venue) -> None:
    a_backup(venue, "verified", NOW - hours(8), size=1)
    assert wrong(venue) == []


def test_no_backups_matter_only_when_texts_are_really_sent(venue: Venue) -> None:
    without = replace(venue, backups=BackupPlan())
    assert wrong(without) == []
    assert wrong(replace(without, simulated=False)) == ["No backups are made at night: set BACKUP_FOLDER"]


def test_no_backup_yet_and_one_that_is_too_old_are_named(venue: Venue) -> None:
    assert wrong(venue) == ["No backup has been made yet: is the scheduler running?"]
    a_backup(venue, "verified", NOW - hours(26))
    assert wrong(venue) == []
    assert [finding.words for finding in backup_checks.findings(venue, NOW + hours(1)) if not finding.ok] == [
        "No backup since Thu 14 January 2027, 10:00: is the scheduler running?"
    ]


def test_a_failure_is_named_before_it_is_too_late(venue: Venue) -> None:
    a_backup(venue, "verified", NOW - hours(20))
    a_backup(venue, "failed", NOW - hours(1), problem="The file is damaged")
    assert wrong(venue) == ["The latest backup failed: The file is damaged"]


def test_a_folder_that_is_gone_is_named(venue: Venue, tmp_path: Path) -> None:
    a_backup(venue, "verified", NOW)
    gone = replace(venue, backups=replace(venue.backups, folder=tmp_path / "gone"))
    assert wrong(gone) == [f"BACKUP_FOLDER, {tmp_path / 'gone'}, does not exist"]


def test_a_folder_that_cannot_be_written_to_is_named(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    a_backup(venue, "verified", NOW)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != venue.backups.folder and access(path, mode))
    assert wrong(venue) == [f"BACKUP_FOLDER, {venue.backups.folder}, cannot be written to"]


def test_a_backup_that_everyone_can_read_is_named(venue: Venue, tmp_path: Path) -> None:
    a_backup(venue, "verified", NOW)
    (tmp_path / "anchor.db").write_text("")
    (tmp_path / "anchor.db").chmod(0o644)
    assert f"chmod 600 {tmp_path / 'anchor.db'}" in wrong(venue)[0]


def test_a_disk_that_is_nearly_full_is_named(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    a_backup(venue, "verified", NOW, size=400_000_000)
    space = namedtuple("space", "f_bavail f_frsize f_blocks")
    monkeypatch.setattr(os, "statvfs", lambda _folder: space(1_000, 1_000_000, 10_000))
    assert wrong(venue) == [f"The disk of {venue.backups.folder} is nearly full: 1,000 MB are free"]
    monkeypatch.setattr(os, "statvfs", lambda _folder: space(2_000, 1_000_000, 10_000))
    assert wrong(venue) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_same_disk_is_a_hint_unless_a_copy_is_kept_elsewhere(venue: Venue) -> None:
    def hints(venue: Venue) -> list[str]:
        return [finding.words for finding in backup_checks.findings(venue, NOW) if "same disk" in finding.words]

    a_backup(venue, "verified", NOW)
    assert hints(venue) == []
    assert len(hints(replace(venue, backups=replace(venue.backups, copied_to="")))) == 1


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_missing_pg_dump_is_named(venue: Venue, tmp_path: Path) -> None:
    a_backup(venue, "verified", NOW)
    without = replace(venue, backups=replace(venue.backups, programs=tmp_path / "none"))
    assert wrong(without)[0].startswith("Backups cannot be made: pg_dump is not in ")
