"""The pace of a coming event against the last ones like it, worked out by hand. It is Friday 15 January 2027, noon."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from db.models import Event
from tests.makers import NOW, hours
from tests.venue.insight.held import book, hold, offer
from venue.errors import NotFound
from venue.insight.pace import Pace, Point, coming, pace

THURSDAY = date(2027, 1, 21)
# From now until the event, which starts at 19:30.
TO_GO = hours(6 * 24 + 7.5)


def quiz(session: Session, weeks_ago: int, seats: dict[float, int], **fields: object) -> Event:
    """A quiz on a Thursday, with the seats that were booked these hours before it."""
    event = hold(session, THURSDAY - timedelta(weeks=weeks_ago), name="Quiz", **{"capacity": 40, **fields})
    for before, number in seats.items():
        book(session, event, number, event.starts_at - hours(before))
    return event


def three_quizzes(session: Session) -> None:
    """Twelve, 20 and 24 seats at the point that is now."""
    for weeks, early in ((1, 12), (2, 20), (3, 24)):
        quiz(session, weeks, {300: early, 50: 9, -1: 2})


def of(session: Session, event: Event) -> Pace:
    return pace(session, event.id, now=NOW)


def test_the_seats_are_compared_with_the_same_point_of_events_before(session: Session) -> None:
    three_quizzes(session)
    event = quiz(session, 0, {200: 10})

    found = of(session, event)

    assert [(each.by_now, each.seats) for each in found.alike] == [(12, 23), (20, 31), (24, 35)]
    assert (found.usual_by_now, found.full) == (20, 40)
    assert found.finding == (
        "Quiz, Thu 21 January: 10 of 40 seats (25%) with 6 days to go. "
        "Usually 50% by now (median of the last 3 like it)."
    )


def test_seats_offered_to_the_waitlist_are_not_compared_with_booked_ones(session: Session) -> None:
    three_quizzes(session)
    event = quiz(session, 0, {200: 10})
    offer(session, event, 4)

    found = of(session, event)

    until_now = [point.booked for point in found.points if point.booked is not None]
    assert (until_now[-1], found.usual_by_now) == (10, 20)
    assert found.finding == (
        "Quiz, Thu 21 January: 14 of 40 seats (35%), 10 of them booked (25%), with 6 days to go. "
        "Usually 50% by now (median of the last 3 like it)."
    )


def test_a_booking_made_later_in_the_hour_that_is_now_does_not_count(session: Session) -> None:
    for weeks in (1, 2, 3):
        quiz(session, weeks, {152: 3, 151.4: 50, 151.6: 60})
    event = quiz(session, 0, {})

    assert of(session, event).usual_by_now == 63


def test_the_curve_has_a_point_for_each_day_and_for_now(session: Session) -> None:
    three_quizzes(session)
    event = quiz(session, 0, {200: 10})

    points = of(session, event).points

    by_day = {point.days_to_go: (point.usual, point.booked) for point in points}
    assert [point.days_to_go for point in points] == sorted(by_day, reverse=True)
    # The first bookings were 12 and a half days before the event.
    assert next(iter(by_day)) == 13
    assert (by_day[13], by_day[12], by_day[9], by_day[8]) == ((0, 0), (20, 0), (20, 0), (20, 10))
    assert by_day[TO_GO / timedelta(days=1)] == (20, 10)
    assert (by_day[6], by_day[2], by_day[0]) == ((20, None), (29, None), (29, None))


def test_an_event_whose_bookings_were_entered_afterwards_is_not_compared(session: Session) -> None:
    three_quizzes(session)
    quiz(session, 4, {300: 2, -90: 30})
    event = quiz(session, 0, {200: 10})

    assert [each.by_now for each in of(session, event).alike] == [12, 20, 24]


def test_few_events_before_say_nothing_about_what_is_usual(session: Session) -> None:
    quiz(session, 1, {300: 12})
    quiz(session, 2, {300: 12})
    event = quiz(session, 0, {200: 10})

    found = of(session, event)

    assert found.usual_by_now is None
    assert {point.usual for point in found.points} == {None}
    assert found.finding.endswith("Only 2 events like it before: at least 3 are needed to say what is usual.")


@pytest.mark.plain_sql
def test_without_a_limit_of_seats_the_pace_is_in_seats(session: Session) -> None:
    three_quizzes(session)
    event = quiz(session, 0, {200: 10}, capacity=None)

    assert of(session, event).finding == (
        "Quiz, Thu 21 January: 10 seats with 6 days to go. Usually 20 seats by now (median of the last 3 like it)."
    )


@pytest.mark.plain_sql
def test_a_table_of_six_has_no_percentages(session: Session) -> None:
    event = quiz(session, 0, {200: 4}, capacity=6)

    assert of(session, event).finding == (
        "Quiz, Thu 21 January: 4 seats with 6 days to go. "
        "No event like it before: at least 3 are needed to say what is usual."
    )


def test_only_the_last_eight_of_its_name_and_weekday_that_took_place_are_like_it(session: Session) -> None:
    for weeks in range(1, 11):
        quiz(session, weeks, {300: weeks})
    quiz(session, 1, {300: 50}).cancelled_at = NOW
    hold(session, THURSDAY - timedelta(days=8), 60, name="Quiz")
    hold(session, THURSDAY - timedelta(days=14), 60, name="Jazz")
    hold(session, NOW.date(), 60, name="Quiz", at=time(20))
    event = quiz(session, 0, {})
    quiz(session, -1, {300: 70})

    assert [each.seats for each in of(session, event).alike] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.plain_sql
def test_an_event_of_a_series_is_compared_with_its_series(session: Session) -> None:
    series = uuid4()
    for weeks in (1, 2, 3):
        quiz(session, weeks, {300: 50})
    for days_ago in (8, 9):
        hold(session, THURSDAY - timedelta(days=days_ago), 6, name="Quiz special").series_id = series
    event = quiz(session, 0, {})
    event.series_id = series
    session.flush()

    assert [each.name for each in of(session, event).alike] == ["Quiz special", "Quiz special"]


@pytest.mark.plain_sql
def test_the_weekday_is_the_venues(session: Session) -> None:
    """Half past midnight on a Thursday in summer is Wednesday in UTC, and in winter it is not."""
    event = hold(session, date(2027, 4, 1), name="Late", at=time(0, 30))
    before = [hold(session, date(2027, 3, day), name="Late", at=time(0, 30)) for day in (25, 18, 11)]

    found = pace(session, event.id, now=datetime.fromisoformat("2027-03-30T12:00Z"))

    assert [each.id for each in found.alike] == [each.id for each in before]


@pytest.mark.plain_sql
def test_only_events_to_come_have_a_pace(session: Session) -> None:
    begun = hold(session, NOW.date(), at=time(11))
    cancelled = quiz(session, -1, {})
    cancelled.cancelled_at = NOW
    session.flush()
    event = quiz(session, 0, {})

    assert [row.id for row in coming(session, now=NOW)] == [event.id]
    for each in (begun, cancelled):
        with pytest.raises(NotFound):
            of(session, each)


@pytest.mark.plain_sql
def test_now_is_on_the_curve_once_a_day_is_full(session: Session) -> None:
    event = quiz(session, 0, {200: 10})
    at = event.starts_at - timedelta(days=5)

    points = pace(session, event.id, now=at).points

    assert [point for point in points if point.days_to_go == 5] == [Point(5, None, 10)]
