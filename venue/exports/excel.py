"""A list as an Excel file. Text is always stored as text, so that no cell is a formula."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import IO, Any

import xlsxwriter

from venue import clock
from venue.errors import Invalid
from venue.exports.export import Cell, Export, as_text
from venue.formulas import importable

# https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
MOST_ROWS = 1_048_575
"""The rows of a sheet below its header."""
LONGEST_TEXT = 32_767
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a day too many before this one, and knows no days before 1900."""

FOLDER = "anchor-desk-export-"
LEFT_BEHIND_SECONDS = 24 * 60 * 60
ROWS_AT_ONCE = 250
BYTES_AT_ONCE = 64 * 1024
FORMATS = {datetime: "dd/mm/yyyy hh:mm", date: "dd/mm/yyyy", time: "hh:mm"}


def written(export: Export) -> Iterator[bytes]:
    """The file, in parts. Parts are empty while it is being made: a download can begin, and can be cancelled.

    Raises Invalid when there are more rows than a sheet holds.
    """
    if export.count(MOST_ROWS + 1) > MOST_ROWS:
        raise Invalid(rows=f"An Excel sheet holds {MOST_ROWS:,} rows. Filter the list first, or download it as CSV.")
    _remove_left_behind()
    # XlsxWriter's own temporary files would be left behind when a download is cancelled.
    with TemporaryFile() as file, TemporaryDirectory(prefix=FOLDER) as folder:
        yield from _write(file, export, folder)
        file.seek(0)
        while part := file.read(BYTES_AT_ONCE):
            yield part


def _remove_left_behind() -> None:
    """Remove the temporary files of a process that was killed while it made a file: they have names and numbers."""
    for folder in Path(gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(OSError):
            if clock.now().timestamp() - folder.stat().st_mtime > LEFT_BEHIND_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _write(file: IO[bytes], export: Export, folder: str) -> Iterator[bytes]:
    """Write the workbook. Yields an empty part after some rows each."""
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder, "remove_timezone": True})
    sheet = workbook.add_worksheet()
    heading = workbook.add_format({"bold": True})
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, heading)
    sheet.freeze_panes(1, 0)
    write = _writer(workbook, sheet)
    rows = enumerate(export.rows, start=1)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        for number, cells in batch:
            for place, cell in enumerate(cells):
                write(number, place, cell)
        yield b""
    workbook.close()


def _writer(workbook: Any, sheet: Any) -> Callable[[int, int, Cell], None]:
    formats = {kind: workbook.add_format({"num_format": form}) for kind, form in FORMATS.items()}

    def write(row: int, place: int, cell: Cell) -> None:
        if isinstance(cell, date | time) and not _is_too_early(cell):
            sheet.write_datetime(row, place, cell, formats[type(cell)])
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell)
        elif text := as_text(cell):
            sheet.write_string(row, place, importable(text)[:LONGEST_TEXT])

    return write


def _is_too_early(cell: date | time) -> bool:
    if isinstance(cell, time):
        return False
    return (cell.date() if isinstance(cell, datetime) else cell) < FIRST_DAY
