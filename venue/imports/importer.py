"""What there is to know of one kind of file: its columns, and how its rows are taken in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from venue.imports.report import Report
from venue.imports.table import Table, open_table

# Called with the number of rows that have just been taken.
Progress = Callable[[int], None]


def no_progress(_rows: int) -> None:
    """For an import that nobody watches."""


@dataclass(frozen=True)
class Importer:
    """`names` are the usual headings of each field, `required` the fields a file must have.

    `take(session, table, now=…, add_lines=…, progress=…)` takes the rows in, all in the transaction of the session.
    """

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    take: Callable[..., Report]

    def open(self, stream: BinaryIO, *, mapped: Mapping[str, str] | None = None) -> Table:
        """The rows of a file. Raises BadFile, as `open_table` does."""
        return open_table(stream, self.names, required=self.required, mapped=mapped)
