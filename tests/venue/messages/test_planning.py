"""Which reminders are scheduled, which are skipped, and which a sweep adds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    NOW,
    a_booking,
    a_customer,
    an_event,
    an_opt_out,
    days,
    hours,
    minutes,
    texts_to,
)
from venue import bookings, events, reminders
from venue.clock import Hours
from venue.messages import planning

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_NINE = Hours(time(9), time(21))
WEEK, DAY = Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR


def local(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = LONDON) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Booked late


def planned(session: Session, booking: Booking) -> dict[str, str]:
    return {text.kind: text.state for text in texts_to(session, booking.customer_id, WEEK, DAY)}


# How long before the reminder is due the booking is made, and whether the reminder is still sent.
LATE = [
    (WEEK, hours(24) + minutes(1), "planned"),
    (WEEK, hours(24), "planned"),
    (WEEK, hours(24) - minutes(1), "skipped"),
    (WEEK, hours(-1), "skipped"),
    (DAY, hours(2) + minutes(1), "planned"),
    (DAY, hours(2), "planned"),
    (DAY, hours(2) - minutes(1), "skipped"),
    (DAY, hours(-1), "skipped"),
]


@pytest.mark.plain_sql
@pytest.mark.parametrize(("kind", "ahead", "state"), LATE)
def test_no_reminder_follows_shortly_after_the_confirmation(
    session: Session, kind: Kind, ahead: timedelta, state: str
) -> None:
    due = reminders.due_at(kind, IN_TWO_WEEKS, zone=LONDON, hours=NINE_TO_NINE)
    booking = a_booking(session, event=an_event(session), now=due - ahead)
    assert planned(session, booking)[kind] == state


def test_a_reminder_booked_too_late_says_so(session: Session) -> None:
    booking = a_booking(session, event=an_event(session), now=IN_TWO_WEEKS - hours(20))
    assert {text.reason for text in texts_to(session, booking.customer_id, WEEK, DAY)} == {
        "Booked too late for this reminder"
    }


def test_without_a_confirmation_the_reminder_is_sent_however_late_the_booking(session: Session) -> None:
    due = reminders.due_at(DAY, IN_TWO_WEEKS, zone=LONDON, hours=NINE_TO_NINE)
    booking = a_booking(session, event=an_event(session), now=due - minutes(5), tell_customer=False)
    assert planned(session, booking) == {WEEK: "skipped", DAY: "planned"}


# The sweep


def imported(session: Session, *, seats: int = 2, now: datetime = NOW, event: Event | None = None) -> Booking:
    """A booking as after an import: no text sent, no reminder scheduled."""
    customer, event = a_customer(session), event or an_event(session)
    booking = Booking(
        customer_id=customer.id, event_id=event.id, seats=seats, notes="", created_at=now, updated_at=now, told_at=None
    )
    session.add(booking)
    session.flush()
    return booking


def test_a_sweep_plans_what_is_missing_and_only_that(session: Session) -> None:
    missing = [imported(session, seats=seats) for seats in (0, 4)]
    there = a_booking(session)
    assert planning.sweep(session, now=NOW).reminders == 4
    assert planning.sweep(session, now=NOW).reminders == 0
    assert all(planned(session, booking) == {WEEK: "planned", DAY: "planned"} for booking in missing)
    assert len(texts_to(session, there.customer_id)) == 3
    assert session.scalar(select(func.count()).where(Message.kind == Kind.CONFIRMATION)) == 1


def test_a_sweep_after_planning_plans_nothing_more(session: Session) -> None:
    booking = imported(session)
    assert planning.plan_event(session, booking.event_id, now=NOW) == 2
    assert planning.plan_event(session, booking.event_id, now=NOW) == 0
    assert planning.sweep(session, now=NOW).reminders == 0
    assert len(texts_to(session, booking.customer_id)) == 2


def test_a_sweep_plans_the_one_of_two_that_is_missing(session: Session) -> None:
    booking = a_booking(session)
    session.execute(delete(Message).where(Message.kind == DAY.value))
    assert planning.sweep(session, now=NOW).reminders == 1
    assert planned(session, booking) == {WEEK: "planned", DAY: "planned"}


@pytest.mark.parametrize("starts_at", [NOW - days(1), NOW - minutes(1), NOW])
def test_a_sweep_leaves_alone_what_has_begun(session: Session, starts_at: datetime) -> None:
    imported(session, event=an_event(session, starts_at=starts_at))
    assert planning.sweep(session, now=NOW).reminders == 0


def test_a_sweep_leaves_alone_what_is_cancelled(session: Session) -> None:
    event = an_event(session)
    imported(session, event=event)
    event.cancelled_at = NOW
    session.flush()
    assert planning.sweep(session, now=NOW).reminders == 0


def test_an_imported_booking_counts_from_when_it_came_in(session: Session) -> None:
    booking = imported(session, now=IN_TWO_WEEKS - days(3))
    planning.sweep(session, now=IN_TWO_WEEKS - days(3))
    assert planned(session, booking) == {WEEK: "skipped", DAY: "planned"}


def test_a_sweep_plans_for_a_lost_number_as_not_to_be_sent(session: Session) -> None:
    booking = imported(session)
    number = session.get_one(Customer, booking.customer_id).mobile_number
    an_opt_out(session, number)
    planning.sweep(session, now=NOW)
    assert {(text.state, text.reason) for text in texts_to(session, booking.customer_id)} == {
        ("skipped", "Opted out: they texted STOP")
    }


def test_more_than_a_batch_is_swept_up_by_and_by(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venue.messages.planning.SWEPT_AT_ONCE", 3)
    event = an_event(session)
    for _ in range(7):
        imported(session, event=event)
    assert [planning.sweep(session, now=NOW).reminders for _ in range(4)] == [6, 6, 2, 0]


def test_a_moved_event_has_new_reminders_and_a_sweep_adds_none(session: Session) -> None:
    event = an_event(session)
    booking = imported(session, event=event)
    planning.sweep(session, now=NOW)
    events.update(session, event.id, version=event.version, now=NOW, starts_at=IN_TWO_WEEKS + days(1))
    assert planning.sweep(session, now=NOW).reminders == 0
    due = [text.due_at for text in texts_to(session, booking.customer_id, WEEK, DAY) if text.state == "planned"]
    assert due == [IN_TWO_WEEKS - days(6), IN_TWO_WEEKS]


def test_the_hours_that_count_are_those_of_the_venue(session: Session) -> None:
    booking = a_booking(session, event=an_event(session, starts_at=datetime(2027, 1, 29, 22, 0, tzinfo=UTC)))
    due = {text.due_at for text in texts_to(session, booking.customer_id, WEEK, DAY)}
    assert due == {utc("2027-01-22 20:30"), utc("2027-01-28 20:30")}


def test_a_deleted_booking_is_not_reminded_of(session: Session) -> None:
    booking = a_booking(session)
    bookings.delete(session, booking.id, now=NOW)
    assert planning.sweep(session, now=NOW).reminders == 0
    assert session.scalar(select(func.count()).where(Message.state == "planned")) == 0


def test_reminders_of_one_event_are_planned_alone(session: Session) -> None:
    booking, other = imported(session), imported(session)
    assert planning.plan_event(session, booking.event_id, now=NOW) == 2
    assert texts_to(session, other.customer_id) == []


def test_nothing_is_due_on_the_day_itself(session: Session) -> None:
    """So that no reminder ever says "tomorrow" on the day."""
    early = an_event(session, starts_at=datetime(2027, 1, 29, 0, 15, tzinfo=UTC))
    booking = a_booking(session, event=early)
    due = [text.due_at for text in texts_to(session, booking.customer_id, DAY)]
    assert [at.astimezone(LONDON).date() for at in due if at] == [date(2027, 1, 28)]
