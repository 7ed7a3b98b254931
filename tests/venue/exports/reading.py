"""Reading what an export wrote, as spreadsheets do."""

import csv
import io
from typing import Any

from python_calamine import CalamineWorkbook

from venue.exports import Export, Format, write


def csv_of(export: Export) -> list[list[str]]:
    text = b"".join(write(export, Format.CSV)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def excel_of(export: Export) -> list[list[Any]]:
    """The cells by their type; empty ones are empty text."""
    content = io.BytesIO(b"".join(write(export, Format.EXCEL)))
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
