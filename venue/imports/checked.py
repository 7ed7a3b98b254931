"""Check the rows of a file one by one, before the database is asked about any of them.

This takes most of the time of an import, mainly for the phone numbers. So a long import checks all rows into a
temporary file first, and its transaction is short.
"""

import pickle  # nosec B403 # for our own rows alone
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

from venue.imports.table import Row, Table, in_batches
from venue.profile import Venue

# Called with the number of rows that have just been checked or imported.
Progress = Callable[[int], None]


def no_progress(_rows: int) -> None:
    """For an import without a progress bar."""


@dataclass(frozen=True)
class CheckedRow:
    """A row with its fields as they are stored; or None and the problems, as (column, value, reason)."""

    row: Row
    fields: dict[str, Any] | None
    problems: list[tuple[str, str, str]]


# Checks one row as at this time.
Check = Callable[[Row, Venue, datetime], CheckedRow]


class CheckedRows:
    """The checked rows of a file, in a temporary file that only this process can read and that ends with it.

    Raises BadFile when it reaches a part of the file that cannot be read.
    """

    def __init__(self, table: Table, check: Check, venue: Venue, *, now: datetime, progress: Progress = no_progress):
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self.count = 0
        for rows in in_batches(table.rows()):
            checked = [_in_short(check(row, venue, now)) for row in rows]
            pickle.dump(checked, self._file, pickle.HIGHEST_PROTOCOL)
            self.count += len(rows)
            progress(len(rows))

    def __enter__(self) -> "CheckedRows":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def batches(self) -> Iterator[list[CheckedRow]]:
        """The rows, some at a time, from the first."""
        self._file.seek(0)
        while True:
            try:
                batch = pickle.load(self._file)  # noqa: S301 # nosec B301 # written by this process alone
            except EOFError:
                return
            yield [CheckedRow(Row(**row), fields, problems) for row, fields, problems in batch]


def _in_short(checked: CheckedRow) -> tuple[dict[str, Any], dict[str, Any] | None, list[tuple[str, str, str]]]:
    """What is needed of a checked row, in types that are quick to write and read."""
    # The number was chosen from the phones.
    row = {name: value for name, value in checked.row.__dict__.items() if value and name != "phones"}
    return {"values": {}, "columns": {}, **row}, checked.fields, checked.problems


def batches(table: Table | CheckedRows, check: Check, venue: Venue, *, now: datetime) -> Iterator[list[CheckedRow]]:
    """The checked rows of a file, some at a time; those of a table are checked as they are read."""
    if isinstance(table, CheckedRows):
        yield from table.batches()
        return
    for rows in in_batches(table.rows()):
        yield [check(row, venue, now) for row in rows]
