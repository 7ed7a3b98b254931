"""Who came for the first time and came again, worked out by hand. It is Friday 15 January 2027."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import NOW, a_customer
from tests.venue.insight.held import book, hold
from venue import customers
from venue.customers import CustomerFilter, visit_counts
from venue.insight.period import Period
from venue.insight.returning import Month, returning

AUTUMN = Period(date(2026, 9, 10), date(2026, 12, 31))


def visitor(session: Session, *days: date) -> Customer:
    """A customer who came on these days, once each."""
    customer = a_customer(session)
    for day in days:
        event = hold(session, day)
        book(session, event, 2, event.starts_at - timedelta(days=3), customer)
    visit_counts.refresh(session, [customer.id], now=NOW)
    return customer


def after(day: date, number: int) -> date:
    return day + timedelta(days=number)


def test_first_timers_are_counted_by_month_with_those_who_came_again(session: Session) -> None:
    first = date(2026, 9, 20)
    visitor(session, first)
    visitor(session, first, after(first, 60))
    visitor(session, first, after(first, 61))
    visitor(session, date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 8))
    visitor(session, date(2026, 9, 9), date(2026, 9, 20))  # First came before the period.
    visitor(session, date(2026, 12, 20), date(2027, 1, 2))
    visitor(session, date(2026, 12, 21))

    found = returning(session, AUTUMN, now=NOW)

    assert found.months == [
        Month(date(2026, 9, 10), date(2026, 9, 30), first_timers=3, came_again=1, is_over=True),
        Month(date(2026, 10, 1), date(2026, 10, 31), first_timers=1, came_again=1, is_over=True),
        Month(date(2026, 12, 1), date(2026, 12, 31), first_timers=2, came_again=1, is_over=False),
    ]
    assert found.finding == (
        "2 of 4 who came for the first time came again within 60 days. "
        "2 first-timers came less than 60 days ago: 1 of them came again so far."
    )
    for month in found.months:
        days = {"first_from": month.first, "first_to": month.last}
        assert customers.search(session, **days, now=NOW).total == month.first_timers
        assert customers.search(session, **days, came_again=True, now=NOW).total == month.came_again


@pytest.mark.plain_sql
def test_two_events_on_the_first_day_are_not_coming_again(session: Session) -> None:
    day = date(2026, 10, 1)
    customer = visitor(session, day, day)

    assert not customers.search(session, where=CustomerFilter(came_again=True), now=NOW).total
    visit_counts.refresh(session, [customer.id], now=NOW)
    assert returning(session, AUTUMN, now=NOW).finding == (
        "0 of 1 who came for the first time came again within 60 days."
    )


@pytest.mark.plain_sql
def test_the_days_are_over_for_everyone_or_not_at_all(session: Session) -> None:
    """On the 61st day after the first, the 60 days are over."""
    visitor(session, after(NOW.date(), -61))
    visitor(session, after(NOW.date(), -60))

    (month,) = returning(session, Period(date(2026, 11, 15), date(2026, 11, 15)), now=NOW).months
    assert month.is_over
    (month,) = returning(session, Period(date(2026, 11, 15), date(2026, 11, 16)), now=NOW).months
    assert not month.is_over


@pytest.mark.plain_sql
def test_no_first_timers_say_so(session: Session) -> None:
    assert returning(session, AUTUMN, now=NOW).finding == (
        "No one came for the first time from 10 September to 31 December 2026."
    )
