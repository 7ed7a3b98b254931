"""Requests of guests: their deadlines, the clock, and which are due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from db.models import Request
from tests.makers import NOW, STAFF, a_customer, days
from venue import acts, privacy
from venue.errors import Conflict, Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.privacy import requests

TODAY = NOW.date()  # Friday, 15 January 2027.


def add(session: Session, kind: str = "access", **over: Any) -> UUID:
    fields = {"person": "Jo Smith", "received_on": TODAY, "now": NOW, **over}
    return requests.add(session, kind=kind, **fields).id


def due_on(session: Session, request_id: UUID) -> date:
    return requests.get(session, request_id).due_on


def test_a_request_must_be_answered_within_a_month(session: Session) -> None:
    request = requests.get(session, add(session))
    assert (request.due_on, request.next_on, request.must_acknowledge) == (date(2027, 2, 15), date(2027, 2, 15), False)


def test_a_complaint_must_first_be_acknowledged(session: Session) -> None:
    complaint_id = add(session, "complaint")
    complaint = requests.get(session, complaint_id)
    assert (complaint.acknowledge_by, complaint.next_on) == (date(2027, 2, 15), date(2027, 2, 15))
    assert complaint.must_acknowledge
    for later in (days(1), days(2)):
        requests.acknowledge(session, complaint_id, now=NOW + later)
    complaint = requests.get(session, complaint_id)
    assert (complaint.acknowledged_on, complaint.must_acknowledge) == (date(2027, 1, 16), False)
    assert complaint.next_on == complaint.due_on


def test_the_answer_to_a_complaint_acknowledges_it(session: Session) -> None:
    complaint_id = add(session, "complaint")
    requests.answer(session, complaint_id, outcome="Apologised", now=NOW)
    complaint = requests.get(session, complaint_id)
    assert (complaint.acknowledged_on, complaint.answered_on, complaint.next_on) == (TODAY, TODAY, None)


def test_the_clock_stands_still_while_paused(session: Session) -> None:
    request_id = add(session)
    for later in (days(3), days(4)):
        requests.pause(session, request_id, now=NOW + later)
    assert requests.get(session, request_id).next_on is None
    for later in (days(10), days(11)):
        requests.resume(session, request_id, now=NOW + later)
    assert due_on(session, request_id) == date(2027, 2, 22)

    requests.pause(session, request_id, now=NOW + days(12))
    requests.answer(session, request_id, outcome="Sent", now=NOW + days(20))
    request = requests.get(session, request_id)
    assert (request.paused_days, request.paused_on, request.due_on) == (15, None, date(2027, 3, 2))


def test_what_cannot_be_paused(session: Session) -> None:
    with pytest.raises(Invalid, match="clock of a complaint"):
        requests.pause(session, add(session, "complaint"), now=NOW)
    answered = add(session)
    requests.answer(session, answered, outcome="Sent", now=NOW)
    with pytest.raises(Invalid, match="reopen it first"):
        requests.pause(session, answered, now=NOW)


def test_another_day_of_receipt_moves_the_deadlines(session: Session) -> None:
    request_id = add(session, "complaint")
    requests.update(session, request_id, version=1, received_on=date(2027, 1, 5), now=NOW)
    request = requests.get(session, request_id)
    assert (request.due_on, request.acknowledge_by) == (date(2027, 2, 5), date(2027, 2, 4))


def test_a_field_that_someone_else_changed_is_asked_about(session: Session) -> None:
    request_id = add(session)
    requests.update(session, request_id, version=1, details="All since 2020", now=NOW)
    with pytest.raises(Conflict):
        requests.update(session, request_id, version=1, was={"details": ""}, details="All texts", now=NOW)
    requests.update(session, request_id, version=1, was={"contact": ""}, contact="jo@example.com", now=NOW)
    request = requests.get(session, request_id)
    assert (request.details, request.contact) == ("All since 2020", "jo@example.com")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"person": " "}, "person"),
        ({"person": "x" * 201}, "person"),
        ({"details": "x" * 2_001}, "details"),
        ({"contact": "\x00"}, "contact"),
        ({"kind": "refund"}, "kind"),
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"received_on": date(1066, 10, 14)}, "received_on"),
    ],
)
def test_what_cannot_be_added(session: Session, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, **over)
    assert set(refused.value.problems) == {field}


def test_an_answer_says_what_came_of_it(session: Session) -> None:
    with pytest.raises(Invalid, match="what came of it"):
        requests.answer(session, add(session), outcome=" ", now=NOW)


def test_an_answer_by_mistake_is_taken_back(session: Session) -> None:
    request_id = add(session)
    requests.answer(session, request_id, outcome="Sent", now=NOW)
    requests.reopen(session, request_id, now=NOW)
    request = requests.get(session, request_id)
    assert (request.answered_on, request.outcome, request.next_on) == (None, "Sent", request.due_on)


def test_a_form_that_is_sent_twice_adds_one_request(session: Session) -> None:
    assert add(session, form_token="form") == add(session, form_token="form", person="Someone else")


def test_requests_are_listed_by_what_must_be_done_first(session: Session) -> None:
    later, overdue, soon = (add(session, received_on=TODAY - timedelta(days=age)) for age in (1, 40, 28))
    paused, answered = add(session), add(session)
    requests.pause(session, paused, now=NOW)
    requests.answer(session, answered, outcome="Sent", now=NOW)

    def ids(show: str) -> list[UUID]:
        return [row.id for row in requests.listed(session, show=show, now=NOW)]

    assert ids("due") == [overdue, soon]
    assert ids("open") == [overdue, soon, later, paused]
    assert ids("all") == [overdue, soon, later, paused, answered]
    assert requests.due(session, now=NOW) == requests.Due(overdue=1, soon=1)


def test_due_counts_what_its_list_shows_day_by_day(session: Session) -> None:
    add(session)
    add(session, "complaint", received_on=TODAY - timedelta(days=9))
    for day in range(50):
        now = NOW + days(day)
        due = requests.due(session, now=now)
        assert due.overdue + due.soon == len(requests.listed(session, show="due", now=now))


def test_staff_add_and_managers_answer(session: Session) -> None:
    session.info["actor"] = STAFF
    request_id = add(session)
    with pytest.raises(NotAllowed):
        requests.get(session, request_id)


def test_a_request_stays_without_its_customer(session: Session) -> None:
    jo = a_customer(session)
    request_id = add(session, customer_id=jo.id)
    assert [row.id for row in requests.for_customer(session, jo.id)] == [request_id]
    privacy.erase(session, jo.id, now=NOW)
    session.expire_all()
    assert requests.get(session, request_id).customer_id is None
    with pytest.raises(NotFound):
        add(session, customer_id=uuid4())


def test_what_is_of_no_customer_is_not_named_in_the_journal(session: Session) -> None:
    add(session, person="Zebedee Quux", contact="zq@example.com")
    (value,) = entries.values_of(session, acts.last_entry(session) or 0)
    assert value.after is not None
    assert set(value.after) & {"person", "contact", "details", "outcome"} == set()
    assert sentences.of(entries.get(session, acts.last_entry(session) or 0)) == "Max added an access request"


def test_the_journal_names_the_customer_of_a_request(session: Session) -> None:
    request_id = add(session, "complaint", customer_id=a_customer(session).id)
    requests.acknowledge(session, request_id, now=NOW)
    said = sentences.of(entries.get(session, acts.last_entry(session) or 0))
    assert said == "Max acknowledged a complaint of Jo Smith"
    assert session.get_one(Request, request_id).version == 2
