"""The files of the sample venue. Their dates are moved by whole weeks, so that there are always upcoming events."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from venue import imports
from venue.imports.at_once import import_file
from venue.imports.report import Report
from venue.profile import Venue
from venue.roles import Actor

FOLDER = Path(__file__).parents[2] / "db" / "sample"
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
CATEGORIES = {
    "Cash Bingo": "Games",
    "Quiz Night": "Games",
    "Open Mic": "Music",
    "Karaoke": "Music",
    "Drag Cabaret Night": "Shows",
    "Gin & Rum Tasting": "Food and drink",
    "Sunday Jazz Lunch": "Food and drink",
    "Burns Night Supper": "Food and drink",
    "Mother's Day Tea": "Food and drink",
    "Clocks-go-forward Breakfast": "Food and drink",
    "Halloween Party": "Parties",
    "New Year's Eve": "Parties",
}


def weeks_moved(today: date) -> timedelta:
    """By how much the dates of the files are moved."""
    return timedelta(weeks=max(0, (today - SEEN_FROM).days // 7))


def moved(name: str, by: timedelta) -> bytes:
    """A file of the sample, with its dates moved, and with categories of events."""
    content = (FOLDER / name).read_bytes()
    column = DATED.get(name)
    if column is None:
        return content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    for row in rows:
        row[column] = moved_day(row[EVENT], date.fromisoformat(row[column]), by).isoformat()
        if name == "events.csv":
            row["Category"] = CATEGORIES[row[EVENT]]
    return written(rows)


def moved_day(event: str, on: date, by: timedelta) -> date:
    """The day moved by `by`. For an event in NAMED_DAYS, the nearest of its days that is past or upcoming as before."""
    if event not in NAMED_DAYS:
        return on + by
    seen_from = SEEN_FROM + by
    days = [NAMED_DAYS[event](on.year + years) for years in range(by.days // 365 + 3)]
    same_side = [day for day in days if (day < seen_from) == (on < SEEN_FROM)]
    return min(same_side, key=lambda day: abs(day - (on + by)))


def written(rows: Iterable[Mapping[str, object]]) -> bytes:
    """A CSV file with these rows, which all have the same columns, encoded as UTF-8."""
    rows = list(rows)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def import_rows(venue: Venue, name: str, content: bytes, *, actor: Actor, now: datetime) -> Report:
    """Import a file called like "customers.csv", as if it were uploaded, and return the report."""
    kind = name.partition(".")[0].rpartition("-")[2]
    table = imports.IMPORTERS[kind].open(io.BytesIO(content))
    done = import_file(venue, kind, table, file_name=name, size=len(content), actor=actor, now=now)
    return done.report


def first_monday(today: date) -> date:
    """The Monday of the first week of events in the files, once moved."""
    return date(2026, 8, 31) + weeks_moved(today)
