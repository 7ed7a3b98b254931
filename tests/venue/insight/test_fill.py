"""Fill by category, worked out by hand. It is Friday 15 January 2027."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW
from tests.venue.insight.held import hold
from venue import events
from venue.events import EventFilter
from venue.insight.fill import CategoryFill, fill_by_category
from venue.insight.period import Period

JANUARY = Period(date(2027, 1, 1), date(2027, 1, 31))

pytestmark = pytest.mark.plain_sql


def day(number: int) -> date:
    return date(2027, 1, number)


def test_each_category_has_its_share_of_seats(session: Session) -> None:
    hold(session, day(1), 10, 5, capacity=20, category="Quiz")
    hold(session, day(20), 5, capacity=20, category="Quiz")
    hold(session, day(2), 9, capacity=10, category="Music")
    hold(session, day(3), capacity=30)
    hold(session, day(4), 99, category="Music")
    hold(session, day(5), 10, capacity=10, category="Quiz").cancelled_at = NOW
    hold(session, date(2027, 2, 1), 10, capacity=10, category="Quiz")
    session.flush()

    found = fill_by_category(session, JANUARY, now=NOW)

    assert found.categories == [
        CategoryFill("Music", events=1, seats=9, capacity=10, not_over=0),
        CategoryFill("Quiz", events=2, seats=20, capacity=40, not_over=1),
        CategoryFill("", events=1, seats=0, capacity=30, not_over=0),
    ]
    assert found.finding == (
        "Fullest is Music: 9 of 10 (90%) seats taken. Emptiest is No category with 0%. 1 event is not over."
    )
    for each in found.categories:
        listed = EventFilter(
            JANUARY.first,
            JANUARY.last,
            category=each.category,
            without_category=not each.category,
            with_capacity=True,
            not_cancelled=True,
        )
        same = events.filtered(session, listed, now=NOW)
        assert (same.page.total, same.seats) == (each.events, each.seats)


def test_few_seats_have_no_percentage(session: Session) -> None:
    hold(session, day(1), 3, capacity=4, category="Chef's table")

    assert fill_by_category(session, JANUARY, now=NOW).finding == "Chef's table: 3 of 4 seats taken."


def test_without_limits_of_seats_there_is_no_fill(session: Session) -> None:
    hold(session, day(1), 3)

    assert fill_by_category(session, JANUARY, now=NOW).finding == (
        "No events with a limit of seats from 1 January to 31 January 2027."
    )
