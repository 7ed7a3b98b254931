"""Planned reminders move when the sending hours, or their time of day, change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Message
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.makers import MANAGER, MANAGER_AND_SCHEDULER, NOW, a_booking, a_customer, an_event
from venue import choices, customers, events
from venue.clock import Hours
from venue.events import cancellations
from venue.messages import actions, blocking, rescheduling
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER

pytestmark = pytest.mark.plain_sql

STARTS = datetime(2027, 1, 29, 19, 30, tzinfo=UTC)
WEEK_BEFORE, DAY_BEFORE = (Kind.REMINDER_7_DAY, 22), (Kind.REMINDER_24_HOUR, 28)


def follow(venue: Venue, *, now: datetime = NOW) -> int:
    with venue.transaction(SCHEDULER) as session:
        return rescheduling.follow_settings(session, now=now)


def choose(venue: Venue, name: str, typed: str, *, now: datetime = NOW) -> int:
    """Set it, and return how many reminders it says will move. This process follows at once."""
    with venue.transaction(MANAGER) as session:
        choices.save(session, name, typed, now=now)
        moving = rescheduling.to_move(session)
    with venue.reading(MANAGER) as session:
        choices.listed(session)
    return moving


def due(venue: Venue) -> dict[tuple[str, int], str]:
    """The time of day at which each planned reminder is due, by its kind and day."""
    with venue.reading(MANAGER) as session:
        rows = session.scalars(select(Message).where(Message.kind.in_([WEEK_BEFORE[0], DAY_BEFORE[0]]))).all()
        assert all(row.due_at < row.useful_until for row in rows)
        return {(row.kind, row.due_at.day): f"{row.due_at:%H:%M}" for row in rows}


@ON_BOTH
def test_they_move_inside_new_hours_and_back(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session, a_customer(session), an_event(session, starts_at=STARTS))
    assert follow(venue) == 0
    assert choose(venue, "sending_hours", "10:00-17:00") == 2
    assert follow(venue) == 2
    assert due(venue) == {WEEK_BEFORE: "16:30", DAY_BEFORE: "16:30"}
    assert choose(venue, "sending_hours", "10:00-17:00") == 0

    with venue.transaction(MANAGER) as session:
        choices.reset(session, "sending_hours", now=NOW)
    with venue.reading(MANAGER) as session:
        choices.listed(session)
    assert follow(venue) == 2
    assert due(venue) == {WEEK_BEFORE: "19:30", DAY_BEFORE: "19:30"}


def test_they_follow_another_time_of_day_also_while_paused(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        booking = a_booking(session, event=an_event(session, starts_at=STARTS))
        of_it = select(Message.id).where(Message.booking_id == booking.id, Message.kind == DAY_BEFORE[0])
        actions.hold(session, session.scalars(of_it).all(), now=NOW)
    assert choose(venue, "reminders_at", "12:00") == 2
    assert follow(venue) == 2
    assert due(venue) == {WEEK_BEFORE: "12:00", DAY_BEFORE: "12:00"}


def test_what_was_sent_or_skipped_stays(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, starts_at=STARTS))
        session.scalars(select(Message).where(Message.kind == WEEK_BEFORE[0])).one().state = State.SKIPPED
    assert choose(venue, "sending_hours", "10:00-17:00") == 1
    follow(venue)
    assert due(venue) == {WEEK_BEFORE: "19:30", DAY_BEFORE: "16:30"}


def test_one_planned_by_a_process_that_had_not_heard_of_it_moves_too(venue: Venue) -> None:
    """It may go on with the settings of before for half a minute."""
    choose(venue, "sending_hours", "10:00-17:00")
    follow(venue)
    with venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, starts_at=STARTS))
        for reminder in session.scalars(select(Message).where(Message.kind == DAY_BEFORE[0])):
            reminder.due_at += timedelta(hours=3)
    assert follow(venue, now=NOW + timedelta(minutes=1)) == 1
    assert due(venue)[DAY_BEFORE] == "16:30"


def test_once_all_follow_they_are_no_longer_looked_at(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(venue)

    def look(_session: Session) -> None:
        raise AssertionError("looked at every planned reminder")

    monkeypatch.setattr(rescheduling, "_groups", look)
    assert follow(venue, now=NOW + timedelta(minutes=3)) == 0


def follow_as(venue: Venue, worker: str, hours: Hours, *, now: datetime = NOW) -> int:
    """A scheduler whose environment has these hours."""
    with replace(venue, hours=hours).transaction(SCHEDULER) as session:
        return rescheduling.follow_settings(session, now=now, worker=worker)


@ON_BOTH
def test_two_schedulers_with_other_environments_move_nothing_until_they_agree(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session, a_customer(session), an_event(session, starts_at=STARTS))
    long, short = Hours(time(9), time(21)), Hours(time(9), time(17))
    assert follow_as(venue, "one:1", long) == 0
    for minute in (1, 2, 3):
        now = NOW + timedelta(minutes=minute)
        assert [follow_as(venue, "two:2", short, now=now), follow_as(venue, "one:1", long, now=now)] == [0, 0]
    assert due(venue) == {WEEK_BEFORE: "19:30", DAY_BEFORE: "19:30"}
    with venue.reading(MANAGER) as session:
        assert len(set(rescheduling.followed_by(session, now=NOW + timedelta(minutes=3)).values())) == 2
    # One is started again with the hours of the other.
    now = NOW + timedelta(minutes=4)
    assert [follow_as(venue, "one:1", short, now=now), follow_as(venue, "two:2", short, now=now)] == [2, 0]
    assert due(venue) == {WEEK_BEFORE: "16:30", DAY_BEFORE: "16:30"}


def test_the_command_line_does_not_move_what_a_scheduler_follows(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session, a_customer(session), an_event(session, starts_at=STARTS))
    follow_as(venue, "one:1", Hours(time(9), time(21)))
    assert follow_as(venue, "", Hours(time(9), time(17)), now=NOW + timedelta(minutes=1)) == 0


def stop(session: Session, booking: Booking) -> None:
    blocking.opt_out(session, the_number(session, booking), now=NOW)


def start(session: Session, booking: Booking) -> None:
    blocking.opt_in(session, the_number(session, booking), now=NOW)


def stop_by_staff(session: Session, booking: Booking) -> None:
    blocking.stop_texting(session, the_number(session, booking), now=NOW)


def allow(session: Session, booking: Booking) -> None:
    blocking.allow_texting(session, the_number(session, booking), now=NOW)


def correct(session: Session, booking: Booking) -> None:
    version = session.get_one(Customer, booking.customer_id).version
    customers.update(session, booking.customer_id, version=version, mobile_number="07700 900999", now=NOW)


def cancel(session: Session, booking: Booking) -> None:
    events.cancel(session, booking.event_id, now=NOW)


def on_again(session: Session, booking: Booking) -> None:
    cancellations.undo(session, booking.event_id, now=NOW)


def the_number(session: Session, booking: Booking) -> str:
    return session.get_one(Customer, booking.customer_id).mobile_number


@pytest.mark.parametrize(
    ("skip", "plan_again"), [(stop, start), (stop_by_staff, allow), (stop, correct), (cancel, on_again)]
)
def test_those_planned_again_fall_due_by_the_settings_of_now(
    venue: Venue, skip: Callable[[Session, Booking], None], plan_again: Callable[[Session, Booking], None]
) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        booking = a_booking(session, a_customer(session), an_event(session, starts_at=STARTS))
        skip(session, booking)
    choose(venue, "sending_hours", "10:00-17:00")
    assert follow(venue, now=NOW + timedelta(minutes=5)) == 0
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        plan_again(session, booking)
    with venue.reading(MANAGER) as session:
        planned = select(Message.kind).where(Message.state == State.PLANNED.value, Message.kind.startswith("reminder"))
        assert len(session.scalars(planned).all()) == 2
    assert due(venue) == {WEEK_BEFORE: "16:30", DAY_BEFORE: "16:30"}
