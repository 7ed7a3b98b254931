"""Taking data out as CSV that opens right in a spreadsheet and imports back without a change."""

import csv
import functools
import io
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlalchemy.orm import Session

from db.models import Customer
from db.types import AnySelect
from sms import phone
from venue import bookings, customers
from venue.formulas import inert
from venue.profile import House, house_of
from venue.roles import Permission, require

HEADER = ("First Name", "Last Name", "Mobile", "Notes", "Customer Since")
ROWS_AT_ONCE = 1_000
BYTES_AT_ONCE = 64 * 1024
GUESTS_HEADER = (
    "Event", "Event Date", "Event Time", "First Name", "Last Name", "Mobile", "Seats", "Notes", "Arrived"
)  # fmt: skip
# Without it Excel takes the file for the local code page and breaks accents.
BOM = b"\xef\xbb\xbf"


def customers_csv(session: Session, words: str = "", *, now: datetime, **filters: Any) -> Iterator[bytes]:
    """Exactly the customers that search and filters show, in the list's order, streamed: while reading at length."""
    require(session, Permission.EXPORT)
    for paging in ("page", "page_size"):
        filters.pop(paging, None)
    query, values = customers.every(session, words, now=now, **filters)
    yield BOM + _line(HEADER)
    postgresql = house_of(session).database.dialect == "postgresql"
    yield from (_copied if postgresql else _written)(session, query, values)


def _written(session: Session, query: AnySelect, values: dict[str, Any]) -> Iterator[bytes]:
    house = house_of(session)
    day = functools.cache(lambda on: f"{on:%d/%m/%Y}")
    rows = session.execute(query.execution_options(yield_per=ROWS_AT_ONCE), values)
    for part in rows.partitions():
        yield _lines(
            (
                row.first_name,
                row.last_name,
                phone.display(row.mobile_number, region=house.region),
                row.notes,
                day(row.created_at.astimezone(house.zone).date()),
            )
            for row in part
        )


def _copied(session: Session, query: AnySelect, values: dict[str, Any]) -> Iterator[bytes]:
    """The same lines, written by PostgreSQL itself: several times as fast.

    They go through a file: a COPY that a slow or vanished reader leaves half read would hold its connection for ever.
    """
    with TemporaryFile() as kept:
        _copy_into(kept, session, query, values)
        kept.seek(0)
        while part := kept.read(BYTES_AT_ONCE):
            yield part


def _copy_into(kept: IO[bytes], session: Session, query: AnySelect, values: dict[str, Any]) -> None:
    house = house_of(session)
    # PostgreSQL marks the numbers that it cannot write: those from abroad.
    mark = secrets.token_hex(8)
    number = re.compile(rf"{mark}(\+[0-9]+)".encode())

    def shown(found: re.Match[bytes]) -> bytes:
        return inert(phone.display(found[1].decode(), region=house.region)).encode()

    connection: Any = session.connection().connection.driver_connection
    asked = query.with_only_columns(*_cells(house, mark)).compile(session.get_bind())
    bound: Any = asked.construct_expanded_state(values)
    copied = f"COPY ({bound.statement}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(copied, bound.parameters) as copy:
        # Each line comes with a line feed at its end; spreadsheets would have a carriage return before it.
        while part := [line[:-1] for line in islice(copy, ROWS_AT_ONCE)]:
            kept.write(number.sub(shown, b"\r\n".join([*part, b""])))


def _cells(house: House, mark: str) -> list[ColumnElement[str]]:
    """What `_written` makes of a row, in the words of PostgreSQL; an empty cell without quotation marks."""
    row = Customer.__table__.c
    # As phone.display has it, whose pattern would take three times as long.
    digits = row.mobile_number.collate("C")
    mobile = or_(and_(digits >= "+4471", digits < "+4476"), and_(digits >= "+4477", digits < "+448"))
    at_home = and_(literal(house.region == "GB"), func.octet_length(digits) == 13, mobile)
    national = "0" + func.substr(digits, 4, 4) + " " + func.substr(digits, 8)
    number = case((at_home, national), else_=literal(mark) + digits)
    since = func.to_char(func.timezone(house.zone.key, row.created_at), "DD/MM/YYYY")
    return [_inert(row.first_name), _inert(row.last_name), number, func.nullif(_inert(row.notes), ""), since]


def _inert(cell: ColumnElement[str]) -> ColumnElement[str]:
    """As `formulas.inert`; what begins with a letter, as most cells do, is let pass at once."""
    letter = cell.collate("C") >= "A"
    return case((letter, cell), (cell.regexp_match("^'*[=+\\-@\t\r]"), literal("'") + cell), else_=cell)


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


def _line(cells: Iterable[Any]) -> bytes:
    return _lines([cells])


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows([inert(str(cell)) for cell in cells] for cells in rows)
    return lines.getvalue().encode()
