"""The days of a chart, as its address has them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from venue.insight.period import Period

LONDON = ZoneInfo("Europe/London")
TODAY = date(2027, 1, 15)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, "2026-10-24", "2027-01-15"),
        ({"from": "2027-01-01", "until": "2027-01-31"}, "2027-01-01", "2027-01-31"),
        ({"from": "2027-01-31", "until": "2027-01-01"}, "2027-01-01", "2027-01-31"),
        ({"until": "2026-12-31"}, "2026-10-09", "2026-12-31"),
        ({"from": "2027-02-01"}, "2027-02-01", "2027-02-01"),
        ({"from": "yesterday", "until": "31/12/2026"}, "2026-10-24", "2027-01-15"),
        ({"from": "2001-01-01", "until": "2027-01-15"}, "2025-01-15", "2027-01-15"),
    ],
)
def test_an_address_has_a_period(query: dict[str, str], first: str, last: str) -> None:
    period = Period.from_query(query, today=TODAY)

    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert Period.from_query(period.to_query(), today=TODAY) == period


def test_days_are_those_of_the_venue_when_the_clocks_change() -> None:
    """The last Sunday of March has 23 hours in London, that of October 25."""
    for day, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 6, 1), 24)):
        start, end = Period(day, day).bounds(LONDON)
        assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 9, 1), date(2026, 11, 30), "1 September to 30 November 2026"),
        (date(2026, 11, 1), date(2027, 1, 30), "1 November 2026 to 30 January 2027"),
        (TODAY, TODAY, "15 January 2027"),
    ],
)
def test_a_period_is_said_in_words(first: date, last: date, words: str) -> None:
    assert Period(first, last).in_words() == words
