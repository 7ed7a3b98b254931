"""The column that says of a row that its event was cancelled where the file is from, as in our own exports."""

import dataclasses

from db.search import fold
from venue.imports.table import Row

FIELD = "cancelled"
STILL_ON = "Cancelled in the file, still on here: cancel the event?"
# Whatever else is in the column, such as the day of the cancellation, is asked about.
_NOT_CANCELLED = ("", "no", "n", "false", "0")


def with_question(row: Row, question: str) -> Row:
    """The row, with this question if its event was cancelled."""
    written = row[FIELD]
    if fold(written) in _NOT_CANCELLED:
        return row
    return row.with_value(FIELD, written, column=row.columns[FIELD], written=written, question=question)


def without_question(row: Row) -> Row:
    """The row of an event that is known here as cancelled."""
    return dataclasses.replace(row, doubtful=tuple(field for field in row.doubtful if field != FIELD))
