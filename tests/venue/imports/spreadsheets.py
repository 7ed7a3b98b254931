"""Spreadsheets for tests, made without a spreadsheet program."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter import Workbook

Cell = str | float | bool | date | datetime | time | None
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
FORMATS = {datetime: "dd/mm/yyyy hh:mm", date: "dd/mm/yyyy", time: "hh:mm"}


def xlsx(*sheets: Sequence[Sequence[Cell]], hidden: Sequence[int] = (), names: Sequence[str] = ()) -> bytes:
    """An Excel file with these sheets, each given as rows of cells; `hidden` are the indexes of hidden ones."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[place] if names else None)
            if place in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, formats)
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, (date, time)):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    elif cell is not None:
        sheet.write(row, column, cell)


def ods(*sheets: Sequence[Sequence[Cell]], names: Sequence[str] = ()) -> bytes:
    """An OpenDocument file with these sheets."""
    tables = "".join(
        f'<table:table table:name="{names[place] if names else f"Sheet{place + 1}"}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for place, rows in enumerate(sheets)
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMESPACES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case bool():
            attributes = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
        case float() | int():
            attributes = f'office:value-type="float" office:value="{cell}"'
        case datetime() | date():
            attributes = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        case time():
            attributes = f'office:value-type="time" office:time-value="PT{cell:%HH%MM%SS}"'
        case _:
            attributes = 'office:value-type="string"'
    return f"<table:table-cell {attributes}><text:p>{escape(str(cell))}</text:p></table:table-cell>"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # The first part says what kind of file this is, uncompressed.
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return file.getvalue()
