"""Incoming texts: STOP and START are carried out for any sender, and nothing else is mistaken for them."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from db.models import Message, PhoneNumber
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    MANAGER,
    MANAGER_AND_SCHEDULER,
    NOW,
    a_booking,
    a_customer,
    an_event,
    days,
    minutes,
    seconds,
    texts_to,
)
from venue import reminders
from venue.delivery import inbound
from venue.messages import blocking, numbers
from venue.messages.causes import Cause
from venue.messages.happenings import Reported
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql

JO = "+447700900001"


def a_text(body: str, *, from_: str = JO, at: datetime = NOW, provider_id: str = "SM1") -> ProviderMessage:
    return ProviderMessage(provider_id, "+447700900999", body, "received", "inbound", at, None, from_)


@pytest.fixture
def take(venue: Venue) -> Callable[..., bool]:
    def taken(*given: str, **over: object) -> bool:
        with venue.transaction(SCHEDULER) as session:
            return inbound.store(session, a_text(*given, **over), now=NOW)  # type: ignore[arg-type]

    return taken


def opted_out(venue: Venue, number: str = JO) -> bool:
    with venue.reading(MANAGER) as session:
        found = session.get(PhoneNumber, number)
        return found is not None and found.opted_out_at is not None


def came_in(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at)))


def waiting(venue: Venue) -> list[str | None]:
    with venue.reading(MANAGER) as session:
        return [text.body for text in came_in(session) if text.handled_at is None]


def listen(venue: Venue, gateway: FakeGateway, *, now: datetime = NOW) -> int:
    return inbound.listen(lambda: venue.transaction(SCHEDULER), gateway, now=now)


@ON_BOTH
def test_stop_skips_what_is_planned_and_the_next_booking_saves_without_a_text(
    venue: Venue, take: Callable[..., bool]
) -> None:
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session, mobile_number=JO)
        a_booking(session, customer)

    take("STOP")

    with venue.transaction(MANAGER) as session:
        assert {message.state for message in texts_to(session, customer.id) if message.direction == "out"} == {
            State.SKIPPED
        }
        a_booking(session, customer, an_event(session))
        later = [message for message in texts_to(session, customer.id) if message.direction == "out"]
        assert {(message.state, message.cause) for message in later} == {(State.SKIPPED, Cause.OPTED_OUT)}


def test_stop_from_an_unknown_number_counts(venue: Venue, take: Callable[..., bool]) -> None:
    assert take("STOP")

    assert opted_out(venue)
    with venue.reading(MANAGER) as session:
        assert [(text.customer_id, text.state) for text in came_in(session)] == [(None, State.RECEIVED)]


def test_a_number_that_texts_us_is_reachable(venue: Venue, take: Callable[..., bool]) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        customer = a_customer(session, mobile_number=JO)
        failed_at = NOW - minutes(1)
        blocking.record_report(session, JO, Reported("undelivered", "30006"), called_at=failed_at, now=failed_at)
        a_booking(session, customer)

    take("Is the quiz on?")

    with venue.reading(MANAGER) as session:
        assert not numbers.why_unreachable(session, JO)
        assert {text.state for text in texts_to(session, customer.id, *reminders.KINDS)} == {"planned"}


def test_start_opens_the_number_again(venue: Venue, take: Callable[..., bool]) -> None:
    take("STOP")
    take("START", at=NOW + minutes(1), provider_id="SM2")

    assert not opted_out(venue)


@ON_BOTH
@pytest.mark.parametrize("order", [("STOP", "START"), ("START", "STOP")])
def test_the_latest_request_counts_in_whatever_order_they_arrive(
    venue: Venue, take: Callable[..., bool], order: tuple[str, str]
) -> None:
    first, last = order
    take(last, at=NOW, provider_id="SM2")
    take(first, at=NOW - minutes(5), provider_id="SM1")

    assert opted_out(venue) == (last == "STOP")


@pytest.mark.parametrize("order", [("STOP", "START"), ("START", "STOP")])
def test_of_two_requests_in_the_same_second_stop_counts(
    venue: Venue, take: Callable[..., bool], order: tuple[str, str]
) -> None:
    first, last = order
    # One came in a callback, the other in a listing, which has whole seconds only.
    take(first, at=NOW + seconds(0.4), provider_id="SM1")
    take(last, at=NOW, provider_id="SM2")

    assert opted_out(venue)


def test_a_text_that_is_reported_again_changes_nothing(venue: Venue, take: Callable[..., bool]) -> None:
    assert take("STOP")
    assert take("START", at=NOW + minutes(1), provider_id="SM2")

    assert not take("STOP")

    assert not opted_out(venue)


@pytest.mark.parametrize("body", ["Cancel", "END", "quit!"])
def test_a_word_that_may_answer_a_reminder_stops_the_texts_and_waits_for_staff(
    venue: Venue, take: Callable[..., bool], body: str
) -> None:
    take(body)

    assert opted_out(venue)
    assert waiting(venue) == [body]


def test_yes_waits_for_staff_unless_the_number_was_opted_out(venue: Venue, take: Callable[..., bool]) -> None:
    take("Yes", provider_id="SM1")
    assert waiting(venue) == ["Yes"]

    take("STOP", at=NOW + minutes(1), provider_id="SM2")
    take("yes", at=NOW + minutes(2), provider_id="SM3")

    assert not opted_out(venue)
    assert waiting(venue) == ["Yes"]


@pytest.mark.parametrize("body", ["STOP", "Stop all", "unsubscribe", "stop texting me", "START", "unstop"])
def test_what_cannot_mean_anything_else_needs_no_reading(venue: Venue, take: Callable[..., bool], body: str) -> None:
    take(body)

    assert waiting(venue) == []


def test_what_is_neither_stop_nor_start_only_shows_beside_the_customer(venue: Venue, take: Callable[..., bool]) -> None:
    with venue.transaction(MANAGER) as session:
        customer = a_customer(session, mobile_number=JO)
        a_booking(session, customer)

    take("Cancel my table Saturday")

    assert not opted_out(venue)
    with venue.reading(MANAGER) as session:
        heard = texts_to(session, customer.id, Kind.INBOUND)
        planned = texts_to(session, customer.id, Kind.CONFIRMATION)
        assert [text.body for text in heard] == ["Cancel my table Saturday"]
        assert [text.state for text in planned] == [State.PLANNED]


def test_a_reply_from_a_shared_number_belongs_to_the_customer_texted_last(
    venue: Venue, take: Callable[..., bool]
) -> None:
    with venue.transaction(MANAGER) as session:
        family = [a_customer(session, first_name=name, mobile_number=JO) for name in ("Ann", "Bob", "Cat")]
        for customer, sent_at in zip(family, (NOW - minutes(9), NOW - minutes(3), NOW - minutes(6)), strict=True):
            a_booking(session, customer, an_event(session))
            confirmation = texts_to(session, customer, Kind.CONFIRMATION)[0]
            confirmation.state, confirmation.provider_id = State.SENT.value, f"SM{customer.first_name}"
            confirmation.sent_at = sent_at

    take("4 please")

    with venue.reading(MANAGER) as session:
        assert [text.customer_id for text in came_in(session)] == [family[1].id]


def test_stop_from_a_shared_number_stops_the_whole_family(venue: Venue, take: Callable[..., bool]) -> None:
    with venue.transaction(MANAGER) as session:
        family = [a_customer(session, first_name=name, mobile_number=JO) for name in ("Ann", "Bob")]
        for customer in family:
            a_booking(session, customer, an_event(session))

    take("stop texting me")

    with venue.reading(MANAGER) as session:
        for customer in family:
            out = texts_to(session, customer, Kind.CONFIRMATION)
            assert [text.state for text in out] == [State.SKIPPED]


def test_a_short_code_or_a_name_is_kept_without_a_number(venue: Venue, take: Callable[..., bool]) -> None:
    take("Your code is 1234", from_="60777")
    take("Hello", from_="ACME", provider_id="SM2")

    with venue.reading(MANAGER) as session:
        assert {text.mobile_number for text in came_in(session)} == {None}


@ON_BOTH
def test_listening_takes_each_text_once_however_often(venue: Venue) -> None:
    gateway = FakeGateway()
    gateway.receive(JO, "STOP", created_at=NOW - minutes(2))
    gateway.receive(JO, "hello", created_at=NOW - minutes(1))

    assert (listen(venue, gateway), listen(venue, gateway)) == (2, 0)
    assert opted_out(venue)


def test_a_provider_out_of_reach_is_listened_to_later(venue: Venue) -> None:
    gateway = FakeGateway()
    gateway.receive(JO, "STOP", created_at=NOW)
    gateway.unreachable = True
    assert listen(venue, gateway) == 0

    gateway.unreachable = False
    assert listen(venue, gateway, now=NOW + days(2)) == 1


def test_texts_missed_in_an_outage_are_stored_after_a_callback_for_a_later_one(
    venue: Venue, take: Callable[..., bool]
) -> None:
    gateway = FakeGateway()
    listen(venue, gateway, now=NOW - days(20))
    gateway.receive(JO, "STOP", created_at=NOW - days(10))

    take("hello", from_="+447700900002")

    assert listen(venue, gateway) == 1
    assert opted_out(venue)


def test_another_account_is_asked_for_all_that_came_in_there_this_week(venue: Venue) -> None:
    listen(venue, FakeGateway())
    another = FakeGateway()
    another.account = "fake +447700900998"
    another.receive(JO, "STOP", created_at=NOW - days(6))

    assert listen(venue, another) == 1
