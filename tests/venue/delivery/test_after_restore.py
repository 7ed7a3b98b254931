"""A restored backup sends nothing until a manager has looked, and then nothing twice."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import make_url, select, update

import settings
from channels.gateway import NotSent, Outgoing, Unknown
from db.models import Booking, Heartbeat, Message
from db.session import Database, open_database
from scheduler_jobs import Scheduler
from sms.texts import Kind
from tests.conftest import on_server
from tests.databases import ON_BOTH
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, NOW, STAFF, a_booking, a_customer, an_event, days, hours, minutes, texts_to
from tests.venue.worker import send_next
from venue import bookings
from venue.delivery import after_restore, schedulers
from venue.delivery.after_restore import Phase
from venue.errors import NotAllowed
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.timing import Timing

pytestmark = pytest.mark.plain_sql

EVENT = NOW + days(8) + hours(2)


class Desk:
    """A venue with a scheduler that is moved by hand, and a provider that outlives its database."""

    def __init__(self, venue: Venue):
        self.venue, self.now = venue, NOW
        self.gateway = FakeGateway()
        self.gateway.now = lambda: self.now

    def transaction(self) -> Any:
        return self.venue.transaction(SCHEDULER)

    def start(self) -> None:
        with self.transaction() as session:
            after_restore.suspect(session, now=self.now)
        after_restore.look(self.transaction, self.gateway, now=self.now)
        with self.transaction() as session:
            schedulers.beat(session, worker="w", started_at=self.now, now=self.now)

    def send(self) -> int:
        before = len(self.gateway.sent)
        while send_next(self.transaction, self.gateway, timing=Timing(), worker="w", clock=lambda: self.now):
            pass
        return len(self.gateway.sent) - before

    def guard(self) -> after_restore.Guard | None:
        with self.venue.reading(MANAGER) as session:
            return after_restore.current(session)

    def release(self) -> int:
        with self.venue.transaction(MANAGER) as session:
            return after_restore.release(session, now=self.now)

    def book(self, **over: Any) -> Booking:
        with self.venue.transaction(MANAGER) as session:
            event = an_event(session, starts_at=EVENT)
            return a_booking(session, a_customer(session, **over), event, now=NOW)

    def back_to(self, then: dict[str, Any]) -> None:
        """A restored backup: every text as it was then, and nothing from later."""
        with self.venue.transaction(MANAGER) as session:
            session.execute(update(Heartbeat).values(seen_at=then["seen_at"]))
            for message in session.scalars(select(Message)).all():
                if message.id not in then["texts"]:
                    session.delete(message)
                    continue
                for column, value in then["texts"][message.id].items():
                    setattr(message, column, value)

    def backup(self) -> dict[str, Any]:
        columns = ("state", "reason", "body", "provider_id", "provider_status", "sent_at", "next_step_at", "final_at")
        with self.venue.reading(MANAGER) as session:
            texts = {m.id: {name: getattr(m, name) for name in columns} for m in session.scalars(select(Message))}
        return {"seen_at": self.now, "texts": texts}

    def texts(self, customer_id: Any, *kinds: Kind) -> list[Message]:
        with self.venue.reading(MANAGER) as session:
            return texts_to(session, customer_id, *kinds)


@pytest.fixture
def desk(venue: Venue) -> Desk:
    desk = Desk(venue)
    desk.start()
    return desk


def a_day_later(desk: Desk) -> Booking:
    """A booking whose confirmation and reminder were sent after the backup that is then restored."""
    booking = desk.book()
    desk.start()
    then = desk.backup()
    desk.now = EVENT - days(7)
    assert desk.send() == 2
    desk.now += hours(3)
    desk.back_to(then)
    return booking


@ON_BOTH
def test_yesterdays_backup_sends_nothing_until_a_manager_releases_it(desk: Desk) -> None:
    booking = a_day_later(desk)

    desk.start()
    assert (desk.send(), desk.guard().phase) == (0, Phase.HELD)  # type: ignore[union-attr]

    assert desk.release() == 0
    assert (desk.send(), desk.guard()) == (0, None)
    went = desk.texts(booking.customer_id, Kind.CONFIRMATION, Kind.REMINDER_7_DAY)
    assert {text.state for text in went} == {State.SENT}
    assert {text.provider_id for text in went} == {found.provider_id for found in desk.gateway.at_provider}
    assert len(desk.texts(booking.customer_id)) == 3
    # Texts that were not due yet are still sent.
    desk.now = EVENT - days(1)
    assert desk.send() == 1


def test_what_is_taken_over_is_followed_as_often_as_is_configured(venue: Venue) -> None:
    timing = Timing(polls=(minutes(7), hours(5)))
    desk = Desk(replace(venue, timing=timing))
    desk.start()
    booking = a_day_later(desk)
    desk.start()
    desk.release()

    texts = desk.texts(booking.customer_id, Kind.CONFIRMATION, Kind.REMINDER_7_DAY)
    assert {text.next_step_at for text in texts} == {desk.now + minutes(7)}


@ON_BOTH
def test_a_copy_of_the_database_put_back_sends_nothing_twice(
    desk: Desk, database_kind: str, new_database: Callable[..., str]
) -> None:
    """The real thing: the stored bytes of yesterday, and a provider that remembers today."""
    booking = desk.book()
    desk.start()
    copy = new_database(database_kind, migrated=False)
    copy_database(desk.venue.database, copy)
    desk.now = EVENT - days(7)
    assert desk.send() == 2

    restored = Desk(replace(desk.venue, database=open_database(copy)))
    restored.gateway, restored.now = desk.gateway, desk.now + hours(3)
    restored.gateway.now = lambda: restored.now
    restored.start()
    assert (restored.send(), restored.guard().phase) == (0, Phase.HELD)  # type: ignore[union-attr]
    restored.release()
    assert restored.send() == 0
    went = restored.texts(booking.customer_id, Kind.CONFIRMATION, Kind.REMINDER_7_DAY)
    assert {text.provider_id for text in went} == {found.provider_id for found in desk.gateway.at_provider}
    restored.venue.database.close()


def copy_database(database: Database, to: str) -> None:
    if database.dialect == "sqlite":
        with closing(sqlite3.connect(make_url(to).database or "")) as copy, database.engine.connect() as connection:
            connection.connection.driver_connection.backup(copy)  # type: ignore[union-attr]
        return
    database.close()
    url = database.engine.url
    on_server(url.set(database="postgres"), f"DROP DATABASE {make_url(to).database}")
    on_server(url.set(database="postgres"), f"CREATE DATABASE {make_url(to).database} TEMPLATE {url.database}")


def test_it_shows_what_was_already_sent_before_anybody_decides(desk: Desk) -> None:
    a_day_later(desk)
    desk.start()
    with desk.venue.reading(MANAGER) as session:
        matches = after_restore.found(session)
        state = schedulers.state(session, now=desk.now)
    kinds = {match.planned.kind for match in matches if match.planned}
    assert kinds == {Kind.CONFIRMATION, Kind.REMINDER_7_DAY}
    assert state.guard is not None
    assert state.guard.since < NOW + minutes(1)


def test_a_text_about_a_booking_missing_from_the_backup_is_logged(desk: Desk) -> None:
    known = desk.book()
    desk.start()
    desk.send()
    then = desk.backup()
    desk.now += hours(1)
    desk.gateway.accept(Outgoing("1", "+447700900777", "Hi Lee, you're on the list"), "SMlost")
    desk.now += hours(20)
    desk.back_to(then)

    desk.start()
    desk.release()

    with desk.venue.reading(MANAGER) as session:
        found = session.scalars(select(Message).where(Message.provider_id == "SMlost")).one()
        assert (found.state, found.customer_id, found.mobile_number) == (State.SENT, None, "+447700900777")
    assert len(desk.texts(known.customer_id)) == 3
    desk.now += hours(20)
    desk.start()
    assert desk.guard() is None


def test_a_planned_text_that_might_be_the_same_in_other_words_is_held(desk: Desk) -> None:
    booking = a_day_later(desk)
    with desk.venue.transaction(MANAGER) as session:
        bookings.update(session, booking.id, version=booking.version, seats=9, tell_customer=False, now=NOW)
    desk.start()

    held = desk.release()

    assert held == 2
    assert desk.send() == 0
    waiting = desk.texts(booking.customer_id, Kind.CONFIRMATION, Kind.REMINDER_7_DAY)
    assert {text.state for text in waiting} == {State.HELD}
    assert "got a text that the restored backup does not have" in waiting[0].reason


def test_a_text_that_was_tried_before_the_backup_is_known_by_the_words_it_went_in(desk: Desk) -> None:
    with desk.venue.transaction(MANAGER) as session:
        event = an_event(session, starts_at=NOW + days(1) + hours(7))
        booking = a_booking(session, a_customer(session), event, tell_customer=False)
    desk.now = NOW + hours(7) + minutes(1)
    desk.gateway.outcomes.append(NotSent("Busy", retry_after=hours(14)))
    desk.send()
    desk.start()
    then = desk.backup()
    # In the evening it would have said "tomorrow", in the morning it said "today".
    desk.now = NOW + hours(21) + minutes(5)
    assert desk.send() == 1
    desk.now += hours(1)
    desk.back_to(then)
    desk.start()
    assert desk.release() == 0
    (reminder,) = desk.texts(booking.customer_id, Kind.REMINDER_24_HOUR)
    assert (reminder.state, desk.send()) == (State.SENT, 0)


def test_until_the_provider_answers_nothing_is_sent(desk: Desk) -> None:
    a_day_later(desk)
    desk.gateway.unreachable = True
    desk.start()
    # Another scheduler starts and finds the first one's beat: it sends nothing either.
    desk.start()
    assert (desk.send(), desk.guard().phase) == (0, Phase.ASKING)  # type: ignore[union-attr]
    assert desk.guard().problem == "told to be"  # type: ignore[union-attr]
    desk.gateway.unreachable = False
    after_restore.look(desk.transaction, desk.gateway, now=desk.now)
    assert (desk.guard().phase, desk.guard().problem) == (Phase.HELD, "")  # type: ignore[union-attr]


def test_a_second_answer_to_the_same_question_does_not_release(desk: Desk) -> None:
    a_day_later(desk)
    slow: list[Any] = []
    asked = desk.gateway.sent_since

    def ask_twice(since: datetime) -> Any:
        if not slow:
            slow.append(asked(since))
            after_restore.look(desk.transaction, desk.gateway, now=desk.now)
        return slow[0]

    desk.gateway.sent_since = ask_twice  # type: ignore[method-assign]
    desk.start()
    assert desk.guard().phase == Phase.HELD  # type: ignore[union-attr]


def test_a_night_without_a_scheduler_is_no_restored_backup(desk: Desk) -> None:
    desk.book()
    desk.send()
    desk.now += hours(12)
    desk.start()
    assert desk.guard() is None
    assert desk.gateway.looks == 1


def test_a_restart_does_not_ask_the_provider(desk: Desk) -> None:
    desk.now += minutes(2)
    desk.start()
    assert (desk.gateway.looks, desk.guard()) == (0, None)


def test_a_crash_in_the_middle_of_a_text_is_no_restored_backup(desk: Desk) -> None:
    desk.book()
    desk.gateway.outcomes.append(Unknown("The reply was lost"))
    desk.gateway.accept_unknown = True
    desk.send()
    desk.now += hours(2)
    desk.start()
    assert desk.guard() is None


def test_only_a_manager_releases(desk: Desk) -> None:
    a_day_later(desk)
    desk.start()
    with desk.venue.transaction(STAFF) as session, pytest.raises(NotAllowed):
        after_restore.release(session, now=desk.now)
    assert desk.guard() is not None
    desk.release()
    assert desk.release() == 0


def test_the_scheduler_asks_before_its_first_text(desk: Desk) -> None:
    a_day_later(desk)
    before = len(desk.gateway.sent)
    scheduler = Scheduler(desk.venue, desk.gateway, settings.load({}), now=lambda: desk.now)

    scheduler.once()
    assert (len(desk.gateway.sent), desk.guard().phase) == (before, Phase.HELD)  # type: ignore[union-attr]
    desk.release()
    scheduler.once()

    assert (len(desk.gateway.sent), desk.guard()) == (before, None)
