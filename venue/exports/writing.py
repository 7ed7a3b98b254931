"""Write an export as a file, and note in the journal that it was made."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from venue import acts
from venue.acts import Act
from venue.exports import csv_lines, excel
from venue.exports.export import Export, Format
from venue.roles import Permission, require

ROWS_AT_ONCE = 1_000


def write(export: Export, file_format: Format) -> Iterator[bytes]:
    """The file in parts, some of them empty. It is never in memory as a whole.

    Raises Invalid when there are more rows than an Excel file holds.
    """
    return excel.written(export) if file_format is Format.EXCEL else _csv(export)


def note(session: Session, act: Act, *, file_format: Format, now: datetime, **facts: Any) -> None:
    """Write to the journal that a list is exported. `facts` say which rows, without personal data: the names of the
    filters, not their values, which may be a name."""
    require(session, Permission.EXPORT)
    acts.note(session, act, now=now, format=file_format.value, **facts)


def _csv(export: Export) -> Iterator[bytes]:
    yield csv_lines.BOM + csv_lines.line(export.headings)
    if export.csv_rows is not None:
        yield from export.csv_rows
        return
    rows = iter(export.rows)
    while part := list(islice(rows, ROWS_AT_ONCE)):
        yield csv_lines.lines(part)
