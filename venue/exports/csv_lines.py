"""CSV lines that spreadsheets open correctly."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from venue.formulas import inert

# Without it, Excel reads the file in the local code page and breaks accents.
BOM = b"\xef\xbb\xbf"


def line(cells: Iterable[Any]) -> bytes:
    return lines([cells])


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([inert(str(cell)) for cell in cells] for cells in rows)
    return text.getvalue().encode()
