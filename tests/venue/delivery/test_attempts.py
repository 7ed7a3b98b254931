"""Sending what is due, step by step: each outcome of a call, the number, the order and the rate."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from channels.gateway import Fault, NotSent, Outcome, Outgoing, Refused
from db.models import Customer, Event, Message, MessageAttempt, PhoneNumber
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    NOW,
    a_booking,
    a_customer,
    an_event,
    an_opt_out,
    days,
    hours,
    minutes,
    seconds,
)
from tests.venue.worker import (
    LOST,
    TIMING,
    Worker,
    a_text,
    attempt_rows,
    refused,
    send_next,
    the_message,
    the_reminder,
    write,
)
from venue import customers, events
from venue.delivery import attempts, schedulers
from venue.delivery.due_messages import Rate
from venue.messages import log
from venue.messages.states import TRIED_ONCE_MORE
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

# How a call ends


def test_nothing_due_is_no_work(worker: Worker) -> None:
    assert worker.deliver() is False


@ON_BOTH
def test_a_due_text_goes_once_and_is_recorded(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue, first_name="Jo", mobile_number="07700 900123")
    assert worker.deliver() is True
    assert worker.deliver() is False
    (outgoing,) = gateway.sent
    message = the_message(venue)
    assert outgoing.to == message.mobile_number == "+447700900123"
    assert outgoing.body == message.body
    assert outgoing.body.startswith("The Anchor: Hi Jo, you're on the list for Quiz Night on Friday 29 January")
    assert outgoing.message_id == str(message.id)
    assert outgoing.valid_for == IN_TWO_WEEKS - NOW
    assert (message.state, message.encoding, message.segments) == ("sent", "GSM-7", 1)
    assert (message.account, message.sent_at) == (gateway.account, NOW)
    assert message.provider_id == gateway.at_provider[0].provider_id
    assert attempt_rows(venue) == [(1, "sent")]


@pytest.mark.parametrize("public_url", ["", "https://desk.example.com"])
def test_the_callback_address_is_sent_if_the_provider_can_reach_it(venue: Venue, public_url: str) -> None:
    venue = replace(venue, public_url=public_url)
    a_text(venue)
    worker = Worker(venue, FakeGateway())
    worker.deliver()
    reports_to = f"{public_url}/twilio/status/{the_message(venue).id}" if public_url else None
    assert worker.gateway.sent[0].status_callback == reports_to


ENDINGS: list[tuple[Outcome, str, str]] = [
    (refused("21211"), "failed", "refused"),
    (refused("30003"), "failed", "refused"),
    (refused("99999"), "failed", "refused"),
    (refused("21610"), "skipped", "refused"),
    (refused("20003"), "planned", "refused"),
    (refused("21611"), "planned", "refused"),
    (NotSent("Busy"), "planned", "notsent"),
    (LOST, "unsure", "unknown"),
]


@pytest.mark.parametrize(("outcome", "state", "noted"), ENDINGS)
def test_each_ending_leaves_a_state_that_staff_can_read(venue: Venue, outcome: Outcome, state: str, noted: str) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(outcome))
    worker.deliver()
    message = the_message(venue)
    assert message.state == state
    twice = isinstance(outcome, Refused) and outcome.fault is Fault.RETRY_ONCE
    assert message.reason == (TRIED_ONCE_MORE if twice else getattr(outcome, "reason", None))
    assert (message.claim_token, message.lease_until) == (None, None)
    assert attempt_rows(venue) == [(1, noted)]
    assert worker.deliver() is False, "nothing is tried again at once"


def test_what_never_left_goes_a_little_later(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(NotSent("Busy"), NotSent("Busy", retry_after=seconds(90))))
    worker.deliver()
    worker.wait(seconds(4))
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    worker.wait(seconds(89))
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    assert the_message(venue).state == "sent"
    assert attempt_rows(venue) == [(1, "notsent"), (2, "notsent"), (3, "sent")]


def test_a_call_that_comes_too_late_after_its_claim_is_not_made(venue: Venue, gateway: FakeGateway) -> None:
    a_text(venue)
    times = iter([NOW, NOW + seconds(6), NOW + seconds(6)])
    transaction = Worker(venue, gateway).transaction
    send_next(transaction, gateway, timing=TIMING, worker="w", clock=lambda: next(times))
    assert gateway.sent == []
    assert the_message(venue).state == "planned"


def test_what_may_go_the_second_time_goes_once_more(venue: Venue) -> None:
    a_text(venue)
    worker = Worker(venue, FakeGateway(refused("30001"), refused("30001")))
    worker.deliver()
    worker.wait(minutes(1))
    worker.deliver()
    message = the_message(venue)
    assert (message.state, message.error_code, len(worker.gateway.sent)) == ("failed", "30001", 2)


def test_no_transaction_is_open_while_the_provider_is_called(venue: Venue) -> None:
    """The gateway writes to the same database, so it would block on any lock held during the call."""

    class Writes(FakeGateway):
        def send(self, outgoing: Outgoing) -> Outcome:
            with impatiently(venue) as session:
                number = PhoneNumber(mobile_number=outgoing.to, failures_in_a_row=0)
                session.add(number)
                on_disk = session.get_one(Message, UUID(outgoing.message_id))
                assert (on_disk.state, on_disk.body) == ("sending", outgoing.body)
                on_disk.reason = "Written during the call"
                assert session.scalar(select(func.count()).select_from(MessageAttempt)) == 1
            return super().send(outgoing)

    a_text(venue)
    worker = Worker(venue, Writes())
    worker.deliver()
    assert the_message(venue).state == "sent"
    assert len(worker.gateway.sent) == 1


@contextmanager
def impatiently(venue: Venue) -> Iterator[Session]:
    with venue.database.engine.connect() as connection:
        if venue.database.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 200")
        else:
            connection.execute(text("SET lock_timeout = 200"))
        connection.commit()
        with Session(connection) as session, session.begin():
            yield session


# Numbers


@ON_BOTH
@pytest.mark.parametrize("code", ["21610", "21211"])
def test_what_a_refusal_says_of_a_number_holds_for_all_its_texts(venue: Venue, code: str) -> None:
    with write(venue) as session:
        a_booking(session, a_customer(session, mobile_number="07700 900123"))
        a_booking(session, a_customer(session, mobile_number="07700 900123"), an_event(session, name="Other"))
        a_booking(session, a_customer(session, mobile_number="07700 900456"))
    worker = Worker(venue, FakeGateway(refused(code)))
    worker.deliver()
    to = worker.gateway.sent[0].to
    with venue.reading(MANAGER) as session:
        planned = set(session.scalars(select(Message.mobile_number).where(Message.state == "planned")))
        number = session.get_one(PhoneNumber, to)
        assert to not in planned
        assert planned
        assert (number.opted_out_at is not None, number.unreachable_code) == (
            (True, None) if code == "21610" else (False, "21211")
        )
        lost = select(Message).where(log.needs_attention())
        needs = session.scalars(lost, log.attention_values(NOW)).all()
        assert "confirmation" in {message.kind for message in needs}
        assert {message.mobile_number for message in needs} == {to}
        assert worker.gateway.sent[0].message_id in {str(message.id) for message in needs}


def test_an_opt_out_after_planning_stops_what_was_planned(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue, mobile_number="07700 900123")
    with write(venue) as session:
        an_opt_out(session, "+447700900123")
    worker.deliver_all()
    assert gateway.sent == []
    assert (the_message(venue).state, the_message(venue).reason) == ("skipped", "Opted out: they texted STOP")


def test_a_renumbered_customer_is_texted_at_the_new_number(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    a_text(venue, mobile_number="07700 900123")
    with write(venue) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=1, now=NOW, mobile_number="07700 900456")
    worker.deliver_all()
    assert [outgoing.to for outgoing in gateway.sent] == ["+447700900456"]


# Order and rate


def test_what_was_just_booked_goes_before_reminders(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    booking = the_reminder(venue)
    worker.now = IN_TWO_WEEKS - days(1) + hours(1)
    with write(venue) as session:
        a_booking(session, event=session.get_one(Event, booking.event_id), now=worker.now)
    worker.deliver_all()
    assert ["you're on the list" in outgoing.body for outgoing in gateway.sent] == [True, False]


def test_texts_to_all_guests_go_after_bookings_and_before_reminders(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    the_reminder(venue)
    worker.now = IN_TWO_WEEKS - days(1) + hours(1)
    with write(venue) as session:
        full = an_event(session, name="Darts", starts_at=IN_TWO_WEEKS + days(3))
        a_booking(session, event=full, tell_customer=False)
        events.cancel(session, full.id, now=worker.now - minutes(2))
        a_booking(session, event=an_event(session, name="Jazz", starts_at=IN_TWO_WEEKS + days(9)), now=worker.now)
    worker.deliver_all()
    about = [next(name for name in ("Jazz", "Darts", "Quiz") if name in outgoing.body) for outgoing in gateway.sent]
    assert about == ["Jazz", "Darts", "Quiz"]


@ON_BOTH
def test_no_more_go_in_a_second_than_may(venue: Venue, worker: Worker, gateway: FakeGateway) -> None:
    for _ in range(5):
        a_text(venue)
    rate = Rate(per_second=2)
    while worker.deliver(rate=rate):
        pass
    assert len(gateway.sent) == 2
    worker.wait(seconds(1.1))
    while worker.deliver(rate=rate):
        pass
    assert len(gateway.sent) == 4


@ON_BOTH
def test_part_of_the_days_limit_is_reserved_for_new_bookings(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    with write(venue) as session:
        event = an_event(session)
        for _ in range(12):
            a_booking(session, event=event, tell_customer=False)
    worker.now = IN_TWO_WEEKS - days(1) + minutes(1)
    rate = Rate(per_day=10, kept_for_bookings=0.2)
    while worker.deliver(rate=rate):
        pass
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).where(Message.state == "sent")) == 8
    with write(venue) as session:
        for _ in range(3):
            a_booking(session, event=session.get_one(Event, event.id), now=worker.now)
    while worker.deliver(rate=rate):
        pass
    with venue.reading(MANAGER) as session:
        sent = session.scalars(select(Message.kind).where(Message.state == "sent")).all()
        assert sorted(sent) == ["confirmation"] * 2 + ["reminder_24_hour"] * 8


def test_what_never_left_uses_up_nothing_of_the_day(venue: Venue) -> None:
    for _ in range(3):
        a_text(venue)
    worker = Worker(venue, FakeGateway(*[NotSent("No network")] * 6))
    rate = Rate(per_day=3, kept_for_bookings=0)
    for _ in range(3):
        while worker.deliver(rate=rate):
            pass
        worker.wait(minutes(5))
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(Message.state).where(Message.kind == "confirmation")).all() == ["sent"] * 3


def test_what_was_refused_uses_up_nothing_of_the_day(venue: Venue) -> None:
    for _ in range(3):
        a_text(venue)
    worker = Worker(venue, FakeGateway(refused("20003"), refused("21612"), refused("20003")))
    rate = Rate(per_day=2, kept_for_bookings=0)
    for _ in range(4):
        while worker.deliver(rate=rate):
            pass
        worker.wait(minutes(5))
    with venue.reading(MANAGER) as session:
        states = session.scalars(select(Message.state).where(Message.kind == "confirmation")).all()
        assert sorted(states) == ["failed", "sent", "sent"]


def test_what_never_left_counts_in_its_second(venue: Venue) -> None:
    for _ in range(3):
        a_text(venue)
    worker = Worker(venue, FakeGateway(*[NotSent("No network")] * 3))
    while worker.deliver(rate=Rate(per_second=2)):
        pass
    assert len(worker.gateway.sent) == 2


def test_what_is_in_hand_counts_in_its_day(venue: Venue, gateway: FakeGateway) -> None:
    for _ in range(2):
        a_text(venue)
    worker = Worker(venue, gateway)
    rate = Rate(per_day=1, kept_for_bookings=0)
    claims = []
    for _ in range(2):
        with worker.transaction() as session:
            batch = attempts.claim(
                session, gateway.account, limit=1, timing=TIMING, worker="w", now=worker.now, rate=rate
            )
        claims.append(len(batch.claims))
    assert claims == [1, 0]


def test_staff_see_that_the_days_limit_keeps_texts_back_for_as_long_as_it_does(
    venue: Venue, worker: Worker, gateway: FakeGateway
) -> None:
    rate = Rate(per_day=2, kept_for_bookings=0.5)
    seen = []
    for _ in range(3):
        seen.append(limit_seen(worker, rate))
        a_text(venue)
        worker.deliver(rate=rate)
    assert seen == [
        "",
        "Most of the limit of 2 texts in 24 hours (see Settings) is used: reminders wait, texts about bookings do not",
        "All of the limit of 2 texts in 24 hours (see Settings) is used: the other texts wait",
    ]
    assert len(gateway.sent) == 2
    worker.wait(hours(24))
    assert limit_seen(worker, rate) == ""


def limit_seen(worker: Worker, rate: Rate) -> str:
    with worker.transaction() as session:
        schedulers.note_limit(session, rate, now=worker.now)
    with worker.venue.reading(MANAGER) as session:
        return schedulers.state(session, now=worker.now).limit
