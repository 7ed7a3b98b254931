"""How often a customer comes, in words: "every second Thursday, missed two"."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from venue.customers.visit_counts import RECENT_GAPS

# A day of the week is named when at least this share of the latest visits was on it.
MOSTLY = 0.75
WEEK, MONTH = 7, 30.4
# A visit is missed when it is later than this share of the typical gap.
LATE_BY = 0.2
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
EVERY = {1: "every", 2: "every second", 3: "every third"}


def in_words(days: Sequence[date], typical_gap: int) -> str:
    """The rhythm of visits on these days, first to last, with a typical number of days between them."""
    weeks = round(typical_gap / WEEK)
    if weeks in EVERY and abs(typical_gap - weeks * WEEK) <= 1:
        return f"{EVERY[weeks]} {_weekday(days) or 'week'}"
    if typical_gap < WEEK:
        return "several times a week" if typical_gap <= 3 else "about every week"
    if typical_gap < MONTH * 0.8:
        return f"about every {weeks} weeks" if weeks > 1 else "about every week"
    months = max(1, round(typical_gap / MONTH))
    return "about once a month" if months == 1 else f"about every {months} months"


def missed(last_day: date, typical_gap: int, *, today: date) -> int:
    """How many visits in a row a customer missed, in their own rhythm."""
    return max(0, int((today - last_day).days / typical_gap - LATE_BY))


def missed_in_words(count: int) -> str:
    """Like "missed two"; empty for none."""
    if not count:
        return ""
    return f"missed {NUMBERS[count - 1] if count <= len(NUMBERS) else count}"


def _weekday(days: Sequence[date]) -> str:
    recent = days[-RECENT_GAPS:]
    (weekday, count), *_ = Counter(f"{day:%A}" for day in recent).most_common(1)
    return weekday if count >= MOSTLY * len(recent) else ""
