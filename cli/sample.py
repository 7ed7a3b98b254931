"""The sample venue of the demo. Its dates are moved by whole weeks, so that there are always upcoming events."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from venue import clock, imports
from venue.profile import Venue
from venue.roles import COMMAND_LINE

FOLDER = Path(__file__).parents[1] / "db" / "sample"
# The sample's events run from September 2026 to April 2027. In the files, today is this day.
SEEN_FROM = date(2026, 11, 22)
DATED = {"events.csv": "Date", "bookings.csv": "Event Date"}
EVENT = "Event"


def easter(year: int) -> date:
    """Easter Sunday: https://en.wikipedia.org/wiki/Date_of_Easter#Anonymous_Gregorian_algorithm"""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _last_sunday_of_march(year: int) -> date:
    last = date(year, 3, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


# Events with a fixed day each year, or a day that depends on the calendar.
NAMED_DAYS: dict[str, Callable[[int], date]] = {
    "Halloween Party": lambda year: date(year, 10, 31),
    "New Year's Eve": lambda year: date(year, 12, 31),
    "Burns Night Supper": lambda year: date(year, 1, 25),
    "Mother's Day Tea": lambda year: easter(year) - timedelta(days=21),
    "Clocks-go-forward Breakfast": _last_sunday_of_march,
}


def load(venue: Venue, *, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Import the sample files. Yields each file's name and report. Existing records are not changed."""
    weeks = max(0, (clock.today(now, venue.zone) - SEEN_FROM).days // 7)
    for name, importer in (
        ("customers.csv", imports.CUSTOMERS),
        ("events.csv", imports.EVENTS),
        ("bookings.csv", imports.BOOKINGS),
    ):
        stream = io.BytesIO(_moved(name, timedelta(weeks=weeks)))
        table = importer.open(stream)
        with venue.transaction(COMMAND_LINE) as session:
            yield name, importer.take(session, table, now=now).as_dict()


def moved_day(event: str, on: date, by: timedelta) -> date:
    """The day moved by `by`. For an event in NAMED_DAYS, the nearest of its days that is past or upcoming as before."""
    if event not in NAMED_DAYS:
        return on + by
    seen_from = SEEN_FROM + by
    days = [NAMED_DAYS[event](on.year + years) for years in range(by.days // 365 + 3)]
    same_side = [day for day in days if (day < seen_from) == (on < SEEN_FROM)]
    return min(same_side, key=lambda day: abs(day - (on + by)))


def _moved(name: str, by: timedelta) -> bytes:
    content = (FOLDER / name).read_bytes()
    column = DATED.get(name)
    if column is None or not by:
        return content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    for row in rows:
        row[column] = moved_day(row[EVENT], date.fromisoformat(row[column]), by).isoformat()
    moved = io.StringIO()
    writer = csv.DictWriter(moved, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return moved.getvalue().encode()
