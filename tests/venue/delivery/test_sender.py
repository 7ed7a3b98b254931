"""Many calls at once from one sender or several, on both databases: each text once, in the right order, at the rate."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from channels.gateway import Fault, Outcome, Outgoing, Refused, Sent
from db.models import Message, MessageAttempt, Pause
from sms.texts import Kind
from tests import full_disk
from tests.databases import ON_BOTH, ON_SQLITE
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, a_booking, a_customer, an_event, hours, seconds
from tests.patience import PATIENCE
from venue.delivery import attempts
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.timing import Timing

pytestmark = pytest.mark.plain_sql


class SlowGateway(FakeGateway):
    """Every call takes a moment; `at_once` is the most there were beside each other. `answer` lets them end."""

    def __init__(self, *outcomes: Outcome | BaseException, takes: float = 0.02):
        super().__init__(*outcomes)
        self.takes = takes
        self.calling = self.at_once = 0
        self.called = threading.Event()
        self.answer = threading.Event()
        self.answer.set()
        self._counting = threading.Lock()

    def send(self, outgoing: Outgoing) -> Outcome:
        with self._counting:
            self.calling += 1
            self.at_once = max(self.at_once, self.calling)
        self.called.set()
        try:
            time.sleep(self.takes)
            assert self.answer.wait(PATIENCE)
            return super().send(outgoing)
        finally:
            with self._counting:
                self.calling -= 1


def a_sender(venue: Venue, gateway: FakeGateway, **over: Any) -> Sender:
    settings: dict[str, Any] = {
        "timing": Timing(),
        "rate": Rate(),
        "concurrency": 4,
        "worker": "w",
        "clock": lambda: NOW,
        "stopping": threading.Event(),
        "idle": timedelta(milliseconds=20),
        "give_up": lambda: pytest.fail("the watchdog barked"),
        **over,
    }
    rate = settings.pop("rate")
    return Sender(partial(venue.transaction, SCHEDULER), gateway, rate=lambda: rate, **settings)


@contextmanager
def at_work(*senders: Sender) -> Iterator[list[threading.Thread]]:
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for sender in senders:
            sender.stopping.set()
        for thread in threads:
            thread.join(PATIENCE)


def book(venue: Venue, how_many: int) -> None:
    """Make this number of confirmations due."""
    with venue.transaction(MANAGER) as session:
        event = an_event(session)
        for number in range(how_many):
            a_booking(session, a_customer(session, first_name=f"Guest {number}"), event)


def texts(venue: Venue, *conditions: Any) -> list[Message]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(select(Message).where(Message.due_at <= NOW, *conditions)))


def states(venue: Venue) -> Counter[str]:
    return Counter(message.state for message in texts(venue))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def each_once(gateway: FakeGateway, how_many: int) -> bool:
    return len(gateway.sent) == len({outgoing.message_id for outgoing in gateway.sent}) == how_many


@ON_BOTH
def test_calls_are_made_beside_each_other_up_to_the_limit_and_each_text_once(venue: Venue) -> None:
    book(venue, 30)
    gateway = SlowGateway()

    a_sender(venue, gateway, concurrency=5).run_until_empty()

    assert each_once(gateway, 30)
    assert gateway.at_once == 5
    assert states(venue) == {State.SENT: 30}


@ON_BOTH
def test_several_senders_at_once_send_each_text_once(venue: Venue) -> None:
    book(venue, 60)
    gateway = SlowGateway(takes=0.005)
    senders = [a_sender(venue, gateway, worker=f"w{number}") for number in range(3)]

    with at_work(*senders):
        until(lambda: states(venue) == {State.SENT: 60})

    assert each_once(gateway, 60)


class Away:
    """A venue's transactions; while `away`, the database cannot be used, in this way."""

    def __init__(self, venue: Venue, error: type[DBAPIError] = OperationalError):
        self.venue = venue
        self.error = error
        self.away = False
        self.refused = 0

    def __call__(self) -> AbstractContextManager[Session]:
        if self.away:
            self.refused += 1
            raise self.error("SELECT", {}, Exception("server closed the connection"))
        return self.venue.transaction(SCHEDULER)


