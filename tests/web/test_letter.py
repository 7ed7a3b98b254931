"""The Monday letter to print, as it comes without a browser's help."""

import pytest

from tests.makers import MANAGER, NOW, VIEWER, a_booking, an_event
from venue import clock
from venue.roles import Actor


@pytest.fixture(autouse=True)
def a_quiz(venue, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, name="Quiz <Night>", starts_at=NOW.replace(hour=20)), seats=4)


def test_it_is_one_page_that_shows_typed_names_as_typed(browser):
    answer = browser.get("/insight/letter")

    assert answer.status_code == 200
    assert "<h1>The Anchor: week of 11 January 2027</h1>" in answer.text
    assert "<td>Quiz &lt;Night&gt;</td><td>4</td>" in answer.text
    assert 'id="print"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_any_week_can_be_asked_for(browser):
    assert "week of 25 January 2027" in browser.get("/insight/letter?week=2027-01-31").text
    assert browser.get("/insight/letter?week=soon").status_code == 404


@pytest.mark.parametrize(("actor", "status"), [(VIEWER, 200), (Actor("No permissions", frozenset()), 403)])
def test_who_may_view_data_may_read_it(browser, status):
    assert browser.get("/insight/letter").status_code == status
