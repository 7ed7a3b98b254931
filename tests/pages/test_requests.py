"""Requests on the screens: the list, one request, the customer's page, Today and Data."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, cards, field, links, rows, said, toasts
from venue import clock
from venue.privacy import requests
from venue.roles import DESK, Role


@pytest.fixture
def add_request(venue: Any) -> Any:
    def add(kind: str = "access", days_ago: int = 0, **over: Any) -> UUID:
        received = clock.today(clock.now(), venue.zone) - timedelta(days=days_ago)
        fields = {"person": "Jo Smith", "received_on": received, **over}
        with venue.transaction(DESK) as session:
            return requests.add(session, kind=kind, **fields, now=clock.now()).id

    return add


def request_in(venue: Any, request_id: UUID) -> requests.RequestRow:
    with venue.reading(DESK) as session:
        return requests.get(session, request_id)


def all_requests(venue: Any) -> Any:
    with venue.reading(DESK) as session:
        return requests.listed(session, show="all", now=clock.now())


def press(app: Any, label: str) -> Any:
    button(app, label).click().run()
    assert not app.exception
    return app


def save(app: Any) -> Any:
    app.button(key="dialog.save").click().run()
    assert not app.exception
    return app


def test_an_empty_list_says_so(screen):
    assert "No open requests." in said(screen("data/requests.py"))


def test_a_request_is_added_with_its_deadline(venue, screen):
    app = press(screen("data/requests.py"), "Add request")
    field(app, "Who asked").set_value("")
    assert "Enter who asked" in said(save(app))
    field(app, "Who asked").set_value("Jo Smith")
    field(app, "Received on").set_value("31/02/2027")
    assert len(all_requests(venue)) == 0
    save(app)
    field(app, "Received on").set_value("01/03/2027")
    app = save(app)
    assert any(words.startswith("Request added. Answer it by Thu 1 April 2027") for words in toasts(app))
    assert [row["cells"][:2] for row in rows(app, "Requests")] == [["Jo Smith", "Access"]]


def test_the_list_shows_what_must_be_done_next(screen, add_request):
    add_request(days_ago=40)
    add_request("complaint", person="Ann Lee")
    steps = [row["cells"][3] for row in rows(screen("data/requests.py"), "Requests")]
    assert steps == [
        {"colour": "red", "words": "Overdue: answer by Mon 22 February 2027"},
        {"colour": "gray", "words": "Acknowledge by Thu 1 April 2027"},
    ]


def test_today_counts_what_its_link_lists(screen, add_request):
    assert not [label for label in links(screen("today.py")) if "request" in label]
    add_request(days_ago=40)
    add_request(days_ago=27)
    add_request()
    assert "1 request overdue, 1 request due this week" in links(screen("today.py"))
    assert len(rows(screen("data/requests.py", show_requests="Due"), "Requests")) == 2


def test_a_complaint_is_acknowledged_and_answered(venue, screen, add_request):
    request_id = add_request("complaint")
    app = press(screen("data/request.py", id=request_id), "Acknowledged")
    assert "Marked as acknowledged" in toasts(app)
    app = save(press(app, "Answered…"))
    assert "Say what came of it" in said(app)
    field(app, "Outcome").set_value("We apologised")
    app = save(app)
    assert "Answered Tue 2 March 2027" in said(app)
    assert request_in(venue, request_id).outcome == "We apologised"
    press(app, "Reopen")
    assert request_in(venue, request_id).answered_on is None


def test_the_clock_is_paused_and_runs_again(venue, screen, add_request):
    request_id = add_request()
    app = press(screen("data/request.py", id=request_id), "Pause the clock")
    assert "Paused since Tue 2 March 2027" in said(app)
    app = press(app, "Resume the clock")
    assert "Answer by Fri 2 April 2027" in said(app)
    assert request_in(venue, request_id).paused_on is None


def test_one_day_of_pause_is_one_day(venue, screen, add_request):
    request_id = add_request()
    with venue.transaction(DESK) as session:
        requests.pause(session, request_id, now=clock.now() - timedelta(days=1))
        requests.resume(session, request_id, now=clock.now())
    assert "1 day in all" in said(screen("data/request.py", id=request_id))


def test_a_request_is_edited(venue, screen, add_request):
    request_id = add_request()
    app = press(screen("data/request.py", id=request_id), "Edit")
    field(app, "How to reach them").set_value("jo@example.com")
    field(app, "Received on").set_value("1/3/2027")
    save(app)
    edited = request_in(venue, request_id)
    assert (edited.contact, edited.received_on.day) == ("jo@example.com", 1)


def test_a_request_is_added_from_its_customer(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/one.py", id=jo.id)
    app.session_state["visit.dialog"] = ("request", jo.id)
    app.run()
    assert (field(app, "Who asked").value, field(app, "How to reach them").value) == ("Jo Smith", "07700 900123")
    app = save(app)
    (added,) = all_requests(venue)
    assert added.customer_id == jo.id
    assert f"request?id={added.id}" in [card.get("address") for card in cards(app)]
    assert "Open the customer" in links(screen("data/request.py", id=added.id))


def test_data_leads_to_the_open_requests(screen, add_request):
    add_request()
    assert "complaints: 1 open" in said(screen("data/home.py"))


def test_a_request_that_is_gone_says_so(screen):
    assert screen("data/request.py", id=UUID(int=1)).title[0].value == "Request not found"


def test_staff_add_requests_and_do_not_see_those_of_others(venue, screen, add_request, monkeypatch):
    add_request(person="Ann Lee")
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=Role.STAFF)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = screen("data/requests.py")
    assert "Ann Lee" not in said(app)
    app = press(app, "Add request")
    field(app, "Who asked").set_value("Jo Smith")
    assert any(words.startswith("Request added") for words in toasts(save(app)))
    assert len(all_requests(venue)) == 2
