"""The scheduler process makes the nightly backup without delaying a text."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select

import settings
from db.models import Backup
from scheduler_jobs import Scheduler
from tests import postgresql_programs
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, a_booking, an_event, days
from tests.patience import PATIENCE
from tests.test_scheduler import once
from venue import clock
from venue.backups import make
from venue.profile import Venue


def test_once_makes_the_backup_that_is_due(venue: Venue, folder: Path) -> None:
    programs = str(postgresql_programs.folder() or "")
    assert once(venue, BACKUP_FOLDER=str(folder), PG_BIN=programs) == (0, "")
    assert once(venue, BACKUP_FOLDER=str(folder), PG_BIN=programs) == (0, "")
    assert len(list(folder.glob("anchor-*Z.*.json"))) == 1
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(Backup.state)).all() == ["verified"]


def test_texts_are_sent_while_a_backup_is_made(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def never_ending(*_args: object, **_kwargs: object) -> None:
        begun.set()
        may_end.wait(PATIENCE)
        raise RuntimeError("ended")

    monkeypatch.setattr(make, "make", never_ending)
    gateway = FakeGateway()
    scheduler = Scheduler(venue, gateway, settings.load({"TICK_SECONDS": "0.02"}))
    process = threading.Thread(target=scheduler.run)
    process.start()
    try:
        assert begun.wait(PATIENCE)
        with venue.transaction(MANAGER) as session:
            now = clock.now()
            a_booking(session, event=an_event(session, starts_at=now + days(14), now=now), now=now)
        waited_until = time.monotonic() + PATIENCE
        while not gateway.sent and time.monotonic() < waited_until:
            time.sleep(0.02)
        assert len(gateway.sent) == 1
    finally:
        may_end.set()
        scheduler.stopping.set()
        process.join()
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(Backup.state)).all() == ["failed"]
