"""Seats by day against the same weekday, worked out by hand. It is Friday 15 January 2027, noon."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW
from tests.venue.insight.held import book, hold, offer
from venue import events
from venue.events import EventFilter
from venue.insight.period import Period
from venue.insight.seats_by_day import Day, seats_by_day

FRIDAY = date(2027, 1, 15)


def week(number: int) -> date:
    """The Friday this number of weeks ago."""
    return FRIDAY - timedelta(weeks=number)


def days_of(session: Session, first: date, last: date) -> dict[date, Day]:
    return {day.day: day for day in seats_by_day(session, Period(first, last), now=NOW).days}


def test_a_day_is_compared_with_the_median_of_its_last_eight(session: Session) -> None:
    for ago, seats in enumerate((40, 10, 20, 30, 31, 40, 50, 60, 70, 999), start=1):
        hold(session, week(ago), seats)

    days = days_of(session, week(1), week(1))

    # 10, 20, 30, 31, 40, 50, 60, 70: half-way between 31 and 40, rounded up.
    assert list(days.values()) == [Day(week(1), events=1, seats=40, booked=40, usual=36, compared=8, is_over=True)]


def test_days_without_events_and_cancelled_ones_are_passed_over(session: Session) -> None:
    hold(session, week(1), 12)
    for ago in (3, 5, 7):
        hold(session, week(ago), ago)
    cancelled = hold(session, week(2), 50)
    cancelled.cancelled_at = NOW
    session.flush()

    days = days_of(session, week(2), week(1))

    assert list(days) == [week(1)]
    assert (days[week(1)].usual, days[week(1)].compared) == (5, 3)


def test_what_is_longer_ago_than_half_a_year_or_on_too_few_days_is_not_usual(session: Session) -> None:
    for ago in (1, 2, 3, 28):
        hold(session, week(ago), 10)

    day = days_of(session, week(1), week(1))[week(1)]

    assert (day.usual, day.compared) == (None, 2)
    said = seats_by_day(session, Period(week(1), week(1)), now=NOW).finding
    assert said == "10 seats on 1 day with events. Too few days before to say what is usual."


def test_today_is_compared_with_the_same_point(session: Session) -> None:
    """At noon: a booking made at 11:30 on the day counts, and one made at 12:30 does not."""
    for ago in (1, 2, 3):
        hold(session, week(ago), 10 * ago, booked=8)
        hold(session, week(ago), 100, booked=7)
    hold(session, FRIDAY, 7)

    found = seats_by_day(session, Period(FRIDAY, FRIDAY), now=NOW)

    assert found.days == [Day(FRIDAY, events=1, seats=7, booked=7, usual=20, compared=3, is_over=False)]
    assert found.finding == "Fri 15 January is not over: 7 seats so far, usually 20 at this point."


def test_walk_ins_and_offers_of_today_are_not_compared_with_bookings(session: Session) -> None:
    """On the days before they are in the seats, but when walk-ins came and what was offered is not known."""
    for ago in (1, 2, 3):
        hold(session, week(ago), 10 * ago, booked=8).unnamed_seats = 5
    today = hold(session, FRIDAY, 7)
    today.unnamed_seats = 4
    offer(session, today, 2)

    found = seats_by_day(session, Period(FRIDAY, FRIDAY), now=NOW)

    assert found.days == [Day(FRIDAY, events=1, seats=13, booked=7, usual=20, compared=3, is_over=False)]
    assert found.finding == (
        "Fri 15 January is not over: 13 seats so far, 7 of them booked. Usually 20 are booked at this point."
    )
    before = days_of(session, week(1), week(1))[week(1)]
    assert (before.seats, before.booked) == (15, 10)


def test_days_whose_bookings_were_imported_later_have_no_same_point(session: Session) -> None:
    for ago in (1, 2, 3):
        hold(session, week(ago), 10 * ago, booked=8)
    for ago in (4, 5, 6, 7):
        hold(session, week(ago), 50, booked=-2)
    hold(session, FRIDAY, 7)

    (day,) = seats_by_day(session, Period(FRIDAY, FRIDAY), now=NOW).days

    assert (day.usual, day.compared) == (20, 3)


def test_the_same_point_is_one_of_the_venues_clock(session: Session) -> None:
    """Thursday 1 April 2027, noon, is 11:00 UTC. A week before, when clocks showed UTC, noon was 12:00 UTC."""
    now = datetime.fromisoformat("2027-04-01T11:00:00Z")
    thursday = date(2027, 4, 1)
    for ago in (1, 2, 3):
        event = hold(session, thursday - timedelta(weeks=ago))
        noon = now - timedelta(weeks=ago) + timedelta(hours=1)
        book(session, event, 4, noon - timedelta(minutes=1))
        book(session, event, 50, noon + timedelta(minutes=1))
    hold(session, thursday)

    (day,) = seats_by_day(session, Period(thursday, thursday), now=now).days

    assert day.usual == 4


def test_a_day_ends_at_the_venues_midnight(session: Session) -> None:
    """In summer, an event at half past midnight in London is on the day before in UTC."""
    hold(session, date(2026, 7, 3), 5, at=time(0, 30))
    hold(session, date(2026, 7, 3), 6, at=time(23, 30))

    days = days_of(session, date(2026, 7, 1), date(2026, 7, 4))

    assert {day: found.seats for day, found in days.items()} == {date(2026, 7, 3): 11}


def test_the_period_is_summed_up_against_what_is_usual(session: Session) -> None:
    for ago, seats in ((1, 33), (2, 33), (3, 30), (4, 30), (5, 30)):
        hold(session, week(ago), seats)

    said = seats_by_day(session, Period(week(2), week(1)), now=NOW).finding

    assert said == "66 seats on 2 days with events: 10% more than usual for the same weekdays."


@pytest.mark.plain_sql
def test_a_period_without_events_says_so(session: Session) -> None:
    assert seats_by_day(session, Period(week(2), week(1)), now=NOW).finding == (
        "No events from 1 January to 8 January 2027."
    )


@pytest.mark.plain_sql
def test_each_day_equals_the_list_it_opens(session: Session) -> None:
    hold(session, week(1), 4, 5)
    hold(session, week(1), 6)
    hold(session, week(1), 90).cancelled_at = NOW
    session.flush()
    (day,) = days_of(session, week(1), week(1)).values()

    listed = EventFilter(first_day=day.day, last_day=day.day, not_cancelled=True)
    found = events.filtered(session, EventFilter.from_query(listed.to_query()), now=NOW)

    assert (found.page.total, found.seats) == (day.events, day.seats) == (2, 15)