@ON_BOTH
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_outcomes_are_kept_and_nothing_is_sent_until_the_database_is_back(
    venue: Venue, error: type[DBAPIError]
) -> None:
    book(venue, 3)
    gateway = SlowGateway()
    gateway.answer.clear()
    sender = a_sender(venue, gateway, concurrency=1)
    sender.transaction = database = Away(venue, error)

    with at_work(sender):
        assert gateway.called.wait(PATIENCE)
        database.away = True
        gateway.answer.set()
        until(lambda: database.refused >= 2)
        assert len(gateway.sent) == 1
        database.away = False
        until(lambda: states(venue) == {State.SENT: 3})

    assert each_once(gateway, 3)


@ON_SQLITE
def test_a_database_that_saves_nothing_is_named_in_the_log(venue: Venue, caplog: pytest.LogCaptureFixture) -> None:
    book(venue, 1)
    gateway = FakeGateway()
    with full_disk.disk(venue.database, full_disk.READ_ONLY):
        a_sender(venue, gateway).run_until_empty()
    assert gateway.sent == []
    words = "the database is read-only (OperationalError: attempt to write a readonly database)"
    assert [record.getMessage() for record in caplog.records] == [f"Nothing is sent for now: {words}"]


@ON_BOTH
def test_an_outcome_that_can_never_be_recorded_is_set_aside_and_the_others_go_on(
    venue: Venue, caplog: pytest.LogCaptureFixture
) -> None:
    book(venue, 6)
    nameless = Sent(None)  # type: ignore[arg-type]  # the database takes no "sent" without a provider's number
    gateway = FakeGateway(Sent("SM1"), nameless)

    a_sender(venue, gateway).run_until_empty()

    assert each_once(gateway, 6)
    assert states(venue) == {State.SENT: 5, State.SENDING: 1}
    (lost,) = texts(venue, Message.state == State.SENDING.value)
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert str(lost.id) in said
    assert str(lost.mobile_number) not in caplog.text
    assert str(lost.body) not in caplog.text
    with venue.transaction(SCHEDULER) as session:
        attempts.expire(session, timing=Timing(), now=NOW + Timing().lease)
    assert states(venue) == {State.SENT: 5, State.UNSURE: 1}


