"""Each night one backup is made, by one scheduler; old ones are deleted."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from db.backup import Tools
from db.backup_problem import BackupProblem
from db.models import Backup
from tests.makers import MANAGER, days, hours, minutes
from venue.backup_plan import BackupPlan
from venue.backups import files, make, nightly, records
from venue.backups import manifest as manifests
from venue.backups.make import Made
from venue.backups.manifest import Manifest
from venue.delivery import schedulers
from venue.profile import Venue
from venue.roles import SCHEDULER, Actor

LONDON = ZoneInfo("Europe/London")
MORNING = datetime(2027, 1, 15, 4, 0, tzinfo=UTC)
STARTED = MORNING - days(1)


def back_up(venue: Venue, at: datetime, *, worker: str = "one", started_at: datetime = STARTED) -> bool:
    return nightly.back_up_if_due(venue, worker=worker, started_at=started_at, clock=lambda: at)


def states(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(select(Backup.state).order_by(Backup.started_at)))


def begun(venue: Venue, folder: Path, at: datetime, worker: str) -> None:
    with venue.transaction(SCHEDULER) as session:
        records.begin(session, folder / "anchor-x.db", worker=worker, now=at)


def beat(venue: Venue, worker: str, at: datetime) -> None:
    with venue.transaction(SCHEDULER) as session:
        schedulers.beat(session, worker=worker, started_at=at, now=at)


def a_manifest(file: Path, made_at: datetime) -> Manifest:
    return Manifest(
        file=file.name,
        made_at=made_at,
        database="sqlite",
        revision="0012",
        rows={},
        last_entry=0,
        seal="",
        erasures=(),
        size=0,
        sha256="",
        verified_at=made_at,
        checks=(),
        copied_to="",
    )


def store(file: Path, made_at: datetime) -> Manifest:
    """A file as if it were a backup, and its manifest."""
    manifest = a_manifest(file, made_at)
    file.write_bytes(b"")
    manifests.write(manifest, file)
    return manifest


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is backed up does not matter here."""

    def store_at_once(_venue: Venue, _actor: Actor, file: Path, *, tools: Tools, clock: Callable[[], datetime]) -> Made:
        return Made(file, store(file, clock()), "")

    monkeypatch.setattr(make, "make", store_at_once)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2027, 1, 15, 3, 59, tzinfo=UTC), datetime(2027, 1, 14, 4, tzinfo=UTC)),
        (datetime(2027, 1, 15, 4, 0, tzinfo=UTC), datetime(2027, 1, 15, 4, tzinfo=UTC)),
        # In summer, London is an hour ahead.
        (datetime(2027, 7, 15, 3, 30, tzinfo=UTC), datetime(2027, 7, 15, 3, tzinfo=UTC)),
        # When the clocks go forward at 01:00.
        (datetime(2027, 3, 28, 2, 59, tzinfo=UTC), datetime(2027, 3, 27, 4, tzinfo=UTC)),
        (datetime(2027, 3, 28, 3, 0, tzinfo=UTC), datetime(2027, 3, 28, 3, tzinfo=UTC)),
    ],
)
def test_it_is_due_at_the_venues_time_of_day(now: datetime, due: datetime) -> None:
    assert nightly.due_at(BackupPlan(at=time(4)), zone=LONDON, now=now) == due


@pytest.mark.usefixtures("quick")
def test_each_night_one_backup_is_made(venue: Venue, folder: Path) -> None:
    assert back_up(venue, MORNING)
    assert not back_up(venue, MORNING + minutes(1))
    assert not back_up(venue, MORNING + hours(23))
    assert back_up(venue, MORNING + days(1))
    assert states(venue) == ["verified", "verified"]
    assert len(list(folder.glob("*Z.*.json"))) == 2


@pytest.mark.usefixtures("quick")
def test_a_night_that_was_missed_is_made_up_for(venue: Venue) -> None:
    assert back_up(venue, MORNING + hours(7))
    assert not back_up(venue, MORNING + hours(8))


def test_without_a_folder_none_is_made(venue: Venue) -> None:
    assert not back_up(replace(venue, backups=BackupPlan()), MORNING)
    assert states(venue) == []


