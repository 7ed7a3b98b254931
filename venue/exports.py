"""Taking data out as CSV that opens right in a spreadsheet and imports back without a change."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from sms import phone
from venue import bookings, customer_list
from venue.customer_list import matching
from venue.formulas import inert
from venue.house import house_of
from venue.staff import Permission, require

HEADER = ("First Name", "Last Name", "Mobile", "Notes", "Customer Since")
ROWS_AT_ONCE = 1_000
GUESTS_HEADER = (
    "Event", "Event Date", "Event Time", "First Name", "Last Name", "Mobile", "Seats", "Notes", "Arrived"
)  # fmt: skip
# Without it Excel takes the file for the local code page and breaks accents.
BOM = b"\xef\xbb\xbf"


def customers_csv(session: Session, words: str = "", *, now: datetime, **filters: Any) -> Iterator[bytes]:
    """Exactly the customers that search and filters show, in the list's order, streamed."""
    require(session, Permission.EXPORT)
    order = customer_list.order(filters.pop("sort", "name"), filters.pop("descending", False))
    for paging in ("page", "page_size"):
        filters.pop(paging, None)
    absent = {"booked": None, "event_id": None, "created_from": None, "created_to": None, "cannot_text": False}
    conditions = matching(session, words, **{**absent, **filters}, now=now)
    rows = session.execute(
        customer_list.columns(session, now)
        .where(*conditions)
        .order_by(*order)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    house = house_of(session)
    yield BOM + _line(HEADER)
    for part in rows.partitions():
        yield b"".join(
            _line(
                (
                    row.first_name,
                    row.last_name,
                    phone.display(row.mobile_number, region=house.region),
                    row.notes,
                    f"{row.created_at.astimezone(house.zone):%d/%m/%Y}",
                )
            )
            for row in part
        )


def guests_csv(session: Session, event: Any) -> Iterator[bytes]:
    """Who is booked on an event."""
    require(session, Permission.EXPORT)
    house = house_of(session)
    yield BOM + _line(
        ("Event", "Event Date", "Event Time", "First Name", "Last Name", "Mobile", "Seats", "Notes", "Arrived")
    )
    for row in bookings.for_event(session, event.id):
        starts_at = event.starts_at.astimezone(house.zone)
        arrived = {True: "yes", False: "no", None: ""}[row.arrived]
        number = phone.display(row.mobile_number, region=house.region)
        person = (row.first_name, row.last_name, number)
        yield _line((event.name, f"{starts_at:%d/%m/%Y}", f"{starts_at:%H:%M}", *person, row.seats, row.notes, arrived))


def _line(cells: Any) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow([inert(str(cell)) for cell in cells])
    return line.getvalue().encode()
