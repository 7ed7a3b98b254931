"""The dates of events that repeat."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from venue.errors import Invalid
from venue.events.repeats import Repeat, in_words, occurrences, pattern

LONDON = ZoneInfo("Europe/London")
WEDNESDAY = date(2027, 3, 3)
EVENING = time(19, 30)


def days(repeat: Repeat, first: date = WEDNESDAY, **ends: object) -> list[str]:
    return [each.on.isoformat() for each in occurrences(first, EVENING, repeat=repeat, zone=LONDON, **ends)]  # type: ignore[arg-type]


def test_weekly_and_every_two_weeks_until_a_day_which_counts() -> None:
    assert days(Repeat.WEEKLY, until=date(2027, 3, 17)) == ["2027-03-03", "2027-03-10", "2027-03-17"]
    assert days(Repeat.TWO_WEEKS, until=date(2027, 3, 30)) == ["2027-03-03", "2027-03-17"]
    assert days(Repeat.WEEKLY, times=2) == ["2027-03-03", "2027-03-10"]


def test_monthly_is_the_same_weekday_of_the_month() -> None:
    assert days(Repeat.MONTHLY, times=3) == ["2027-03-03", "2027-04-07", "2027-05-05"]
    # A fifth one is the last, which every month has.
    assert days(Repeat.MONTHLY, date(2027, 3, 31), times=4) == ["2027-03-31", "2027-04-28", "2027-05-26", "2027-06-30"]
    assert days(Repeat.MONTHLY, date(2027, 12, 1), times=2) == ["2027-12-01", "2028-01-05"]


def test_the_wall_clock_stays_across_the_change_of_the_clocks() -> None:
    before, after = occurrences(date(2027, 3, 24), EVENING, repeat=Repeat.WEEKLY, times=2, zone=LONDON)
    assert (before.starts_at, after.starts_at) == (
        datetime(2027, 3, 24, 19, 30, tzinfo=UTC),
        datetime(2027, 3, 31, 18, 30, tzinfo=UTC),
    )
    assert (before.note, after.note) == ("", "")


def test_a_time_that_does_not_happen_moves_and_one_that_happens_twice_is_the_first() -> None:
    _, skipped = occurrences(date(2027, 3, 21), time(1, 30), repeat=Repeat.WEEKLY, times=2, zone=LONDON)
    assert skipped.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert skipped.note == "On 28 March 2027 the clocks go forward and 01:30 does not happen: 02:30 is used"
    _, twice = occurrences(date(2027, 10, 24), time(1, 30), repeat=Repeat.WEEKLY, times=2, zone=LONDON)
    assert twice.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "happens twice" in twice.note


REFUSED = [
    (Repeat.WEEKLY, {"until": date(2027, 3, 9)}, "until", "the second date is 10 March 2027"),
    (Repeat.WEEKLY, {"until": date(2029, 3, 4)}, "until", "over two years"),
    (Repeat.MONTHLY, {"times": 30}, "times", "over two years"),
    (Repeat.WEEKLY, {"times": 1}, "times", "from 2 to 104"),
    (Repeat.WEEKLY, {"times": 105}, "times", "from 2 to 104"),
    (Repeat.WEEKLY, {}, "until", "Enter the last date"),
]


@pytest.mark.parametrize(("repeat", "ends", "field", "words"), REFUSED)
def test_a_series_has_at_least_two_dates_and_ends_within_two_years(
    repeat: Repeat, ends: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        days(repeat, **ends)
    assert words in refused.value.problems[field]


def test_a_series_has_at_most_104_dates() -> None:
    assert len(days(Repeat.WEEKLY, until=date(2029, 3, 1))) == 104


@pytest.mark.parametrize("repeat", Repeat)
def test_the_pattern_is_read_from_the_dates(repeat: Repeat) -> None:
    dates = [each.on for each in occurrences(WEDNESDAY, EVENING, repeat=repeat, times=9, zone=LONDON)]
    assert pattern(dates) == in_words(repeat, WEDNESDAY)
    # Without a date that was left out, and with one that moved to another day.
    assert pattern([*dates[:4], dates[5].replace(day=dates[5].day + 1), *dates[6:]]) == in_words(repeat, WEDNESDAY)


def test_dates_without_a_pattern_are_a_series() -> None:
    assert pattern([date(2027, 3, 1), date(2027, 3, 9)]) == "Series"
    assert pattern([date(2027, 3, 1)]) == "Series"
