"""Parse dates and times as people write them in a spreadsheet: day before month, unless the year is first."""

import re
from datetime import date, datetime, time

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})?\s*(am|pm)?", re.I)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}[ T]+")


def parse_day(typed: str) -> date:
    """Parse a day; a time after it is ignored. Raises ValueError, with a sentence for staff, for anything else."""
    day = typed.strip().split("T")[0] if re.match(r"\d{4}-", typed.strip()) else typed.strip()
    day = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?.*$", "", day)
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError("Not a date: write it like 31/12/2026")


def parse_time(typed: str) -> time:
    """Parse a time of day; a day before it, as in 2026-12-31 19:30, is ignored.

    Raises ValueError, with a sentence for staff, for anything else.
    """
    match = _TIME.fullmatch(_ISO_DAY.sub("", typed.strip()))
    if not match or (match[2] is None and match[3] is None):
        raise ValueError("Not a time: write it like 19:30")
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("Not a time: write it like 19:30")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError("Not a time: write it like 19:30") from None
