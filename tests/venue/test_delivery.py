"""Sending what is due: each way a call can end, on both databases, step by step."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, MessageAttempt, Pause, PhoneNumber
from sms import error_codes
from sms.gateway import Fault, NotSent, Outcome, Outgoing, Refused, Sent, Unknown
from sms.texts import Kind
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
from venue import bookings, customers, delivery, events, following, messages, reminders
from venue.delivery import Rate
from venue.house import House
from venue.message_states import Timing
from venue.staff import SCHEDULER

TIMING = Timing()
LOST = Unknown("The reply was lost")


def refused(code: str) -> Refused:
    return Refused(code, error_codes.explain(code), error_codes.fault_of(code))


class Worker:
    """One scheduler, moved step by step, with a clock that stands still until it is moved."""

    def __init__(self, house: House, gateway: FakeGateway, now: datetime = NOW):
        self.house = house
        self.gateway = gateway
        self.now = now
        gateway.now = lambda: self.now

    def transaction(self) -> Any:
        return self.house.transaction(SCHEDULER)

    def deliver(self, **over: Any) -> bool:
        return delivery.deliver_next(
            self.transaction, self.gateway, timing=TIMING, worker="w1", clock=lambda: self.now, **over
        )

    def deliver_all(self) -> None:
        while self.deliver():
            pass

    def look(self) -> bool:
        return following.look_next(self.transaction, self.gateway, timing=TIMING, clock=lambda: self.now)

    def follow(self) -> bool:
        return following.follow_next(self.transaction, self.gateway, timing=TIMING, clock=lambda: self.now)

    def expire(self) -> int:
        with self.transaction() as session:
            return delivery.expire(session, timing=TIMING, now=self.now)

    def wait(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def worker(house: House, gateway: FakeGateway) -> Worker:
    return Worker(house, gateway)


def write(house: House) -> Any:
    return house.transaction(MANAGER)


def a_text(house: House, **over: Any) -> UUID:
    """A confirmation that is due now, and nothing else; the id of its booking."""
    with write(house) as session:
        booking = a_booking(session, a_customer(session, **over), seats=4)
        messages.skip_planned(session, Message.kind.in_(reminders.KINDS), "Not here", now=NOW)
        return booking.id


def the_message(house: House, kind: Kind = Kind.CONFIRMATION) -> Message:
    with house.reading(MANAGER) as session:
        return session.scalars(select(Message).where(Message.kind == kind.value)).one()


def attempts(house: House) -> list[tuple[int, str | None]]:
    with house.reading(MANAGER) as session:
        found = session.execute(select(MessageAttempt.fence, MessageAttempt.outcome).order_by(MessageAttempt.fence))
        return [(row.fence, row.outcome) for row in found]


# How a call ends


def test_nothing_due_is_no_work(worker: Worker) -> None:
    assert worker.deliver() is False


def test_a_due_text_goes_once_and_is_recorded(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house, first_name="Jo", mobile_number="07700 900123")
    assert worker.deliver() is True
    assert worker.deliver() is False
    (outgoing,) = gateway.sent
    message = the_message(house)
    assert outgoing.to == message.mobile_number == "+447700900123"
    assert outgoing.body == message.body
    assert outgoing.body.startswith("The Anchor: Hi Jo, you're on the list for Quiz Night on Friday 29 January")
    assert outgoing.message_id == str(message.id)
    assert outgoing.valid_for == IN_TWO_WEEKS - NOW
    assert (message.state, message.encoding, message.segments) == ("sent", "GSM-7", 1)
    assert (message.account, message.sent_at) == (gateway.account, NOW)
    assert message.provider_id == gateway.at_provider[0].provider_id
    assert attempts(house) == [(1, "sent")]


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
def test_each_ending_leaves_a_state_that_staff_can_read(house: House, outcome: Outcome, state: str, noted: str) -> None:
    a_text(house)
    worker = Worker(house, FakeGateway(outcome))
    worker.deliver()
    message = the_message(house)
    assert message.state == state
    assert message.reason == getattr(outcome, "words", None)
    assert (message.claim_token, message.lease_until) == (None, None)
    assert attempts(house) == [(1, noted)]
    assert worker.deliver() is False, "nothing is tried again at once"


def test_what_never_left_goes_a_little_later(house: House) -> None:
    a_text(house)
    worker = Worker(house, FakeGateway(NotSent("Busy"), NotSent("Busy", retry_after=seconds(90))))
    worker.deliver()
    worker.wait(seconds(4))
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    worker.wait(seconds(89))
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    assert the_message(house).state == "sent"
    assert attempts(house) == [(1, "notsent"), (2, "notsent"), (3, "sent")]


def test_a_call_that_comes_too_late_after_its_claim_is_not_made(house: House, gateway: FakeGateway) -> None:
    a_text(house)
    times = iter([NOW, NOW + seconds(6), NOW + seconds(6)])
    transaction = Worker(house, gateway).transaction
    delivery.deliver_next(transaction, gateway, timing=TIMING, worker="w", clock=lambda: next(times))
    assert gateway.sent == []
    assert the_message(house).state == "planned"


def test_what_may_go_the_second_time_goes_once_more(house: House) -> None:
    a_text(house)
    worker = Worker(house, FakeGateway(refused("30001"), refused("30001")))
    worker.deliver()
    worker.wait(minutes(1))
    worker.deliver()
    message = the_message(house)
    assert (message.state, message.error_code, len(worker.gateway.sent)) == ("failed", "30001", 2)


def test_no_transaction_is_open_while_the_provider_is_called(house: House) -> None:
    """The gateway writes to the same database itself, and would wait for any lock that is held."""

    class Writes(FakeGateway):
        def send(self, outgoing: Outgoing) -> Outcome:
            with impatiently(house) as session:
                number = PhoneNumber(mobile_number=outgoing.to, failures_in_a_row=0, marketing_consent="not asked")
                session.add(number)
                on_disk = session.get_one(Message, UUID(outgoing.message_id))
                assert (on_disk.state, on_disk.body) == ("sending", outgoing.body)
                on_disk.reason = "Written during the call"
                assert session.scalar(select(func.count()).select_from(MessageAttempt)) == 1
            return super().send(outgoing)

    a_text(house)
    worker = Worker(house, Writes())
    worker.deliver()
    assert the_message(house).state == "sent"
    assert len(worker.gateway.sent) == 1


@contextmanager
def impatiently(house: House) -> Iterator[Session]:
    with house.database.engine.connect() as connection:
        if house.database.dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 200")
        else:
            connection.execute(text("SET lock_timeout = 200"))
        connection.commit()
        with Session(connection) as session, session.begin():
            yield session


# What is unsure


def unsure(house: House, gateway: FakeGateway | None = None) -> Worker:
    """A worker beside a text of which nobody knows whether it went, at the moment to look for it."""
    a_text(house)
    worker = Worker(house, gateway or FakeGateway(LOST))
    worker.deliver()
    worker.wait(TIMING.settle)
    return worker


def test_a_crash_in_the_call_leaves_it_unsure_and_never_planned(house: House) -> None:
    a_text(house)
    worker = Worker(house, FakeGateway(RuntimeError("the power went")))
    with pytest.raises(RuntimeError):
        worker.deliver()
    assert the_message(house).state == "sending"
    worker.wait(TIMING.lease - seconds(1))
    assert (worker.expire(), worker.deliver()) == (0, False)
    worker.wait(seconds(1))
    assert worker.expire() == 1
    message = the_message(house)
    assert message.state == "unsure"
    assert message.reason == "Sending was cut short: nobody knows yet whether it went"
    assert worker.deliver() is False


def test_a_late_answer_after_the_lease_still_settles_it(house: House, gateway: FakeGateway) -> None:
    a_text(house)
    worker = Worker(house, gateway)
    with worker.transaction() as session:
        (claimed,) = delivery.claim(session, gateway.account, limit=1, timing=TIMING, worker="w", now=NOW).claims
    worker.wait(TIMING.lease)
    worker.expire()
    with worker.transaction() as session:
        late = [(claimed, Sent("SM1"))]
        delivery.record(session, late, account=gateway.account, timing=TIMING, now=worker.now)
    message = the_message(house)
    assert (message.state, message.provider_id) == ("sent", "SM1")


def test_an_answer_to_an_older_claim_changes_nothing(house: House, gateway: FakeGateway) -> None:
    a_text(house)
    worker = Worker(house, gateway)
    with worker.transaction() as session:
        (claimed,) = delivery.claim(session, gateway.account, limit=1, timing=TIMING, worker="w", now=NOW).claims
        session.execute(update(Message).where(Message.id == claimed.message_id).values(fence=2))
    with worker.transaction() as session:
        late = [(claimed, refused("21211"))]
        delivery.record(session, late, account=gateway.account, timing=TIMING, now=NOW)
    assert (the_message(house).state, the_message(house).error_code) == ("sending", None)


def test_nothing_is_looked_for_before_it_has_settled(house: House) -> None:
    a_text(house)
    worker = Worker(house, FakeGateway(LOST))
    worker.deliver()
    worker.wait(TIMING.settle - seconds(1))
    assert worker.look() is False


def test_one_match_at_the_provider_settles_it(house: House) -> None:
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = unsure(house, gateway)
    assert worker.look() is True
    message = the_message(house)
    assert (message.state, message.provider_id) == ("sent", gateway.at_provider[0].provider_id)
    assert (worker.look(), worker.deliver()) == (False, False)
    assert len(gateway.sent) == 1


def test_two_looks_that_find_nothing_send_it_once_more_and_no_more(house: House) -> None:
    worker = unsure(house, FakeGateway(LOST, LOST))
    assert worker.look() is True
    assert the_message(house).state == "unsure"
    assert (worker.look(), worker.deliver()) == (False, False), "two minutes lie between the looks"
    worker.wait(TIMING.look_interval)
    worker.look()
    message = the_message(house)
    assert (message.state, message.resent) == ("planned", True)

    assert worker.deliver() is True
    worker.wait(TIMING.settle)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    message = the_message(house)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason == "It could not be found at the provider, twice: ask the customer"
    worker.wait(hours(24))
    assert (worker.look(), worker.deliver(), worker.expire()) == (False, False, 0)
    assert len(worker.gateway.sent) == 2


def test_what_is_found_between_the_looks_is_not_sent_again(house: House) -> None:
    worker = unsure(house)
    worker.look()
    worker.gateway.accept(worker.gateway.sent[0], "SM-late")
    worker.wait(TIMING.look_interval)
    worker.look()
    assert (the_message(house).state, the_message(house).provider_id) == ("sent", "SM-late")


def test_many_matches_are_left_to_a_person(house: House) -> None:
    worker = unsure(house)
    for provider_id in ("SM-a", "SM-b"):
        worker.gateway.accept(worker.gateway.sent[0], provider_id)
    worker.look()
    message = the_message(house)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason == "The provider has 2 texts like this one: look there before doing anything"


def test_texts_that_are_accounted_for_are_no_match(house: House) -> None:
    """The same words to the same number, known to be another message of ours."""
    gateway = FakeGateway(Sent("SM-mine"), LOST)
    worker = Worker(house, gateway)
    with write(house) as session:
        customer = a_customer(session)
        for token in ("one", "two"):
            messages.text_customer(session, customer_id=customer.id, body="See you", form_token=token, now=NOW)
    worker.deliver_all()
    worker.wait(TIMING.settle)
    worker.look()
    with house.reading(MANAGER) as session:
        assert sorted(session.scalars(select(Message.state))) == ["sent", "unsure"]
        assert session.scalars(select(Message.empty_looks).where(Message.state == "unsure")).one() == 1


@pytest.mark.parametrize("different", ["body", "to", "direction", "earlier"])
def test_a_text_that_is_another_is_no_match(house: House, different: str) -> None:
    worker = unsure(house)
    sent = worker.gateway.sent[0]
    created_at, worker.now = worker.now, NOW - hours(1) if different == "earlier" else NOW
    other = Outgoing(
        sent.message_id,
        "+447700900998" if different == "to" else sent.to,
        "Something else" if different == "body" else sent.body,
    )
    accepted = worker.gateway.accept(other, "SM-other")
    if different == "direction":
        worker.gateway.at_provider = [replace(accepted, direction="inbound")]
    worker.now = created_at
    worker.look()
    assert (the_message(house).state, the_message(house).empty_looks) == ("unsure", 1)


def test_a_provider_out_of_reach_proves_nothing(house: House) -> None:
    worker = unsure(house)
    worker.gateway.unreachable = True
    for _ in range(5):
        assert worker.look() is True
        worker.wait(TIMING.look_interval)
    assert (the_message(house).state, the_message(house).empty_looks) == ("unsure", 0)
    worker.wait(TIMING.give_up)
    worker.look()
    message = the_message(house)
    assert (message.state, message.next_step_at) == ("unsure", None)
    assert message.reason.startswith("The provider could not be asked for too long")


def test_what_is_too_late_by_then_is_not_sent_again(house: House) -> None:
    worker = unsure(house)
    worker.look()
    worker.now = IN_TWO_WEEKS
    worker.look()
    assert the_message(house).reason.endswith("it is too late to send it now")
    assert len(worker.gateway.sent) == 1


# The account


def test_an_accounts_fault_pauses_everything_and_uses_nothing_up(house: House) -> None:
    for _ in range(3):
        a_text(house)
    worker = Worker(house, FakeGateway(refused("20003"), refused("20003")))
    worker.deliver_all()
    assert len(worker.gateway.sent) == 1, "nobody else is tried while it is paused"
    with house.reading(MANAGER) as session:
        pause = session.scalars(select(Pause)).one()
        assert pause.error_code == "20003"
        assert "credentials" in pause.reason
        assert set(session.scalars(select(Message.state).where(Message.kind == "confirmation"))) == {"planned"}
    worker.wait(seconds(60))
    worker.deliver_all()
    assert len(worker.gateway.sent) == 2
    worker.wait(seconds(60))
    worker.deliver_all()
    with house.reading(MANAGER) as session:
        assert session.scalars(select(Pause)).all() == []
        assert list(session.scalars(select(Message.state).where(Message.kind == "confirmation"))) == ["sent"] * 3
    assert len({outgoing.to for outgoing in worker.gateway.sent}) == 3


def test_another_account_is_not_paused(house: House) -> None:
    a_text(house)
    Worker(house, FakeGateway(refused("20003"))).deliver()
    mended = FakeGateway()
    mended.account = "another +447700900998"
    assert Worker(house, mended).deliver() is True
    assert len(mended.sent) == 1


# Numbers


@pytest.mark.parametrize("code", ["21610", "21211"])
def test_what_a_refusal_says_of_a_number_holds_for_all_its_texts(house: House, code: str) -> None:
    with write(house) as session:
        a_booking(session, a_customer(session, mobile_number="07700 900123"))
        a_booking(session, a_customer(session, mobile_number="07700 900123"), an_event(session, name="Other"))
        a_booking(session, a_customer(session, mobile_number="07700 900456"))
    worker = Worker(house, FakeGateway(refused(code)))
    worker.deliver()
    to = worker.gateway.sent[0].to
    with house.reading(MANAGER) as session:
        planned = set(session.scalars(select(Message.mobile_number).where(Message.state == "planned")))
        number = session.get_one(PhoneNumber, to)
        assert to not in planned
        assert planned
        assert (number.opted_out_at is not None, number.unreachable_code) == (
            (True, None) if code == "21610" else (False, "21211")
        )
        needs = session.scalars(select(Message).where(messages.needs_a_person(NOW))).all()
        assert "confirmation" in {message.kind for message in needs}
        assert {message.mobile_number for message in needs} == {to}
        assert worker.gateway.sent[0].message_id in {str(message.id) for message in needs}


def test_an_opt_out_after_planning_stops_what_was_planned(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house, mobile_number="07700 900123")
    with write(house) as session:
        an_opt_out(session, "+447700900123")
    worker.deliver_all()
    assert gateway.sent == []
    assert (the_message(house).state, the_message(house).reason) == ("skipped", "Opted out: they texted STOP")


def test_a_renumbered_customer_is_texted_at_the_new_number(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house, mobile_number="07700 900123")
    with write(house) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=1, now=NOW, mobile_number="07700 900456")
    worker.deliver_all()
    assert [outgoing.to for outgoing in gateway.sent] == ["+447700900456"]


# What is true when it is sent


def test_the_words_are_those_of_the_moment_of_sending(house: House, worker: Worker, gateway: FakeGateway) -> None:
    booking_id = a_text(house, first_name="Jo")
    with write(house) as session:
        customer, event = session.scalars(select(Customer)).one(), session.scalars(select(Event)).one()
        customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
        events.update(session, event.id, version=event.version, now=NOW, short_name="Big Quiz")
        bookings.update(session, booking_id, version=1, now=NOW, seats=6)
    worker.deliver_all()
    (outgoing,) = gateway.sent
    assert "Hi Joanna" in outgoing.body
    assert "Big Quiz" in outgoing.body
    assert "6 seats" in outgoing.body


def test_the_words_that_went_are_kept_as_they_went(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house, first_name="Jo")
    worker.deliver_all()
    with write(house) as session:
        customer = session.scalars(select(Customer)).one()
        customers.update(session, customer.id, version=customer.version, now=NOW, first_name="Joanna")
    assert the_message(house).body == gateway.sent[0].body
    assert "Hi Jo," in gateway.sent[0].body


def test_a_text_that_never_left_is_worded_no_differently_the_second_time(house: House) -> None:
    """Else a look could not tell it by its words."""
    a_text(house, first_name="Jo")
    worker = Worker(house, FakeGateway(NotSent("Busy")))
    worker.deliver()
    worker.wait(minutes(1))
    worker.deliver()
    first, second = worker.gateway.sent
    assert first.body == second.body == the_message(house).body


def the_reminder(house: House, kind: Kind = Kind.REMINDER_24_HOUR, **event: Any) -> Booking:
    """A booking of which only this reminder is left to send."""
    with write(house) as session:
        booking = a_booking(session, event=an_event(session, **event))
        messages.skip_planned(session, Message.kind != kind.value, "Not here", now=NOW)
        return booking


def test_a_reminder_goes_when_it_is_due_and_says_tomorrow(house: House, worker: Worker, gateway: FakeGateway) -> None:
    the_reminder(house)
    worker.now = IN_TWO_WEEKS - days(1) - seconds(1)
    assert worker.deliver() is False
    worker.wait(seconds(1))
    worker.deliver()
    assert "Quiz Night is tomorrow at 7.30pm (2 seats)" in gateway.sent[0].body
    assert gateway.sent[0].valid_for == hours(22)


def test_a_reminder_that_is_late_waits_for_opening(house: House, worker: Worker, gateway: FakeGateway) -> None:
    the_reminder(house)
    worker.now = datetime(2027, 1, 28, 21, 0, tzinfo=NOW.tzinfo)
    assert worker.deliver() is False
    worker.now = datetime(2027, 1, 29, 8, 59, tzinfo=NOW.tzinfo)
    assert worker.deliver() is False
    worker.wait(minutes(1))
    worker.deliver()
    assert "Quiz Night is today at 7.30pm" in gateway.sent[0].body
    assert "tomorrow" not in gateway.sent[0].body


def test_a_confirmation_goes_at_any_hour(house: House, gateway: FakeGateway) -> None:
    a_text(house)
    worker = Worker(house, gateway, now=datetime(2027, 1, 16, 3, 0, tzinfo=NOW.tzinfo))
    assert worker.deliver() is True
    assert len(gateway.sent) == 1


@pytest.mark.parametrize(("kind", "before"), [(Kind.REMINDER_7_DAY, hours(36)), (Kind.REMINDER_24_HOUR, hours(2))])
def test_a_reminder_of_no_more_use_is_skipped_and_says_so(
    house: House, worker: Worker, gateway: FakeGateway, kind: Kind, before: timedelta
) -> None:
    the_reminder(house, kind)
    # 7.30 in the morning is before opening, when nobody looks at reminders.
    worker.now = max(IN_TWO_WEEKS - before, datetime(2027, 1, 28, 9, 0, tzinfo=NOW.tzinfo))
    worker.deliver_all()
    assert gateway.sent == []
    message = the_message(house, kind)
    assert (message.state, message.reason) == ("skipped", "Too late: it would have been of no use any more")


def test_time_alone_skips_what_is_too_late(house: House, worker: Worker) -> None:
    the_reminder(house)
    worker.now = IN_TWO_WEEKS - hours(2)
    assert (worker.expire(), worker.expire()) == (1, 0)
    assert the_message(house, Kind.REMINDER_24_HOUR).state == "skipped"


def test_after_an_outage_only_what_is_still_of_use_goes(house: House, worker: Worker, gateway: FakeGateway) -> None:
    with write(house) as session:
        a_booking(session, tell_customer=False)
    worker.now = IN_TWO_WEEKS - hours(10)
    worker.deliver_all()
    assert [the_message(house, kind).state for kind in reminders.KINDS] == ["skipped", "sent"]
    assert len(gateway.sent) == 1


def test_what_was_cancelled_behind_our_back_is_not_reminded_of(house: House, worker: Worker) -> None:
    booking = the_reminder(house)
    with write(house) as session:
        session.execute(update(Event).where(Event.id == booking.event_id).values(cancelled_at=NOW))
    worker.now = IN_TWO_WEEKS - hours(23)
    worker.deliver_all()
    assert the_message(house, Kind.REMINDER_24_HOUR).reason == "The event is cancelled"


def test_what_was_moved_behind_our_back_is_not_reminded_of_twice(house: House, worker: Worker) -> None:
    booking = the_reminder(house)
    with write(house) as session:
        session.execute(update(Event).where(Event.id == booking.event_id).values(schedule_rev=2))
    worker.now = IN_TWO_WEEKS - hours(23)
    worker.deliver_all()
    assert the_message(house, Kind.REMINDER_24_HOUR).reason == "Replaced: the event has moved"


def test_a_cancelled_event_tells_each_guest_once(house: House, worker: Worker, gateway: FakeGateway) -> None:
    with write(house) as session:
        event = an_event(session)
        for seats in (2, 0):
            a_booking(session, event=event, seats=seats)
        events.cancel(session, event.id, now=NOW)
    worker.now = IN_TWO_WEEKS - days(1)
    worker.deliver_all()
    assert [body.split("sorry, ")[1].split(".")[0] for body in (outgoing.body for outgoing in gateway.sent)] == [
        "Quiz Night tomorrow at 7"
    ] * 2


def test_a_cancelled_booking_is_told_in_the_words_of_then(house: House, worker: Worker, gateway: FakeGateway) -> None:
    booking_id = a_text(house)
    with write(house) as session:
        bookings.delete(session, booking_id, now=NOW, tell_customer=True)
    worker.deliver_all()
    assert [outgoing.body for outgoing in gateway.sent] == [the_message(house, Kind.CANCELLATION).body]
    assert "we've cancelled your booking for Quiz Night" in gateway.sent[0].body


# A customer who is deleted meanwhile


def test_a_deleted_customers_text_is_forgotten_once_it_is_settled(house: House) -> None:
    gateway = FakeGateway(LOST)
    gateway.accept_unknown = True
    worker = unsure(house, gateway)
    with write(house) as session:
        customer = session.scalars(select(Customer)).one()
        customers.delete(session, customer.id, typed_last_name="Smith", now=worker.now)
    assert the_message(house).body is not None
    worker.look()
    message = the_message(house)
    assert (message.state, message.body, message.mobile_number) == ("sent", None, None)


def test_a_deleted_customers_text_is_not_sent_again(house: House) -> None:
    worker = unsure(house)
    with write(house) as session:
        customer = session.scalars(select(Customer)).one()
        customers.delete(session, customer.id, typed_last_name="Smith", now=worker.now)
    worker.look()
    worker.wait(TIMING.look_interval)
    worker.look()
    message = the_message(house)
    assert (message.state, message.reason, message.body) == ("skipped", "The customer was deleted", None)
    assert worker.deliver() is False


# What becomes of it


def test_a_sent_text_is_followed_to_its_end(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house)
    worker.deliver()
    assert worker.follow() is False
    worker.wait(seconds(30))
    gateway.set_status(the_message(house).provider_id or "", "sent")
    assert worker.follow() is True
    assert (the_message(house).state, the_message(house).provider_status) == ("sent", "sent")
    worker.wait(minutes(2))
    gateway.set_status(the_message(house).provider_id or "", "undelivered", "30005")
    worker.follow()
    message = the_message(house)
    assert (message.state, message.error_code, message.reason) == (
        *("undelivered", "30005", error_codes.explain("30005")),
    )
    assert worker.follow() is False
    with house.reading(MANAGER) as session:
        number = session.get_one(PhoneNumber, message.mobile_number)
        assert (number.unreachable_code, number.failures_in_a_row) == ("30005", 1)


def test_a_provider_out_of_reach_is_asked_again(house: House, worker: Worker, gateway: FakeGateway) -> None:
    a_text(house)
    worker.deliver()
    worker.wait(seconds(30))
    gateway.unreachable = True
    assert worker.follow() is True
    assert worker.follow() is False
    gateway.unreachable = False
    gateway.set_status(the_message(house).provider_id or "", "delivered")
    worker.wait(TIMING.look_interval)
    worker.follow()
    assert the_message(house).state == "delivered"


@pytest.mark.parametrize("status", ["sent", "accepted", "teleported"])
def test_following_ends_even_without_a_final_word(
    house: House, worker: Worker, gateway: FakeGateway, status: str
) -> None:
    a_text(house)
    worker.deliver()
    gateway.set_status(the_message(house).provider_id or "", status)
    for _ in range(20):
        worker.wait(days(1))
        if not worker.follow():
            break
    message = the_message(house)
    assert (message.state, message.reason, message.next_step_at) == ("sent", "No final word from the network", None)


# Order and rate


def test_what_was_just_booked_goes_before_reminders(house: House, worker: Worker, gateway: FakeGateway) -> None:
    booking = the_reminder(house)
    worker.now = IN_TWO_WEEKS - days(1) + hours(1)
    with write(house) as session:
        a_booking(session, event=session.get_one(Event, booking.event_id), now=worker.now)
    worker.deliver_all()
    assert ["you're on the list" in outgoing.body for outgoing in gateway.sent] == [True, False]


def test_no_more_go_in_a_second_than_may(house: House, worker: Worker, gateway: FakeGateway) -> None:
    for _ in range(5):
        a_text(house)
    rate = Rate(per_second=2)
    while worker.deliver(rate=rate):
        pass
    assert len(gateway.sent) == 2
    worker.wait(seconds(1.1))
    while worker.deliver(rate=rate):
        pass
    assert len(gateway.sent) == 4


def test_room_is_kept_in_the_day_for_what_is_just_booked(house: House, worker: Worker, gateway: FakeGateway) -> None:
    with write(house) as session:
        event = an_event(session)
        for _ in range(12):
            a_booking(session, event=event, tell_customer=False)
    worker.now = IN_TWO_WEEKS - days(1) + minutes(1)
    rate = Rate(per_day=10, kept_for_bookings=0.2)
    while worker.deliver(rate=rate):
        pass
    with house.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).where(Message.state == "sent")) == 8
    with write(house) as session:
        for _ in range(3):
            a_booking(session, event=session.get_one(Event, event.id), now=worker.now)
    while worker.deliver(rate=rate):
        pass
    with house.reading(MANAGER) as session:
        sent = session.scalars(select(Message.kind).where(Message.state == "sent")).all()
        assert sorted(sent) == ["confirmation"] * 2 + ["reminder_24_hour"] * 8


# The preview


STRANGE = [
    "$first_name",
    "{{7*7}}",
    "{first_name}",
    "%s %(name)s",
    "<script>",
    "O'Neil",
    "Zoë",
    "李",
    "Jo 🍺",
    "\u202bJo\u202c",
    "أحمد",
    "\\1",
    "${x}",
    "&amp;",
    "Ni\u0301",
]


def test_the_preview_is_the_text(house: House, worker: Worker, gateway: FakeGateway) -> None:
    """Over random bookings of awkward guests on awkward events; each name arrives as it was typed."""
    dice = random.Random(7)
    previews: dict[str, str] = {}
    worker.now = NOW
    with write(house) as session:
        coming = [
            an_event(session, name=dice.choice(STRANGE), starts_at=NOW + minutes(dice.randrange(60, 60 * 24 * 400)))
            for _ in range(20)
        ]
        for number in range(150):
            customer = a_customer(session, first_name=dice.choice(STRANGE), mobile_number=f"07700 900{number:03}")
            event, seats = dice.choice(coming), dice.choice([0, 1, 2, 12])
            a_booking(session, customer, event, seats=seats)
            previews[customer.mobile_number] = messages.preview(
                session, Kind.CONFIRMATION, customer_id=customer.id, event_id=event.id, seats=seats, now=NOW
            )
            assert customer.first_name in previews[customer.mobile_number]
            assert event.name in previews[customer.mobile_number]
        messages.skip_planned(session, Message.kind.in_(reminders.KINDS), "Not here", now=NOW)
    while True:
        with worker.transaction() as session:
            claims = delivery.claim(session, gateway.account, limit=100, timing=TIMING, worker="w", now=NOW).claims
        if not claims:
            break
        results = [(claimed, gateway.send(claimed.outgoing)) for claimed in claims]
        with worker.transaction() as session:
            delivery.record(session, results, account=gateway.account, timing=TIMING, now=NOW)
    assert {outgoing.to: outgoing.body for outgoing in gateway.sent} == previews
    assert len(gateway.sent) == 150


def test_a_fault_is_known_for_each_refusal_used_here() -> None:
    assert refused("21610").fault is Fault.OPTED_OUT
    assert refused("20003").fault is Fault.ACCOUNT
    assert refused("21611").fault is refused("30001").fault is Fault.RETRY_ONCE
