"""The other process: what it does once, how it stops, and that several of it do no more than one."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import settings
from channels.gateway import Outcome, Outgoing, ProviderMessage
from db.models import Booking, Customer, Heartbeat, Message, MessageAttempt, OneTimeCode, VenueSetting
from scheduler import main, use_utc
from scheduler_jobs import Scheduler, guarded
from sms.texts import Kind
from tests import full_disk
from tests.command_line import run_scheduler
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, a_booking, a_customer, an_event, days, hours, seconds
from tests.patience import PATIENCE, times_busier
from tests.venue.imports.uploads import shown, upload
from venue import bookings, clock, waitlist
from venue.delivery import after_restore, schedulers
from venue.errors import NotAllowed
from venue.imports.runs import ImportState
from venue.journal import seals
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.profile import TextLimits, Venue
from venue.roles import SCHEDULER
from venue.staff import codes

pytestmark = pytest.mark.plain_sql

ROOT = Path(__file__).parent.parent
NEW_YEARS_EVE = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
EARLY_DECEMBER = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def environ(venue: Venue, **over: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "VENUE_"))}
    url = venue.database.engine.url.render_as_string(hide_password=False)
    return {**clean, "DATABASE_URL": url, "TICK_SECONDS": "0.1", **over}


def start(venue: Venue, *arguments: str, **over: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "scheduler.py", *arguments],
        cwd=ROOT,
        env=environ(venue, **over),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def once(venue: Venue, *arguments: str, **over: str) -> tuple[int, str]:
    url = venue.database.engine.url.render_as_string(hide_password=False)
    ended = run_scheduler("--once", *arguments, url=url, **over)
    return ended.exit_code, ended.output


def states(venue: Venue) -> dict[tuple[str, str], int]:
    with venue.reading(MANAGER) as session:
        counted = select(Message.kind, Message.state, func.count()).group_by(Message.kind, Message.state)
        return {(row[0], row[1]): row[2] for row in session.execute(counted)}


def a_sent_count(session: Session) -> int:
    return session.scalar(select(func.count()).where(Message.provider_id.is_not(None))) or 0


# Once


def test_new_years_eve_is_reminded_of_exactly_once(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        event = an_event(session, name="New Year's Eve", starts_at=NEW_YEARS_EVE, now=EARLY_DECEMBER)
        customer = a_customer(session, now=EARLY_DECEMBER)
        # As after an import: no text is queued or scheduled.
        values = {"seats": 2, "notes": "", "created_at": EARLY_DECEMBER, "updated_at": EARLY_DECEMBER}
        session.execute(insert(Booking).values(customer_id=customer.id, event_id=event.id, **values))

    assert once(venue, "--at", "2026-12-30T20:29:59+00:00") == (0, "")
    # The 7-day one was due on the 24th and is of no use since the 30th, 9 in the morning.
    assert states(venue) == {("reminder_7_day", "skipped"): 1, ("reminder_24_hour", "planned"): 1}

    for _ in range(2):
        assert once(venue, "--at", "2026-12-30T20:40:00+00:00") == (0, "")
        assert states(venue) == {("reminder_7_day", "skipped"): 1, ("reminder_24_hour", "delivered"): 1}
    with venue.reading(MANAGER) as session:
        message = session.scalars(select(Message).where(Message.state == "delivered")).one()
        assert message.due_at == datetime(2026, 12, 30, 20, 30, tzinfo=UTC)
        assert message.sent_at == datetime(2026, 12, 30, 20, 40, tzinfo=UTC)
        assert "New Year's Eve is tomorrow at 9pm (2 seats)" in (message.body or "")
        assert session.scalar(select(func.count()).select_from(MessageAttempt)) == 1


REFUSED = [
    (["--at", "2026-12-30T20:40:00+00:00"], {}, "--at can only be used with --once"),
    (["--once", "--at", "tomorrow"], {}, "give an instant like 2026-12-30T20:40:00+00:00"),
    (["--once", "--at", "2026-12-30T20:40:00"], {}, "give the time zone too"),
    (
        ["--once", "--at", "2026-12-30T20:40:00+00:00"],
        {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "s", "TWILIO_FROM": "+447700900999"},
        "can only be used with simulated texts",
    ),
]


@pytest.mark.parametrize(("arguments", "over", "words"), REFUSED)
def test_another_time_is_refused_unless_nothing_can_leave(
    arguments: list[str], over: dict[str, str], words: str
) -> None:
    blank = dict.fromkeys(settings.TWILIO_VARIABLES, "")
    ended = CliRunner().invoke(main, arguments, env={**blank, **over})
    assert ended.exit_code == 2
    assert words in ended.output


# Running and stopping


@pytest.fixture
def running(venue: Venue) -> Iterator["subprocess.Popen[str]"]:
    process = start(venue)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def wait_until(true: object, *, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    assert callable(true)
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def beats(venue: Venue) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).select_from(Heartbeat)) or 0


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_beats_sends_and_stops_when_asked(
    venue: Venue, running: "subprocess.Popen[str]", asked: signal.Signals
) -> None:
    wait_until(lambda: beats(venue) == 1)
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        a_booking(session, event=an_event(session, starts_at=now + days(30), now=now), now=now)
    wait_until(lambda: states(venue).get(("confirmation", "delivered")) == 1)
    asked_at = time.monotonic()
    running.send_signal(asked)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert time.monotonic() - asked_at < 5 * times_busier()
    assert "Traceback" not in said
    assert ("confirmation", "unsure") not in states(venue)


def a_scheduler(venue: Venue, gateway: FakeGateway, **over: str) -> Scheduler:
    loaded = settings.load({"TICK_SECONDS": "0.02", **over})
    limits = TextLimits(loaded.sms_per_second, loaded.sms_per_day)
    return Scheduler(replace(venue, limits=limits), gateway, loaded)


def test_a_freed_place_is_offered_and_texted_in_one_run(venue: Venue) -> None:
    noon = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
    gateway = FakeGateway()
    scheduler = Scheduler(venue, gateway, settings.load({}), now=lambda: noon)
    with venue.transaction(MANAGER) as session:
        event = an_event(session, capacity=2)
        booking, guest = a_booking(session, event=event), a_customer(session)
        waitlist.join(session, event_id=event.id, customer_id=guest.id, seats=2, now=noon)
        bookings.delete(session, booking.id, now=noon)
    scheduler.once()
    assert [(text.to, "Reply YES by 2pm" in text.body) for text in gateway.sent] == [(guest.mobile_number, True)]


@ON_BOTH
def test_a_message_in_hand_is_finished_before_it_stops(venue: Venue) -> None:
    called, may_answer = threading.Event(), threading.Event()

    class Slow(FakeGateway):
        def send(self, outgoing: Outgoing) -> Outcome:
            called.set()
            may_answer.wait(PATIENCE)
            return super().send(outgoing)

    with venue.transaction(MANAGER) as session:
        now = clock.now()
        a_booking(session, event=an_event(session, starts_at=now + days(30), now=now), now=now)
    scheduler = a_scheduler(venue, Slow())
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    assert called.wait(PATIENCE)
    scheduler.stopping.set()
    may_answer.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert states(venue)[("confirmation", "sent")] == 1


def test_a_job_that_raises_does_not_stop_the_others(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler = a_scheduler(venue, FakeGateway())
    done = Counter[str]()

    def breaks() -> None:
        done["breaks"] += 1
        raise RuntimeError("broken")

    def works() -> None:
        done["works"] += 1

    monkeypatch.setattr(scheduler, "expire_leases", breaks)
    monkeypatch.setattr(scheduler, "look_up_unsure", breaks)
    monkeypatch.setattr(scheduler, "check_statuses", works)
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    wait_until(lambda: done["breaks"] > 4 and done["works"] > 2 and beats(venue) == 1)
    scheduler.stopping.set()
    thread.join(PATIENCE)
    assert "The job breaks failed and will be retried" in caplog.text


def test_it_starts_once_the_database_is_no_longer_busy(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does nothing before it has looked whether a backup was restored, nor gives up."""
    seen: list[int] = []

    def look(_session: Session, *, now: datetime) -> None:
        seen.append(beats(venue))
        if len(seen) < 3:
            raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(after_restore, "suspect", look)
    scheduler = a_scheduler(venue, FakeGateway())
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    wait_until(lambda: beats(venue) == 1)
    scheduler.stopping.set()
    thread.join(PATIENCE)
    assert seen == [0, 0, 0]


