"""The sample venue of the demo, its dates moved by whole weeks so that there is always something on."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from venue import clock, imports
from venue.house import House
from venue.staff import COMMAND_LINE

FOLDER = Path(__file__).parents[2] / "db" / "sample"
# The sample's programme runs from September 2026 to April 2027 and is seen from this day.
SEEN_FROM = date(2026, 11, 22)
DATED = {"events.csv": "Date", "bookings.csv": "Event Date"}


def load(house: House, *, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Import the sample files; for each what was taken. What is there already stays as it is."""
    weeks = max(0, (clock.today(now, house.zone) - SEEN_FROM).days // 7)
    for name, kind, take in (
        ("customers.csv", imports.customers, imports.import_customers),
        ("events.csv", imports.events, imports.import_events),
        ("bookings.csv", imports.bookings, imports.import_bookings),
    ):
        stream = io.BytesIO(_moved(name, timedelta(weeks=weeks)))
        table = imports.open_table(stream, kind.NAMES, required=kind.REQUIRED)
        with house.transaction(COMMAND_LINE) as session:
            yield name, take(session, table, now=now).as_dict()


def _moved(name: str, by: timedelta) -> bytes:
    content = (FOLDER / name).read_bytes()
    column = DATED.get(name)
    if column is None or not by:
        return content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    for row in rows:
        row[column] = (date.fromisoformat(row[column]) + by).isoformat()
    moved = io.StringIO()
    writer = csv.DictWriter(moved, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return moved.getvalue().encode()
