"""The venue's own time: days that are 23 or 25 hours long, times that do not happen, times that happen twice."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from venue import clock
from venue.clock import Hours
from venue.errors import NoSuchTime

LONDON = ZoneInfo("Europe/London")
SPRING = date(2027, 3, 28)
AUTUMN = date(2027, 10, 31)


@pytest.mark.parametrize(
    ("on", "at", "instant"),
    [
        (date(2027, 1, 15), time(19, 30), datetime(2027, 1, 15, 19, 30, tzinfo=UTC)),
        (date(2027, 7, 15), time(19, 30), datetime(2027, 7, 15, 18, 30, tzinfo=UTC)),
        (SPRING, time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (SPRING, time(2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (AUTUMN, time(0, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (AUTUMN, time(2, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_what_staff_type_is_the_venues_time(on: date, at: time, instant: datetime) -> None:
    assert clock.from_local(on, at, LONDON) == clock.LocalTime(instant)


@pytest.mark.parametrize(("typed", "suggested"), [(time(1, 0), time(2, 0)), (time(1, 30), time(2, 30))])
def test_a_time_that_does_not_happen_is_refused_with_a_suggestion(typed: time, suggested: time) -> None:
    with pytest.raises(
        NoSuchTime, match=f"28 March 2027 .* {typed:%H:%M} does not happen: use {suggested:%H:%M}"
    ) as no:
        clock.from_local(SPRING, typed, LONDON)
    assert no.value.suggestion == suggested


@pytest.mark.parametrize("typed", [time(1, 0), time(1, 30), time(1, 59), time(1, 30, fold=1)])
def test_a_time_that_happens_twice_is_the_first_and_says_so(typed: time) -> None:
    first = clock.from_local(AUTUMN, typed, LONDON)
    assert first.instant == datetime(2027, 10, 31, 0, typed.minute, tzinfo=UTC)
    assert "happens twice. The first one is used" in first.note


@pytest.mark.parametrize(("on", "length"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 7, 1), 24)])
def test_a_day_is_as_long_as_the_venues_clock_makes_it(on: date, length: int) -> None:
    start, end = clock.day_bounds(on, LONDON)
    assert end - start == timedelta(hours=length)
    assert start.utcoffset() == timedelta(0)


def test_today_is_the_venues() -> None:
    late = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)
    assert clock.today(late, LONDON) == date(2027, 7, 2)
    assert clock.start_of_today(late, LONDON) == datetime(2027, 7, 1, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "day"), [(20, date(2027, 7, 2)), (24, date(2027, 7, 2)), (29, date(2027, 7, 2)), (30, date(2027, 7, 3))]
)
def test_an_evening_goes_on_until_six_in_the_morning(hour: int, day: date) -> None:
    instant = clock.start_of(date(2027, 7, 2), LONDON) + timedelta(hours=hour)
    assert clock.business_day(instant, LONDON) == day
    assert clock.start_of_business_day(instant, LONDON) == clock.start_of(day, LONDON)


def test_a_zone_whose_day_begins_after_midnight_still_has_a_start() -> None:
    # In Beirut the clocks went forward at midnight of 26 March 2028: that day begins at 1.
    beirut = ZoneInfo("Asia/Beirut")
    start, end = clock.day_bounds(date(2028, 3, 26), beirut)
    assert end - start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        (Hours(time(9), time(21)), [time(9), time(20, 59, 59)], [time(8, 59, 59), time(21), time(0)]),
        (Hours(time(9), time(0)), [time(9), time(23, 59, 59)], [time(0), time(8, 59)]),
    ],
)
def test_hours_include_opening_and_not_closing(hours: Hours, inside: list[time], outside: list[time]) -> None:
    assert all(hours.include(at) for at in inside)
    assert not any(hours.include(at) for at in outside)


def test_words_for_instants_are_the_venues() -> None:
    assert clock.format_instant(datetime(2027, 7, 1, 23, 30, tzinfo=UTC), LONDON) == "Fri 2 July 2027, 00:30"