def test_a_guarded_job_logs_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> None:
        raise ValueError("broken")

    guarded(breaks)()
    assert "broken" in caplog.text


def test_a_database_that_is_away_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Every job says so, each second."""

    def breaks() -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("refused"))

    guarded(breaks)()
    (line,) = caplog.records
    assert line.getMessage() == (
        "The job breaks failed and will be retried: the database cannot be reached (OperationalError)"
    )
    assert line.exc_info is None


def test_a_full_disk_is_named_in_the_log_and_what_was_to_be_saved_is_not(
    venue: Venue, caplog: pytest.LogCaptureFixture
) -> None:
    def saves() -> None:
        with venue.transaction(MANAGER) as session:
            session.add(VenueSetting(name="large", value="Xanthippe" * 10**6, updated_at=NEW_YEARS_EVE))

    with full_disk.disk(venue.database, full_disk.FULL):
        guarded(saves)()
    (line,) = caplog.records
    assert line.getMessage() == (
        "The job saves failed and will be retried: "
        "the disk of the database is full (OperationalError: database or disk is full)"
    )


def test_texts_are_sent_although_incoming_ones_cannot_be_fetched(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreadable(FakeGateway):
        def received(self, **_: object) -> list[ProviderMessage]:
            assert not self.sent, "it is asked for incoming texts first"
            raise ValueError("not what we expect")

    monkeypatch.setattr("scheduler_jobs.FETCH_FIRST", seconds(0.3))
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        a_booking(session, event=an_event(session, starts_at=now + days(30), now=now), now=now)
    scheduler = a_scheduler(venue, Unreadable(), TICK_SECONDS="0.05")
    running = threading.Thread(target=scheduler._send)
    running.start()
    until = time.monotonic() + PATIENCE
    while ("confirmation", "sent") not in states(venue) and time.monotonic() < until:
        time.sleep(0.05)
    scheduler.stopping.set()
    running.join()
    assert ("confirmation", "sent") in states(venue)


def test_a_beat_tells_staff_that_the_days_limit_keeps_texts_back(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        a_booking(session, event=an_event(session, starts_at=now + days(30), now=now), now=now)
    scheduler = a_scheduler(venue, FakeGateway(), SMS_PER_DAY="1")
    scheduler.sender.run_until_empty()
    scheduler.beat()
    with venue.reading(MANAGER) as session:
        assert "the limit of 1 texts in 24 hours" in schedulers.state(session, now=clock.now()).limit


def test_a_sweep_takes_as_many_rounds_as_it_needs(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venue.messages.planning.SWEPT_AT_ONCE", 2)
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        event = an_event(session, starts_at=now + days(30), now=now)
        for _ in range(5):
            customer = a_customer(session, now=now)
            values = {"seats": 2, "notes": "", "created_at": now, "updated_at": now}
            session.execute(insert(Booking).values(customer_id=customer.id, event_id=event.id, **values))
    a_scheduler(venue, FakeGateway()).plan_reminders()
    assert sum(states(venue).values()) == 10


def test_the_process_runs_in_utc_so_that_autumn_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        use_utc()
        assert time.tzname == ("UTC", "UTC")
    time.tzset()


# A zone that was an hour ahead of UTC since the new year, and whose clock goes back some seconds from now. What then
# reads the local clock stands still for an hour.
IN_AUTUMN = """
import os, time, scheduler
back_at = int(time.time()) + 6
summer = time.gmtime(back_at + 3600)
os.environ["TZ"] = f"WIN0SUM,0/0:00:00,{summer.tm_yday - 1}/{time.strftime('%H:%M:%S', summer)}"
time.tzset()
print(back_at, flush=True)
scheduler.main()
"""


def each_second(session: Session, customer: Customer, since: datetime, how_many: int) -> None:
    """One text falls due every second, and another, which is held, becomes too late."""
    for number in range(how_many):
        at = since + seconds(number)
        due = {"due_at": at, "useful_until": at + hours(5)}
        held = {"due_at": since, "useful_until": at}
        to = {"customer_id": customer.id, "mobile_number": customer.mobile_number}
        for body, state, times in (("due", State.PLANNED, due), ("held", State.HELD, held)):
            what = {"kind": Kind.MANUAL, "dedupe_key": f"manual:{body}:{number}", "body": body, "state": state}
            session.execute(insert(Message).values(NewMessage(**what, **to, **times, now=since).columns()))


def ended_since(venue: Venue, body: str, since: datetime) -> int:
    """Of how many texts something became."""
    with venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).where(Message.body == body, Message.final_at > since)) or 0


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_hour_that_autumn_repeats_holds_nothing_up(venue: Venue) -> None:
    """Neither what is sent nor what `schedule` calls: that reads the local clock, and would stand still in a zone."""
    begun = clock.now()
    with venue.transaction(MANAGER) as session:
        each_second(session, a_customer(session, now=begun), begun, 2 * PATIENCE)
    command = [sys.executable, "-c", IN_AUTUMN]
    process = subprocess.Popen(command, cwd=ROOT, env=environ(venue), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        back_at = datetime.fromtimestamp(int(process.stdout.readline()), UTC)
        for body in ("due", "held"):
            wait_until(lambda body=body: ended_since(venue, body, back_at) > 2)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


# Several at once


def two_hundred_due(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        customer = a_customer(session, now=now)
        due = [
            NewMessage(
                kind=Kind.MANUAL,
                dedupe_key=f"manual:{number}",
                customer_id=customer.id,
                mobile_number=customer.mobile_number,
                due_at=now,
                useful_until=now + hours(5),
                now=now,
                body=f"Text {number}",
            ).columns()
            for number in range(200)
        ]
        session.execute(insert(Message), due)


@ON_BOTH
def test_two_schedulers_at_once_send_each_text_once(venue: Venue) -> None:
    two_hundred_due(venue)
    processes = [start(venue, "--once") for _ in range(2)]
    for process in processes:
        _, said = process.communicate(timeout=PATIENCE)
        assert (process.returncode, said) == (0, "")
    assert states(venue) == {("manual", "delivered"): 200}
    with venue.reading(MANAGER) as session:
        assert a_sent_count(session) == 200
        assert session.scalar(select(func.count()).select_from(MessageAttempt)) == 200


@ON_BOTH
def test_two_schedulers_on_one_gateway_call_it_once_for_each_text(venue: Venue) -> None:
    two_hundred_due(venue)
    gateway = FakeGateway()
    both = [a_scheduler(venue, gateway, SMS_PER_SECOND="1000000", SMS_PER_DAY="1000000") for _ in range(2)]
    threads = [threading.Thread(target=scheduler.once) for scheduler in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert Counter(outgoing.body for outgoing in gateway.sent) == {f"Text {number}": 1 for number in range(200)}
    assert states(venue) == {("manual", "sent"): 200}


@ON_BOTH
def test_the_rate_holds_for_all_schedulers_together(venue: Venue) -> None:
    two_hundred_due(venue)
    gateway = FakeGateway()
    both = [a_scheduler(venue, gateway, SMS_PER_SECOND="5") for _ in range(2)]
    threads = [threading.Thread(target=scheduler.run) for scheduler in both]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    wait_until(lambda: len(gateway.sent) > 5)
    for scheduler in both:
        scheduler.stopping.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(gateway.sent) <= 5 * (1 + int(time.monotonic() - begun))


@pytest.mark.parametrize("run", ["once", "run"])
def test_a_stop_that_waits_at_the_provider_is_heard_before_the_first_text(venue: Venue, run: str) -> None:
    with venue.transaction(MANAGER) as session:
        now = clock.now()
        customer = a_customer(session, now=now)
        a_booking(session, customer, an_event(session, starts_at=now + days(30), now=now), now=now)
    gateway = FakeGateway()
    gateway.receive(customer.mobile_number, "stop texting me")
    scheduler = a_scheduler(venue, gateway, SENDING_HOURS="00:00-24:00")
    thread = threading.Thread(target=getattr(scheduler, run))
    thread.start()
    wait_until(lambda: states(venue).get(("confirmation", "skipped")) == 1)
    scheduler.stopping.set()
    thread.join(PATIENCE)
    assert gateway.sent == []


def test_a_run_seals_the_journal(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        an_event(session)
    a_scheduler(venue, FakeGateway()).once()
    with venue.reading(MANAGER) as session:
        assert seals.latest(session) is not None


def test_an_uploaded_file_is_checked_in_a_run_and_deleted_in_time(venue: Venue) -> None:
    import_id, scheduler = upload(venue, now=clock.now()), a_scheduler(venue, FakeGateway())
    scheduler.once()
    assert shown(venue, import_id).state is ImportState.CHECKED

    scheduler.now = lambda: clock.now() + days(8)
    scheduler.tidy()
    assert shown(venue, import_id).state is ImportState.CANCELLED


def test_tidying_deletes_what_signing_in_leaves_behind(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        codes.issue(session, "set_up", now=clock.now() - days(3))
    a_scheduler(venue, FakeGateway()).tidy()
    with venue.reading(MANAGER) as session:
        assert list(session.scalars(select(OneTimeCode))) == []


@ON_BOTH
def test_a_scheduler_may_do_nothing_but_deliver(venue: Venue) -> None:
    with venue.transaction(SCHEDULER) as session, pytest.raises(NotAllowed):
        a_customer(session)
