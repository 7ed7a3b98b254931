"""By which day a request must be answered, with the examples of the ICO's guidance."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venue.privacy import deadlines


@pytest.mark.parametrize(
    ("received", "by"),
    [
        # Corresponding date; no such date; a leap year.
        ("2026-09-03", "2026-10-05"),  # 3 October is a Saturday.
        ("2027-09-03", "2027-10-04"),  # 3 October is a Sunday.
        ("2026-06-10", "2026-07-10"),
        ("2026-03-31", "2026-04-30"),
        ("2027-01-31", "2027-03-01"),  # 28 February is a Sunday.
        ("2028-01-31", "2028-02-29"),
        ("2026-12-15", "2027-01-15"),
        # Public holidays: Christmas and a weekend, New Year, Good Friday to Easter Monday, the substitute days of 2027.
        ("2026-11-25", "2026-12-29"),
        ("2026-12-01", "2027-01-04"),
        ("2027-02-26", "2027-03-30"),
        ("2027-11-25", "2027-12-29"),
        ("2026-07-31", "2026-09-01"),
    ],
)
def test_a_calendar_month_on_a_working_day(received: str, by: str) -> None:
    assert deadlines.answer_by(date.fromisoformat(received), region="GB") == date.fromisoformat(by)


def test_paused_days_are_added_before_the_day_is_moved() -> None:
    received = date(2026, 9, 3)
    assert deadlines.answer_by(received, paused_days=1, region="GB") == date(2026, 10, 5)
    assert deadlines.answer_by(received, paused_days=10, region="GB") == date(2026, 10, 13)


def test_a_complaint_is_acknowledged_within_thirty_days() -> None:
    assert deadlines.acknowledge_by(date(2026, 6, 19), region="GB") == date(2026, 7, 20)  # 19 July is a Sunday.
    assert deadlines.acknowledge_by(date(2026, 6, 22), region="GB") == date(2026, 7, 22)


def test_elsewhere_only_weekends_move_a_day() -> None:
    assert deadlines.answer_by(date(2026, 11, 25), region="IE") == date(2026, 12, 25)
    assert deadlines.answer_by(date(2026, 9, 3), region="IE") == date(2026, 10, 5)


@given(st.dates(date(2020, 1, 1), date(2200, 12, 31)), st.integers(0, 400))
def test_a_deadline_is_a_working_day_within_a_few_days_of_the_month(received: date, paused: int) -> None:
    by = deadlines.answer_by(received, paused_days=paused, region="GB")
    assert by.weekday() < 5
    assert by not in deadlines.bank_holidays(by.year)
    assert timedelta(days=28 + paused) <= by - received <= timedelta(days=31 + paused + 5)


def test_each_year_has_eight_bank_holidays_on_weekdays() -> None:
    for year in range(2024, 2060):
        days = deadlines.bank_holidays(year)
        assert len(days) == 8
        assert all(day.weekday() < 5 for day in days)