@pytest.mark.usefixtures("quick")
def test_of_several_schedulers_one_makes_it(venue: Venue) -> None:
    made: list[bool] = []
    barrier = threading.Barrier(4)

    def run(number: int) -> None:
        barrier.wait()
        made.append(back_up(venue, MORNING, worker=f"worker {number}"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]
    assert states(venue) == ["verified"]


def test_a_failure_is_recorded_and_tried_again_in_an_hour(venue: Venue, folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(BackupProblem):
        back_up(venue, MORNING)
    assert not back_up(venue, MORNING + minutes(59))
    folder.mkdir()
    assert back_up(venue, MORNING + minutes(61))
    assert states(venue) == ["failed", "verified"]


@pytest.mark.parametrize("step", ["fail", "finish"])
def test_a_backup_whose_end_could_not_be_recorded_is_tried_again_in_an_hour(
    venue: Venue, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """By the process that made it, which is alive: the database was away or busy just then."""
    if step == "fail":
        shutil.rmtree(folder)
    with monkeypatch.context() as away:
        away.setattr(records, step, database_is_away)
        with pytest.raises(BackupProblem if step == "fail" else OperationalError):
            back_up(venue, MORNING)
    folder.mkdir(exist_ok=True)
    assert not back_up(venue, MORNING + minutes(59))
    with venue.reading(MANAGER) as session:
        assert records.status(session, now=MORNING).problem == nightly.NOT_RECORDED
    assert back_up(venue, MORNING + minutes(61))
    assert states(venue) == ["failed", "verified"]


def database_is_away(*_: object, **__: object) -> None:
    raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database is locked"))


def test_a_backup_that_is_interrupted_by_hand_is_recorded(
    venue: Venue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "make", interrupt)
    with pytest.raises(KeyboardInterrupt):
        make.back_up(venue, folder / "anchor.db", worker=f"{records.BY_HAND} one", clock=lambda: MORNING)
    assert states(venue) == ["failed"]


@pytest.mark.usefixtures("quick")
def test_a_backup_whose_scheduler_is_gone_is_made_again_once_it_is_silent(venue: Venue, folder: Path) -> None:
    beat(venue, "other", MORNING)
    begun(venue, folder, MORNING, "other")
    assert not back_up(venue, MORNING + minutes(1))
    assert back_up(venue, MORNING + hours(2))
    assert states(venue) == ["failed", "verified"]


@pytest.mark.usefixtures("quick")
def test_a_scheduler_that_is_still_alive_is_not_overtaken(venue: Venue, folder: Path) -> None:
    begun(venue, folder, MORNING, "other")
    beat(venue, "other", MORNING + hours(2))
    assert not back_up(venue, MORNING + hours(2))


@pytest.mark.usefixtures("quick")
def test_a_restarted_scheduler_of_the_same_name_gives_up_what_it_had_begun(venue: Venue, folder: Path) -> None:
    """In a container, host name and process id are the same after a restart."""
    begun(venue, folder, MORNING, "one")
    beat(venue, "one", MORNING + minutes(70))
    assert back_up(venue, MORNING + minutes(70), started_at=MORNING + minutes(69))
    assert states(venue) == ["failed", "verified"]


# Which are kept


def stored(folder: Path, made_at: datetime) -> Path:
    file = folder / files.name_at(made_at, ".db")
    store(file, made_at)
    return file


def test_the_latest_of_each_day_and_month_is_kept(tmp_path: Path) -> None:
    made = [stored(tmp_path, MORNING - timedelta(days=number)) for number in range(400)]
    twice = stored(tmp_path, MORNING - hours(1))
    plan = BackupPlan(folder=tmp_path, daily=14, monthly=12)

    files.delete_old(plan, zone=LONDON, now=MORNING)

    left = {file for file in tmp_path.iterdir() if file.suffix == ".db"}
    assert left >= set(made[:14])
    assert twice not in left
    ends = {datetime(2026, month, day, 4, tzinfo=UTC) for month, day in ((2, 28), (6, 30), (11, 30), (12, 31))}
    assert {tmp_path / files.name_at(end, ".db") for end in ends} <= left
    # This month's latest is also this day's.
    assert len(left) == 14 + 11
    assert len(list(tmp_path.glob("*.json"))) == len(left)


def test_files_of_others_stay(tmp_path: Path) -> None:
    stored(tmp_path, MORNING)
    for name in ("anchor-20200101T040000Z.db", "holiday.db", "erasures.jsonl"):
        (tmp_path / name).write_text("")
    files.delete_old(BackupPlan(folder=tmp_path, daily=1, monthly=0), zone=LONDON, now=MORNING)
    assert {"anchor-20200101T040000Z.db", "holiday.db", "erasures.jsonl"} <= {file.name for file in tmp_path.iterdir()}


def test_what_a_killed_process_has_left_is_deleted_a_day_later(tmp_path: Path) -> None:
    left = tmp_path / ".anchor-20270114T040000Z.db.part"
    left.write_text("")
    now = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    plan = BackupPlan(folder=tmp_path)
    files.delete_old(plan, zone=LONDON, now=now + hours(23))
    assert left.exists()
    files.delete_old(plan, zone=LONDON, now=now + hours(25))
    assert not left.exists()
