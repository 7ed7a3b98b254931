"""`manage.py privacy requests`."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import privacy, requests
from venue.profile import Venue


@pytest.fixture(autouse=True)
def opened(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "open_venue", lambda: venue)


def run(*arguments: object, status: int = 0) -> Result:
    result = CliRunner().invoke(privacy.privacy, ["requests", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def listed(show: str = "open") -> Any:
    return json.loads(run("list", "--show", show, "--json").output)


def test_a_request_from_adding_to_its_answer() -> None:
    assert run("list").output == "No requests.\n"
    line = run("add", "complaint", "Jo Smith", "--contact", "jo@example.com", "--received", "2026-06-22").output
    assert "acknowledge by 2026-07-22" in line
    request_id = line.split()[0]
    (request,) = listed()
    assert (request["person"], request["contact"], request["due_on"]) == ("Jo Smith", "jo@example.com", "2026-07-22")
    run("acknowledge", request_id)
    assert "answer by 2026-07-22" in run("list").output
    run("answer", request_id, "Apologised")
    assert (listed(), [each["outcome"] for each in listed("all")]) == ([], ["Apologised"])


def test_the_clock_is_paused_and_runs_again() -> None:
    request_id = run("add", "access", "Jo Smith").output.split()[0]
    run("pause", request_id)
    assert "paused since" in run("list").output
    run("resume", request_id)
    assert "answer by" in run("list").output


def test_a_complaint_cannot_be_paused() -> None:
    request_id = run("add", "complaint", "Jo Smith").output.split()[0]
    assert "cannot be paused" in run("pause", request_id, status=1).output
