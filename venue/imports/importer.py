"""An importer for one kind of file: its columns, and the function that imports its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from venue.imports.checked import Check
from venue.imports.report import Report
from venue.imports.table import Table, open_table


@dataclass(frozen=True)
class Importer:
    """`names` are the usual headings of each field, `required` the fields a file must have.

    `check` checks one row without the database. `take(session, table, now=…, add_lines=…, progress=…, keep=…)` imports
    the rows of a `Table`, or `CheckedRows`, in the session's transaction.
    """

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    check: Check
    take: Callable[..., Report]

    def open(self, stream: BinaryIO, *, mapped: Mapping[str, str] | None = None, repair_zeros: bool = False) -> Table:
        """The rows of a file. Raises BadFile, as `open_table` does."""
        return open_table(stream, self.names, required=self.required, mapped=mapped, repair_zeros=repair_zeros)
