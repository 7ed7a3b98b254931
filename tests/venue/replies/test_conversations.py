"""A conversation is every text in and out, in order, with a customer or with a number that is no customer's."""

import pytest

from db.models import Message
from sms.texts import Kind
from tests.makers import MANAGER_AND_SCHEDULER, NOW, STAFF, VIEWER, a_booking, a_customer, hours, texts_to
from tests.venue.replies.test_proposals import ask, reply
from venue import messages
from venue.errors import NotFound
from venue.messages.needs_call import AnsweredSince
from venue.profile import Venue
from venue.replies import conversations

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
STRANGER = "+447700900998"


def test_texts_are_in_order_without_scheduled_reminders(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = a_customer(session)
        a_booking(session, customer)
        ask(session, customer)
        waiting = reply(session, customer, "what time?", at=NOW + hours(1))
        messages.text_customer(session, customer_id=customer.id, body="7.30!", form_token="1", now=NOW + hours(2))
        found = conversations.read(session, customer.id)
        assert [text.kind for text in found.texts] == [Kind.CONFIRMATION, Kind.INBOUND, Kind.MANUAL]
        assert (found.customer_id, found.waiting, found.earlier) == (customer.id, [waiting.id], False)
        latest = conversations.read(session, waiting.id, limit=1)
        assert ([text.kind for text in latest.texts], latest.earlier) == ([Kind.MANUAL], True)


def test_a_number_of_no_customer_has_its_own(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        a_customer(session)
        first = reply(session, STRANGER, "hello", at=NOW)
        second = reply(session, STRANGER, "anyone there?", at=NOW + hours(1))
        found = conversations.read(session, first.id)
        assert (found.customer_id, found.mobile_number, found.waiting) == (None, STRANGER, [first.id, second.id])


def test_one_answer_answers_all_that_was_read(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        first = reply(session, STRANGER, "hello", at=NOW)
        second = reply(session, STRANGER, "anyone there?", at=NOW + hours(1))
        answered = [first.id, second.id]
        for _twice in range(2):
            conversations.answer(session, first.id, body="Yes?", answered=answered, form_token="1", now=NOW + hours(2))
        third = reply(session, STRANGER, "great", at=NOW + hours(3))
        found = conversations.read(session, first.id)
        assert found.waiting == [third.id]
        assert [text.body for text in found.texts if text.direction == "out"] == ["Yes?"]


def test_what_someone_else_has_answered_since_is_not_answered_without_a_look(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        first = reply(session, STRANGER, "bring the dog?", at=NOW)
        known = {"were_waiting": [first.id], "now": NOW}
        conversations.answer(session, first.id, body="Yes", answered=[first.id], form_token="1", **known)
        session.info["actor"] = STAFF
        with pytest.raises(AnsweredSince, match="has already dealt with this reply"):
            conversations.answer(session, first.id, body="No", answered=[], form_token="2", **known)
        found = conversations.read(session, first.id)
        assert [text.body for text in found.texts if text.direction == "out"] == ["Yes"]


def test_a_customer_is_texted_without_a_question(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = a_customer(session)
        conversations.answer(session, customer.id, body="Hi", answered=[], form_token="1", now=NOW)
        assert [text.body for text in texts_to(session, customer)] == ["Hi"]
        session.query(Message).delete()
        with pytest.raises(NotFound):
            conversations.read(session, a_booking(session).id)


def test_viewers_read_no_numbers(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        text = reply(session, STRANGER, "ring 07700 900998", at=NOW)
    with venue.reading(VIEWER) as session:
        found = conversations.read(session, text.id)
        assert "900998" not in f"{found.mobile_number} {found.texts[0].body}".replace(" ", "")
