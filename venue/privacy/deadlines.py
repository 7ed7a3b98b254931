"""By which day a request must be answered: a calendar month, moved to a working day.

The ICO's guidance on the right of access: the month begins on the day of receipt and ends on the same date of the next
month, or on its last day if it has no such date; a day on a weekend or public holiday moves to the next working day.
Its guidance on data protection complaints: 30 days, which begin on the day after receipt, and move likewise. Days on
which the clock stood still are added.
"""

import calendar
import functools
from datetime import date, timedelta

DAYS_TO_ACKNOWLEDGE = 30
# Regions, as in the venue's settings, whose public holidays are known here. Elsewhere only weekends move a day. A
# holiday that is missing makes a deadline a day earlier, never later than the law allows.
WITH_HOLIDAYS = {"GB"}
SATURDAY, MONDAY = 5, 0


def answer_by(received_on: date, *, paused_days: int = 0, region: str) -> date:
    """The last day to answer."""
    return _working_day(_month_after(received_on) + timedelta(days=paused_days), region)


def acknowledge_by(received_on: date, *, region: str) -> date:
    """The last day to acknowledge a complaint."""
    return _working_day(received_on + timedelta(days=DAYS_TO_ACKNOWLEDGE), region)


def _month_after(day: date) -> date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _working_day(day: date, region: str) -> date:
    while day.weekday() >= SATURDAY or (region in WITH_HOLIDAYS and day in bank_holidays(day.year)):
        day += timedelta(days=1)
    return day


@functools.cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales that fall on a weekday, without those declared for a single year. Source:
    Banking and Financial Dealings Act 1971, and gov.uk/bank-holidays for the substitute days."""
    easter = _easter(year)
    moved = {_weekday_from(date(year, 1, 1), set())}
    moved.add(_weekday_from(date(year, 12, 25), moved))
    moved.add(_weekday_from(date(year, 12, 26), moved))
    return frozenset(
        {
            *moved,
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            _first_monday(year, 5),
            _last_monday(year, 5),
            _last_monday(year, 8),
        }
    )


def _weekday_from(day: date, taken: set[date]) -> date:
    while day.weekday() >= SATURDAY or day in taken:
        day += timedelta(days=1)
    return day


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - MONDAY) % 7)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar: the anonymous algorithm in Meeus, "Astronomical Algorithms"."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
