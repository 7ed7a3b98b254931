"""Managers see on Today how old the last backup is, and on every screen when it is too old."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from db.models import Backup
from pages.parts import context
from tests import signed_in
from tests.makers import hours
from tests.pages.conftest import said
from venue import clock
from venue.profile import Venue
from venue.roles import DESK, Role

Screen = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BACKUP_FOLDER", str(tmp_path))


def a_backup(venue: Venue, state: str, *, ago: timedelta, problem: str = "") -> None:
    with venue.transaction(DESK) as session:
        at = clock.now() - ago
        verified_at = at if state == "verified" else None
        session.add(Backup(started_at=at, finished_at=at, verified_at=verified_at, state=state, problem=problem))


def test_the_age_of_the_last_backup_is_on_today(venue: Venue, screen: Screen) -> None:
    a_backup(venue, "verified", ago=hours(8))
    app = screen("today.py")
    assert "Last backup: today, 04:00" in said(app)
    assert not app.error


def test_without_a_folder_today_says_that_there_are_none(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.delenv("BACKUP_FOLDER")
    app = request.getfixturevalue("screen")("today.py")
    assert "No nightly backups" in said(app)
    assert not app.error


@pytest.mark.parametrize("file", ["today.py", "customers/list.py"])
def test_a_backup_that_is_too_old_is_an_alarm_on_every_screen(venue: Venue, screen: Screen, file: str) -> None:
    a_backup(venue, "verified", ago=hours(27))
    a_backup(venue, "failed", ago=hours(1), problem="The disk is full")
    (error,) = screen(file).error
    assert "No backup since Mon 1 March 2027, 09:00. The latest attempt failed: " in error.value.replace("\\", "")
    assert "The disk is full" in error.value


def test_others_are_not_alarmed(venue: Venue, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=Role.STAFF)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = screen("today.py")
    assert not app.error
    assert "backup" not in said(app).lower()
