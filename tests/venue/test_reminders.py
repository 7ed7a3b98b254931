"""When customers are reminded, and when they are not."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER,
    a_booking,
    days,
    hours,
    minutes,
    texts_to,
)
from venue import reminders
from venue.clock import Hours
from venue.profile import Venue

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_NINE = Hours(time(9), time(21))
WEEK, DAY = Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR


def local(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = LONDON) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# The event's start in London, then both reminders in UTC, always sent at the same time of day in London.
AT_THE_SAME_TIME_OF_DAY = [
    ("an ordinary winter week", local(2027, 1, 29, 19, 30), "2027-01-22 19:30", "2027-01-28 19:30"),
    ("an ordinary summer week", local(2027, 7, 15, 19, 30), "2027-07-08 18:30", "2027-07-14 18:30"),
    ("the evening the clocks went forward", local(2027, 3, 28, 19, 0), "2027-03-21 19:00", "2027-03-27 19:00"),
    ("the day after they went forward", local(2027, 3, 29, 19, 0), "2027-03-22 19:00", "2027-03-28 18:00"),
    ("a week after they went forward", local(2027, 4, 4, 19, 0), "2027-03-28 18:00", "2027-04-03 18:00"),
    ("before they go forward that night", local(2027, 3, 27, 19, 0), "2027-03-20 19:00", "2027-03-26 19:00"),
    ("the evening the clocks went back", local(2026, 10, 25, 19, 0), "2026-10-18 18:00", "2026-10-24 18:00"),
    ("the day after they went back", local(2026, 10, 26, 19, 0), "2026-10-19 18:00", "2026-10-25 19:00"),
    ("a week after they went back", local(2026, 11, 1, 19, 0), "2026-10-25 19:00", "2026-10-31 19:00"),
    ("the evening they go back in 2027", local(2027, 10, 31, 20, 0), "2027-10-24 19:00", "2027-10-30 19:00"),
    ("the day after, in 2027", local(2027, 11, 1, 20, 0), "2027-10-25 19:00", "2027-10-31 20:00"),
    ("a week after, in 2027", local(2027, 11, 7, 20, 0), "2027-10-31 20:00", "2027-11-06 20:00"),
    ("over a leap day", local(2028, 3, 1, 12, 0), "2028-02-23 12:00", "2028-02-29 12:00"),
    ("over a new year", local(2027, 1, 1, 20, 0), "2026-12-25 20:00", "2026-12-31 20:00"),
]


@pytest.mark.parametrize(
    ("starts_at", "week", "day"),
    [row[1:] for row in AT_THE_SAME_TIME_OF_DAY],
    ids=[r[0] for r in AT_THE_SAME_TIME_OF_DAY],
)
@pytest.mark.parametrize("sending_hours", [None, NINE_TO_NINE, (time(9), time(21))])
def test_a_reminder_falls_at_the_events_own_time_of_day(
    starts_at: datetime, week: str, day: str, sending_hours: Hours | None
) -> None:
    assert reminders.due_at(WEEK, starts_at, zone=LONDON, hours=sending_hours) == utc(week)
    assert reminders.due_at(DAY, starts_at, zone=LONDON, hours=sending_hours) == utc(day)


# The event's time of day in London on 29 January 2027, the sending hours, the reminder's time of day a day before.
INSIDE_THE_HOURS = [
    ((21, 0), NINE_TO_NINE, (20, 30)),
    ((20, 30), NINE_TO_NINE, (20, 30)),
    ((20, 31), NINE_TO_NINE, (20, 30)),
    ((20, 29), NINE_TO_NINE, (20, 29)),
    ((23, 59), NINE_TO_NINE, (20, 30)),
    ((9, 0), NINE_TO_NINE, (9, 0)),
    ((8, 59), NINE_TO_NINE, (9, 0)),
    ((8, 0), NINE_TO_NINE, (9, 0)),
    ((0, 30), NINE_TO_NINE, (9, 0)),
    ((21, 0), None, (21, 0)),
    ((3, 0), None, (3, 0)),
    ((3, 0), Hours(time(0), time(0)), (3, 0)),
    ((23, 45), Hours(time(9), time(0)), (23, 30)),
    ((12, 0), Hours(time(9, 45), time(10)), (9, 45)),
    ((8, 0), Hours(time(9, 45), time(10)), (9, 45)),
]


@pytest.mark.parametrize(("event", "sending_hours", "reminder"), INSIDE_THE_HOURS)
@pytest.mark.parametrize("kind", [WEEK, DAY])
def test_a_reminder_moves_inside_the_sending_hours(
    kind: Kind, event: tuple[int, int], sending_hours: Hours | None, reminder: tuple[int, int]
) -> None:
    due = reminders.due_at(kind, local(2027, 1, 29, *event), zone=LONDON, hours=sending_hours)
    ahead = 7 if kind is WEEK else 1
    assert due == local(2027, 1, 29 - ahead, *reminder)
    assert due.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("event", "sending_hours", "reminder"),
    [
        ((10, 0), NINE_TO_NINE, (18, 0)),
        ((23, 59), NINE_TO_NINE, (18, 0)),
        ((0, 30), None, (18, 0)),
        ((19, 30), Hours(time(9), time(17)), (16, 30)),
    ],
)
@pytest.mark.parametrize("kind", [WEEK, DAY])
def test_reminders_may_fall_at_one_time_of_day_whatever_the_events(
    kind: Kind, event: tuple[int, int], sending_hours: Hours | None, reminder: tuple[int, int]
) -> None:
    due = reminders.due_at(kind, local(2027, 1, 29, *event), zone=LONDON, hours=sending_hours, at=time(18))
    assert due == local(2027, 1, 29 - (7 if kind is WEEK else 1), *reminder)


def test_a_time_of_day_too_soon_before_the_event_gives_way_to_the_events_own() -> None:
    half_past_midnight = local(2027, 1, 29, 0, 30)
    assert reminders.due_at(DAY, half_past_midnight, zone=LONDON, at=time(23)) == local(2027, 1, 28, 0, 30)
    assert reminders.due_at(WEEK, half_past_midnight, zone=LONDON, at=time(23)) == local(2027, 1, 22, 23)


def test_the_time_of_day_that_counts_is_the_venues(venue: Venue) -> None:
    at_six = replace(venue, reminders_at=time(18))
    with at_six.transaction(MANAGER) as session:
        booking = a_booking(session)
        planned = texts_to(session, booking.customer_id, *reminders.KINDS)
    assert [text.due_at for text in planned] == [IN_TWO_WEEKS - days(ahead) - minutes(90) for ahead in (7, 1)]


def test_new_years_eve_is_due_half_an_hour_before_closing() -> None:
    starts_at = local(2026, 12, 31, 21, 0)
    assert reminders.due_at("reminder_24_hour", starts_at, zone=LONDON, hours=NINE_TO_NINE) == utc("2026-12-30 20:30")


def test_a_reminder_at_a_skipped_hour_moves_on_by_the_jump() -> None:
    starts_at = local(2027, 3, 29, 1, 30)
    assert reminders.due_at(DAY, starts_at, zone=LONDON) == utc("2027-03-28 01:30")


def test_a_reminder_at_an_hour_that_comes_twice_is_the_first() -> None:
    starts_at = local(2027, 11, 1, 1, 30)
    assert reminders.due_at(DAY, starts_at, zone=LONDON) == utc("2027-10-31 00:30")


def test_the_zone_is_the_venues_whichever_it_is() -> None:
    starts_at = local(2027, 3, 15, 19, 0, NEW_YORK)  # a day after New York's clocks went forward
    assert reminders.due_at(DAY, starts_at, zone=NEW_YORK) == utc("2027-03-14 23:00")
    assert reminders.due_at(WEEK, starts_at, zone=NEW_YORK) == utc("2027-03-09 00:00")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_reminders_come_in_order_inside_the_hours_and_before_the_event(starts_at: datetime) -> None:
    week, day = (reminders.due_at(kind, starts_at, zone=LONDON, hours=NINE_TO_NINE) for kind in (WEEK, DAY))
    assert week < day < starts_at
    assert all(time(9) <= due.astimezone(LONDON).time() <= time(20, 30) for due in (week, day))
    assert starts_at.astimezone(LONDON).date() - day.astimezone(LONDON).date() == timedelta(days=1)
    assert week < reminders.useful_until(WEEK, starts_at) < reminders.useful_until(DAY, starts_at) < starts_at


def test_reminders_are_useful_for_a_while() -> None:
    assert reminders.useful_until(WEEK, IN_TWO_WEEKS) == IN_TWO_WEEKS - hours(36)
    assert reminders.useful_until(DAY, IN_TWO_WEEKS) == IN_TWO_WEEKS - hours(2)


@pytest.mark.parametrize(
    ("at", "sending_hours", "may"),
    [
        (local(2027, 7, 1, 9, 0), NINE_TO_NINE, True),
        (local(2027, 7, 1, 8, 59), NINE_TO_NINE, False),
        (local(2027, 7, 1, 20, 59), NINE_TO_NINE, True),
        (local(2027, 7, 1, 21, 0), NINE_TO_NINE, False),
        (local(2027, 7, 1, 3, 0), None, True),
    ],
)
def test_reminders_leave_only_inside_the_venues_hours(at: datetime, sending_hours: Hours | None, may: bool) -> None:
    assert reminders.may_leave(at, zone=LONDON, hours=sending_hours) is may
