"""Export customers as a file that opens correctly in a spreadsheet and can be imported again without changes."""

import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import ColumnElement, Null, and_, case, func, literal, null, or_
from sqlalchemy.orm import Session

from db import copy_out
from db.models import Customer
from db.streams import count_rows, stream
from db.types import AnyRow, AnySelect
from venue import clock, customers, fields, tags
from venue.bulk import Selection
from venue.bulk.selection import condition
from venue.customers import CustomerFilter
from venue.customers.filters import MISSING_TAG, merged
from venue.errors import NotFound
from venue.exports.export import Cell, Column, Export, Format, Row, phone_number
from venue.exports.writing import write
from venue.fields import FieldRow, Value
from venue.fields import conditions as own_fields
from venue.formulas import FORMULA
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.tags.find import JOINED_BY

# Optional columns: heading to column name.
OPTIONAL = {
    "Notes": "notes",
    "E-mail": "email",
}
COLUMNS = (
    Column("First Name", 20),
    Column("Last Name", 20),
    Column("Mobile", 20),
    *(Column(heading, 50) for heading in OPTIONAL),
    Column("Tags", 30),
    Column("Customer Since", 15),
)
ROWS_AT_ONCE = 1_000
BYTES_AT_ONCE = 64 * 1024


def customer_list(
    session: Session,
    words: str = "",
    *,
    where: CustomerFilter | None = None,
    chosen: Selection | None = None,
    sort: str = "name",
    descending: bool = False,
    now: datetime,
    **filters: Any,
) -> Export:
    """The same customers as `customers.search` finds with these filters, in the same order; or those who were `chosen`
    of the list.

    Raises NotFound for a filter by a tag or a field that no longer exists.

    The session must be from `reading_at_length`.
    """
    require(session, Permission.EXPORT)
    wanted = merged(where, words, filters)
    if tags.missing(session, wanted.tags):
        raise NotFound(MISSING_TAG)
    problem = own_fields.problem(session, wanted.own)
    if problem:
        raise NotFound(problem)
    query = customers.every(session, words, where=where, sort=sort, descending=descending, now=now, **filters)
    if chosen is not None:
        query = query.where(condition(session, chosen, now))
    copies = venue_of(session).database.dialect == "postgresql"
    names = _tags(session, now, is_sorted=copies)
    query = query.add_columns(names.label("tags"))
    own = fields.listed(session)
    return Export(
        (*COLUMNS, *(Column(field.name, 20) for field in own)),
        _rows(session, query, own),
        count=lambda most: count_rows(session, query, most),
        # The values of own fields are read for some customers at a time.
        csv_rows=_copied(session, query, names) if copies and not own else None,
    )


def customers_csv(session: Session, words: str = "", *, now: datetime, **which: Any) -> Iterator[bytes]:
    """`customer_list` as CSV."""
    return write(customer_list(session, words, now=now, **which), Format.CSV)


def _rows(session: Session, query: AnySelect, own: Sequence[FieldRow]) -> Iterator[Row]:
    venue = venue_of(session)
    for rows in _some_at_a_time(stream(session, query)):
        values = fields.values_of(session, [row.id for row in rows]) if own else {}
        for row in rows:
            theirs = values.get(row.id, {})
            yield (
                row.first_name,
                row.last_name,
                phone_number(row.mobile_number, region=venue.region),
                *(getattr(row, name) for name in OPTIONAL.values()),
                _in_order(row.tags),
                row.created_at.astimezone(venue.zone).date(),
                *(_cell(theirs.get(field.id)) for field in own),
            )


def _some_at_a_time(rows: Iterator[AnyRow]) -> Iterator[list[AnyRow]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def _cell(value: Value | None) -> Cell:
    """A value of an own field, as a spreadsheet and the import read it."""
    if value is None:
        return None
    return value.stored if isinstance(value.stored, date) else value.words


def _tags(session: Session, now: datetime, *, is_sorted: bool) -> ColumnElement[Any]:
    """The names of a customer's tags. Without any tags, the database need not look for them."""
    if not tags.every(session):
        return null()
    today = clock.today(now, venue_of(session).zone)
    return tags.joined_names(Customer.__table__.c.id, today=today, is_sorted=is_sorted)


def _in_order(names: str | None) -> str:
    """The names of tags, sorted as PostgreSQL sorts them here: by their characters."""
    return JOINED_BY.join(sorted(names.split(JOINED_BY))) if names else ""


def _copied(session: Session, query: AnySelect, names: ColumnElement[Any]) -> Iterator[bytes]:
    """The same rows as CSV lines, from PostgreSQL's COPY, which is several times as fast.

    They go through a temporary file, because a slow or disconnected reader would otherwise keep the COPY, and its
    connection, open.
    """
    with TemporaryFile() as file:
        _copy_into(file, session, query, names)
        file.seek(0)
        while part := file.read(BYTES_AT_ONCE):
            yield part


def _copy_into(file: IO[bytes], session: Session, query: AnySelect, names: ColumnElement[Any]) -> None:
    venue = venue_of(session)
    # SQL can only format UK mobile numbers. It marks all others, which are formatted here.
    mark = secrets.token_hex(8)
    marked_number = re.compile(rf"{mark}(\+[0-9]+)".encode())

    def displayed(match: re.Match[bytes]) -> bytes:
        return phone_number(match[1].decode(), region=venue.region).encode()

    lines = copy_out.csv_lines(session, query.with_only_columns(*_cells(venue, mark, names)))
    while part := list(islice(lines, ROWS_AT_ONCE)):
        file.write(marked_number.sub(displayed, b"\r\n".join([*part, b""])))


def _cells(venue: Venue, mark: str, names: ColumnElement[Any]) -> list[ColumnElement[str]]:
    """The cells of a row as SQL expressions, equal to those of `_rows`. NULL is an empty cell without quotes."""
    row = Customer.__table__.c
    # The same numbers as the pattern in phone.display, which would be three times as slow in SQL.
    digits = row.mobile_number.collate("C")
    mobile = or_(and_(digits >= "+4471", digits < "+4476"), and_(digits >= "+4477", digits < "+448"))
    at_home = and_(literal(venue.region == "GB"), func.octet_length(digits) == 13, mobile)
    national = "0" + func.substr(digits, 4, 4) + " " + func.substr(digits, 8)
    number = case((at_home, national), else_=literal(mark) + digits)
    since = func.to_char(func.timezone(venue.zone.key, row.created_at), "DD/MM/YYYY")
    optional = [func.nullif(_inert(row[name]), "") for name in OPTIONAL.values()]
    tagged: ColumnElement[Any] = null() if isinstance(names, Null) else _inert(names)
    return [_inert(row.first_name), _inert(row.last_name), number, *optional, tagged, since]


def _inert(cell: ColumnElement[str]) -> ColumnElement[str]:
    """`formulas.inert` in SQL. Cells that begin with a letter, as most do, skip the regular expression."""
    sorted_by_code = cell.collate("C")
    # The full-width signs come after \uff00.
    letter = and_(sorted_by_code >= "A", sorted_by_code < "\uff00")
    return case((letter, cell), (cell.regexp_match(f"^{FORMULA}"), literal("'") + cell), else_=cell)
