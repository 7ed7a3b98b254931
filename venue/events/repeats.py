"""The dates of an event that repeats, like every Wednesday until Easter, and how staff call such a pattern."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice, pairwise, takewhile
from zoneinfo import ZoneInfo

from venue import clock
from venue.errors import Invalid, NoSuchTime

# A series is at most two years of weekly events.
MOST_EVENTS = 104
LONGEST = timedelta(days=731)
WEEK = timedelta(days=7)
NTH = {1: "First", 2: "Second", 3: "Third", 4: "Fourth", 5: "Last"}


class Repeat(StrEnum):
    """Monthly is on the same weekday of the month, such as the first Wednesday. A fifth one counts as the last, which
    every month has."""

    WEEKLY = "weekly"
    TWO_WEEKS = "two-weeks"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Occurrence:
    """One date of a series: the local day, its start in UTC, and a note for staff about the change of the clocks."""

    on: date
    starts_at: datetime
    note: str = ""


def occurrences(
    first: date, at: time, *, repeat: Repeat, until: date | None = None, times: int | None = None, zone: ZoneInfo
) -> list[Occurrence]:
    """The dates from the `first` to the day `until`, or this number of `times`, all at the same local time. A time that
    the clocks skip on one of them moves forward by the jump. At most 104. Raises Invalid for fewer than 2, and for an
    end over two years away."""
    if times is not None and not (isinstance(times, int) and 2 <= times <= MOST_EVENTS):
        raise Invalid(times=f"Enter a whole number from 2 to {MOST_EVENTS}")
    if times is None and until is None:
        raise Invalid(until="Enter the last date, or how many times")
    if until is not None and until > first + LONGEST:
        raise Invalid(until=f"This is over two years after {first:%-d %B %Y}. Choose an earlier date")
    days = list(takewhile(lambda on: until is None or on <= until, islice(_days(first, repeat), times or MOST_EVENTS)))
    if len(days) < 2:
        raise Invalid(until=f"The event does not repeat until then: the second date is {_second(first, repeat)}")
    if days[-1] > first + LONGEST:
        raise Invalid(times=f"The last would be on {days[-1]:%-d %B %Y}, over two years later. Enter a smaller number")
    return [_occurrence(on, at, zone) for on in days]


def in_words(repeat: Repeat, first: date) -> str:
    """Like "Every Wednesday", "Every second Wednesday" or "First Wednesday of the month"."""
    if repeat is Repeat.MONTHLY:
        return f"{NTH[_nth(first)]} {first:%A} of the month"
    return f"{'Every' if repeat is Repeat.WEEKLY else 'Every second'} {first:%A}"


def pattern(days: Sequence[date]) -> str:
    """How staff call these days, in order; "Series" if they have no pattern. Days left out, and single days that were
    moved to another weekday, do not change it."""
    weekday, often = Counter(day.weekday() for day in days).most_common(1)[0]
    usual = [day for day in days if day.weekday() == weekday]
    if len(usual) < 2 or often * 2 <= len(days):
        return "Series"
    gaps = {(after - before).days for before, after in pairwise(usual)}
    if min(gaps) >= 28 and (len({_nth(day) for day in usual}) == 1 or all(map(_is_last, usual))):
        return in_words(Repeat.MONTHLY, max(usual, key=_nth))
    return in_words(Repeat.TWO_WEEKS if all(gap % 14 == 0 for gap in gaps) else Repeat.WEEKLY, usual[0])


def _days(first: date, repeat: Repeat) -> Iterator[date]:
    if repeat is Repeat.MONTHLY:
        return (_in_month(first, months) for months in count())
    return (first + number * (WEEK if repeat is Repeat.WEEKLY else 2 * WEEK) for number in count())


def _in_month(first: date, months: int) -> date:
    """The same weekday of the month, this number of months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    begins = date(year, month + 1, 1)
    weekday = begins + timedelta(days=(first.weekday() - begins.weekday()) % 7)
    day = weekday + (_nth(first) - 1) * WEEK
    return day if (day.year, day.month) == (begins.year, begins.month) else day - WEEK


def _nth(day: date) -> int:
    """Which of its weekday in the month it is, from 1 to 5."""
    return (day.day - 1) // 7 + 1


def _is_last(day: date) -> bool:
    """Whether it is the last of its weekday in the month."""
    return (day + WEEK).month != day.month


def _second(first: date, repeat: Repeat) -> str:
    days = _days(first, repeat)
    next(days)
    return f"{next(days):%-d %B %Y}"


def _occurrence(on: date, at: time, zone: ZoneInfo) -> Occurrence:
    try:
        start = clock.from_local(on, at, zone)
    except NoSuchTime as skipped:
        why = f"On {on:%-d %B %Y} the clocks go forward and {at:%H:%M} does not happen"
        return Occurrence(on, clock.at_wall_clock(on, at, zone), f"{why}: {skipped.suggestion:%H:%M} is used")
    return Occurrence(on, start.instant, start.note)
