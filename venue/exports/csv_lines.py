"""CSV lines that spreadsheets open correctly."""

import csv
import io
from collections.abc import Iterable

from venue.exports.export import Cell, PhoneNumber, as_text
from venue.formulas import inert

# Without it, Excel reads the file in the local code page and breaks accents.
BOM = b"\xef\xbb\xbf"


def line(cells: Iterable[Cell]) -> bytes:
    return lines([cells])


def lines(rows: Iterable[Iterable[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_written(cell) for cell in cells] for cells in rows)
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    if isinstance(cell, PhoneNumber):
        return cell
    return inert(cell if isinstance(cell, str) else as_text(cell))