def test_a_bug_in_recording_one_outcome_does_not_keep_the_others(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    book(venue, 4)
    gateway = FakeGateway()
    as_before = attempts.record

    def record(session: Session, results: Any, **more: Any) -> None:
        if any(claimed.outgoing == gateway.sent[0] for claimed, _ in results):
            raise KeyError
        as_before(session, results, **more)

    monkeypatch.setattr(attempts, "record", record)
    a_sender(venue, gateway).run_until_empty()

    assert states(venue) == {State.SENT: 3, State.SENDING: 1}


def test_when_stopping_it_finishes_calls_in_progress_and_claims_nothing_more(venue: Venue) -> None:
    book(venue, 10)
    gateway = SlowGateway()
    gateway.answer.clear()
    sender = a_sender(venue, gateway, concurrency=2)

    with at_work(sender) as threads:
        until(lambda: gateway.calling == 2)
        sender.stopping.set()
        gateway.answer.set()
        threads[0].join(PATIENCE)
        assert not threads[0].is_alive()

    left = states(venue)
    assert set(left) == {State.PLANNED, State.SENT}
    assert left[State.SENT] == len(gateway.sent)


def test_a_call_that_outlives_the_watchdog_ends_the_process(venue: Venue) -> None:
    book(venue, 1)
    gateway = SlowGateway()
    gateway.answer.clear()
    given_up = threading.Event()
    times = {"now": NOW}
    sender = a_sender(venue, gateway, clock=lambda: times["now"], give_up=given_up.set)

    with at_work(sender):
        assert gateway.called.wait(PATIENCE)
        assert not given_up.is_set()
        times["now"] = NOW + Timing().watchdog + seconds(1)
        assert given_up.wait(PATIENCE)
        gateway.answer.set()


def test_a_gateway_that_raises_leaves_its_text_unsure(venue: Venue) -> None:
    book(venue, 2)
    gateway = FakeGateway(ValueError("a bug"))

    a_sender(venue, gateway, concurrency=1).run_until_empty()

    assert states(venue) == {State.UNSURE: 1, State.SENT: 1}


# Rates


class Ticking:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@ON_BOTH
def test_the_rate_of_a_second_holds_for_all_senders_together(venue: Venue) -> None:
    book(venue, 40)
    gateway, clock = FakeGateway(), Ticking()
    sent: list[int] = []
    for _ in range(3):
        senders = [a_sender(venue, gateway, clock=clock, rate=Rate(per_second=7), worker=w) for w in ("a", "b")]
        with at_work(*senders):
            until(lambda: len(gateway.sent) - sum(sent) >= 7)
            time.sleep(0.2)
        sent.append(len(gateway.sent) - sum(sent))
        clock.now += seconds(1)

    assert sent == [7, 7, 7]
    assert each_once(gateway, 21)


@ON_BOTH
def test_the_rate_of_a_day_holds_for_all_senders_together(venue: Venue) -> None:
    book(venue, 30)
    gateway, clock = FakeGateway(), Ticking()
    senders = [a_sender(venue, gateway, clock=clock, rate=Rate(per_day=20), worker=w) for w in ("a", "b")]

    with at_work(*senders):
        until(lambda: len(gateway.sent) >= 20)
        time.sleep(0.2)
    assert each_once(gateway, 20)

    clock.now += hours(24) + seconds(1)
    a_sender(venue, gateway, clock=clock).run_until_empty()
    assert each_once(gateway, 30)


def remind(venue: Venue, how_many: int) -> None:
    """Make this number of reminders due now, and confirmations of later bookings."""
    book(venue, how_many)
    with venue.transaction(MANAGER) as session:
        soon = session.scalars(select(Message).where(Message.kind == Kind.REMINDER_7_DAY.value)).all()
        for reminder in soon:
            reminder.due_at = NOW - hours(1)


def test_confirmations_go_before_reminders_that_are_due_longer(venue: Venue) -> None:
    remind(venue, 4)
    gateway = FakeGateway()

    a_sender(venue, gateway, concurrency=1).run_until_empty()

    with venue.reading(MANAGER) as session:
        kinds = {str(row.id): row.kind for row in session.execute(select(Message.id, Message.kind))}
    assert [kinds[outgoing.message_id] for outgoing in gateway.sent] == [Kind.CONFIRMATION] * 4 + [
        Kind.REMINDER_7_DAY
    ] * 4


def test_the_last_texts_of_the_day_are_reserved_for_bookings(venue: Venue) -> None:
    remind(venue, 6)
    gateway, rate = FakeGateway(), Rate(per_day=8, kept_for_bookings=0.25)

    a_sender(venue, gateway, rate=rate).run_until_empty()
    assert counted(venue, State.SENT) == {Kind.CONFIRMATION: 6}

    book(venue, 3)
    a_sender(venue, gateway, rate=rate).run_until_empty()
    assert counted(venue, State.SENT) == {Kind.CONFIRMATION: 8}


def counted(venue: Venue, state: State) -> Counter[str]:
    return Counter(message.kind for message in texts(venue, Message.state == state.value))


# The account's own faults


def test_a_fault_of_the_account_pauses_all_and_uses_up_nothing(venue: Venue) -> None:
    book(venue, 5)
    gateway, clock = FakeGateway(Refused("20003", "Wrong credentials", Fault.ACCOUNT)), Ticking()
    sender = partial(a_sender, venue, gateway, concurrency=1, clock=clock)

    sender().run_until_empty()
    assert (len(gateway.sent), states(venue)) == (1, {State.PLANNED: 5})
    assert paused(venue) == ["Wrong credentials"]

    clock.now += seconds(66)
    sender().run_until_empty()
    assert states(venue) == {State.SENT: 5}
    assert paused(venue) == []
    assert {message.retries for message in texts(venue)} == {0}


def paused(venue: Venue) -> list[str]:
    with venue.reading(MANAGER) as session:
        return list(session.scalars(select(Pause.reason)))


# Two messages with the same text


def test_an_id_that_a_look_gave_to_a_text_of_the_same_words_is_not_given_twice(venue: Venue) -> None:
    book(venue, 2)
    gateway = FakeGateway(Sent("SM1"), Sent("SM1"))

    a_sender(venue, gateway, concurrency=1).run_until_empty()

    assert states(venue) == {State.SENT: 1, State.UNSURE: 1}
    with venue.reading(MANAGER) as session:
        ended = session.scalar(select(func.count()).where(MessageAttempt.ended_at.is_not(None)))
    assert ended == 2
