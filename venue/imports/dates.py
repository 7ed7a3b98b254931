"""Days and times of day as people write them in a spreadsheet: the day before the month, unless the year is first."""

import re
from datetime import date, datetime, time

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})?\s*(am|pm)?", re.I)


def parse_day(typed: str) -> date:
    """A day. Raises ValueError, with words, for what is none."""
    words = typed.strip().split("T")[0] if re.match(r"\d{4}-", typed.strip()) else typed.strip()
    words = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?.*$", "", words)
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError("Not a date: write it like 31/12/2026")


def parse_time(typed: str) -> time:
    """A time of day. Raises ValueError, with words, for what is none."""
    found = _TIME.fullmatch(typed.strip())
    if not found or (found[2] is None and found[3] is None):
        raise ValueError("Not a time: write it like 19:30")
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("Not a time: write it like 19:30")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError("Not a time: write it like 19:30") from None
