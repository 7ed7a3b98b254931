"""A list as a file: its columns, and its rows, which are read while they are written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from sms import phone

DAY, TIME, INSTANT = "%d/%m/%Y", "%H:%M", "%d/%m/%Y %H:%M"


class Format(StrEnum):
    """The kinds of files. The values are the ends of their names."""

    CSV = "csv"
    EXCEL = "xlsx"


class PhoneNumber(str):
    """A phone number as a cell shows it: it is not escaped, since no program takes it for a formula."""

    __slots__ = ()


# Instants are in the venue's zone.
Cell = str | int | date | datetime | time | None
Row = Sequence[Cell]


class Column(NamedTuple):
    """`width` is how wide a spreadsheet shows it, in characters."""

    heading: str
    width: int


@dataclass(frozen=True)
class Export:
    """One list. `rows` can be read once; `count` is their number, at most the one it is given.

    `csv_rows` are the same rows as CSV lines, where the database has a faster way to write them.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    count: Callable[[int], int]
    csv_rows: Iterator[bytes] | None = None

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]


def as_text(cell: Cell) -> str:
    """The cell as text: days before months, as staff in the UK write them and as the import reads them."""
    if isinstance(cell, datetime):
        return cell.strftime(INSTANT)
    if isinstance(cell, date):
        return f"{cell:%d/%m/}{cell.year:04}"
    if isinstance(cell, time):
        return cell.strftime(TIME)
    return "" if cell is None else str(cell)


def phone_number(number: str | None, *, region: str) -> PhoneNumber:
    """A number as staff read it: "07700 900123", or "+33 6 12 34 56 78" from abroad.

    With blanks between its digits it is text in a spreadsheet, and keeps its zero and its plus. Hyphens become blanks,
    because "+1 650-253-0000" looks like a calculation.
    """
    if not number:
        return PhoneNumber()
    shown = phone.display(number, region=region)
    return PhoneNumber(shown.replace("-", " ") if shown.startswith("+") else shown)
