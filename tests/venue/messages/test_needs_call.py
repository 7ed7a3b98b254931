"""Who needs a call, and which replies wait."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from db.models import Message
from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    NOW,
    STAFF,
    VIEWER,
    a_booking,
    a_customer,
    an_event,
    an_opt_out,
    days,
    minutes,
    texts_to,
)
from venue import customers, privacy
from venue.delivery import attempts, inbound
from venue.errors import Invalid, NotAllowed
from venue.insight import today
from venue.messages import log, needs_call
from venue.messages.filters import MessageFilter
from venue.messages.states import State
from venue.roles import SCHEDULER, Actor, Role
from venue.timing import Timing

SEEN_TO = (State.FAILED, State.UNDELIVERED, State.UNSURE)


def a_lost_text(session: Session, state: State = State.FAILED, **over: object) -> Message:
    booking = a_booking(session)
    (message,) = texts_to(session, booking.customer_id, Kind.CONFIRMATION)
    for column, value in {"state": state.value, "body": "Hi", "provider_id": uuid4().hex, **over}.items():
        setattr(message, column, value)
    session.flush()
    return message


def a_reply(session: Session, from_: str, body: str = "4 please") -> UUID:
    text = ProviderMessage(uuid4().hex, "+447700900999", body, "received", "inbound", NOW, None, from_)
    session.info["actor"] = SCHEDULER
    inbound.store(session, text, now=NOW)
    session.info["actor"] = STAFF
    return session.scalars(select(Message.id).where(Message.provider_id == text.provider_id)).one()


def test_every_number_on_today_equals_its_list(session: Session) -> None:
    for state in SEEN_TO:
        a_lost_text(session, state)
    jo = a_customer(session)
    an_opt_out(session, jo.mobile_number)
    a_booking(session, jo)
    a_reply(session, "+447700900777")

    overview = today.overview(session, now=NOW)

    assert overview.needs_attention == log.listing(session, needs_person=True, now=NOW).total
    people = needs_call.listing(session, now=NOW)
    assert overview.people_to_call == people.total == len(people.rows) == 4
    assert overview.needs_attention == sum(len(person.texts) for person in people.rows)
    assert overview.replies == log.listing(session, MessageFilter(kind=Kind.INBOUND, waiting=True)).total == 1
    assert needs_call.needing_attention(session, now=NOW) == overview.needs_attention + overview.replies
    listed = log.listing(session, MessageFilter(state=State.UNSURE), needs_person=True, now=NOW)
    assert overview.unsure == listed.total == 1
    assert overview.failed == 2


def test_a_guest_who_was_called_is_off_the_list(session: Session) -> None:
    message = a_lost_text(session)
    (person,) = needs_call.listing(session, now=NOW).rows

    assert needs_call.mark_handled(session, [text.id for text in person.texts], now=NOW) == 1
    assert needs_call.mark_handled(session, [text.id for text in person.texts], now=NOW) == 0

    session.refresh(message)
    assert (message.handled_at, message.handled_by) == (NOW, "Max")
    assert needs_call.listing(session, now=NOW).total == 0


def test_a_reminder_planned_long_ago_that_fails_today_is_on_the_list(session: Session) -> None:
    long_ago = NOW - days(60)
    booking = a_booking(session, event=an_event(session, now=long_ago), now=long_ago)
    (reminder,) = texts_to(session, booking.customer_id, Kind.REMINDER_7_DAY)
    reminder.state, reminder.updated_at = State.FAILED.value, NOW
    session.flush()
    about = {"event_id": booking.event_id, "now": NOW}
    assert [text.id for text in needs_call.for_event(session, booking_ids=[booking.id], **about)] == [reminder.id]


def test_the_guests_of_an_event_whom_texts_did_not_reach_are_counted_once(session: Session) -> None:
    event = an_event(session)
    texted, other, reached = (a_booking(session, event=event) for _ in range(3))
    for booking in (texted, other):
        for text in texts_to(session, booking.customer_id):
            text.state = State.FAILED.value
    a_lost_text(session)
    session.flush()
    assert needs_call.guests_of_event(session, event.id, now=NOW) == 2
    lost = needs_call.for_event(session, event_id=event.id, booking_ids=[other.id, reached.id], now=NOW)
    assert {text.booking_id for text in lost} == {other.id}


def test_no_calls_about_an_event_that_has_begun_but_unsure_texts_stay(session: Session) -> None:
    a_lost_text(session)
    unsure = a_lost_text(session, State.UNSURE)
    (person,) = needs_call.listing(session, now=NOW + days(15)).rows
    assert [text.id for text in person.texts] == [unsure.id]


def test_a_day_reminder_that_came_too_late_needs_a_call_and_a_week_one_does_not(session: Session) -> None:
    booking = a_booking(session)
    start = IN_TWO_WEEKS
    session.info["actor"] = SCHEDULER
    attempts.expire(session, timing=Timing(), now=start - minutes(30))
    texts = log.for_customer(session, booking.customer_id, now=start - minutes(30))
    assert {text.kind for text in texts if text.needs_person} == {Kind.REMINDER_24_HOUR}


def test_a_deleted_customer_needs_no_call(session: Session) -> None:
    message = a_lost_text(session)
    privacy.erase(session, message.customer_id or uuid4(), now=NOW)
    assert needs_call.listing(session, now=NOW).total == 0


def test_families_that_share_a_phone_are_each_called(session: Session) -> None:
    event = an_event(session)
    for name in ("Jo", "Lee"):
        customer = a_customer(session, first_name=name, mobile_number="07700 900555")
        a_booking(session, customer, event)
        texts_to(session, customer, Kind.CONFIRMATION)[0].state = State.FAILED.value
    session.flush()
    people = needs_call.listing(session, now=NOW)
    assert {person.name for person in people.rows} == {"Jo Smith", "Lee Smith"}
    assert [len(person.texts) for person in people.rows] == [1, 1]


def test_pages_of_people_have_each_once(session: Session) -> None:
    for _ in range(5):
        a_lost_text(session)
    pages = [needs_call.listing(session, now=NOW, page=page, page_size=2) for page in (1, 2, 3)]
    assert len({person.customer_id for page in pages for person in page.rows}) == 5


# Replies


def test_a_reply_is_answered_once_and_is_off_the_list(session: Session) -> None:
    jo = a_customer(session)
    reply = a_reply(session, jo.mobile_number)
    for _ in range(2):
        needs_call.answer(session, reply, body="See you at 8", form_token="t", now=NOW)
    (answer,) = texts_to(session, jo, Kind.MANUAL)
    assert answer.body == "See you at 8"
    assert session.scalar(select(needs_call.count_replies())) == 0


def test_what_someone_else_has_answered_since_is_not_answered_without_a_look(session: Session) -> None:
    jo = a_customer(session)
    reply = a_reply(session, jo.mobile_number)
    needs_call.answer(session, reply, body="Yes", form_token="1", was_waiting=True, now=NOW)
    session.info["actor"] = Actor.with_role("Ben", Role.STAFF)
    with pytest.raises(needs_call.AnsweredSince, match="has already dealt with this reply"):
        needs_call.answer(session, reply, body="Sorry, no", form_token="2", was_waiting=True, now=NOW)
    assert [text.body for text in texts_to(session, jo, Kind.MANUAL)] == ["Yes"]
    needs_call.answer(session, reply, body="Bring a lead", form_token="2", was_waiting=False, now=NOW)
    assert len(texts_to(session, jo, Kind.MANUAL)) == 2


def test_an_unknown_number_can_be_answered(session: Session) -> None:
    needs_call.answer(session, a_reply(session, "+447700900777"), body="Who is this?", form_token="t", now=NOW)
    answer = session.scalars(select(Message).where(Message.kind == Kind.MANUAL)).one()
    assert (answer.mobile_number, answer.customer_id) == ("+447700900777", None)


def test_an_answer_goes_to_the_number_that_texted(session: Session) -> None:
    jo = a_customer(session)
    old = jo.mobile_number
    reply = a_reply(session, old)
    customers.update(session, jo.id, version=jo.version, mobile_number="07700 900888", now=NOW)
    needs_call.answer(session, reply, body="Hi", form_token="t", now=NOW)
    assert session.scalars(select(Message.mobile_number).where(Message.kind == Kind.MANUAL)).one() == old


def test_stop_is_obeyed_and_needs_no_answer(session: Session) -> None:
    jo = a_customer(session)
    reply = a_reply(session, jo.mobile_number, "STOP")
    assert session.scalar(select(needs_call.count_replies())) == 0
    with pytest.raises(Invalid, match="texted STOP"):
        needs_call.answer(session, reply, body="Sorry!", form_token="t", now=NOW)


def test_a_viewer_neither_ticks_off_nor_answers(session: Session) -> None:
    reply = a_reply(session, "+447700900777")
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed):
        needs_call.mark_handled(session, [reply], now=NOW)
    with pytest.raises(NotAllowed):
        needs_call.answer(session, reply, body="Hi", form_token="t", now=NOW)
