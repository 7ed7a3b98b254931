"""The refused rows of an import as a file: corrected, it can be imported again."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Import, ImportRow
from venue.errors import NotFound
from venue.exports import csv_lines
from venue.formulas import importable
from venue.imports.report import Outcome
from venue.roles import Permission, require

# The heading of the column with the reasons. Imports ignore it.
WHAT_IS_WRONG = "What is wrong"
PART = 1 << 16
# Excel has no room for more characters in a cell.
LONGEST_CELL = 32_767
MARKED = {"bg_color": "#ffc7ce", "font_color": "#9c0006"}

Format = Literal["csv", "xlsx"]


@dataclass
class _RefusedRow:
    """The cells of the file, the places of the bad ones, and what is wrong."""

    cells: list[str]
    bad: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def refused_rows(session: Session, import_id: UUID, format: Format) -> Iterator[bytes]:
    """The refused rows of an import: all columns of its file, and one that says what is wrong. In Excel, the bad cells
    are coloured. Raises NotFound."""
    require(session, Permission.IMPORT, ask_again=False)
    stored = session.scalar(select(Import.header).where(Import.id == import_id))
    if stored is None:
        raise NotFound("This import does not exist.")
    header: list[str] = [heading for heading in json.loads(stored) if heading != WHAT_IS_WRONG]
    rows = _rows(session, import_id, json.loads(stored))
    yield from _as_csv(header, rows) if format == "csv" else _as_excel(header, rows)


def _rows(session: Session, import_id: UUID, header: Sequence[str]) -> Iterator[_RefusedRow]:
    refused = (ImportRow.import_id == import_id, ImportRow.outcome == Outcome.REFUSED.value)
    found = session.execute(select(ImportRow.__table__).where(*refused).order_by(ImportRow.id))
    for _, problems in groupby(found, key=lambda problem: problem.line):
        yield _row(list(problems), header)


def _row(problems: list[Any], header: Sequence[str]) -> _RefusedRow:
    cells: list[str] = json.loads(problems[0].cells or "[]")
    cells += [""] * (len(header) - len(cells))
    row = _RefusedRow(cells)
    for problem in problems:
        if problem.column_name in header:
            row.bad.append(header.index(problem.column_name))
        row.reasons.append(f"{problem.column_name}: {problem.reason}" if problem.column_name else problem.reason)
    if WHAT_IS_WRONG in header:
        # The file was one of refused rows itself.
        place = header.index(WHAT_IS_WRONG)
        del cells[place]
        row.bad = [bad - (bad > place) for bad in row.bad]
    return row


def _as_csv(header: list[str], rows: Iterator[_RefusedRow]) -> Iterator[bytes]:
    yield csv_lines.BOM + csv_lines.line([*header, WHAT_IS_WRONG])
    for row in rows:
        yield csv_lines.line(_cells(row, len(header)))


def _as_excel(header: list[str], rows: Iterator[_RefusedRow]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet, marked = book.add_worksheet("Refused rows"), book.add_format(MARKED)
        bold = book.add_format({"bold": True})
        for place, heading in enumerate([*header, WHAT_IS_WRONG]):
            sheet.write_string(0, place, heading, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(_cells(row, len(header))):
                # As text, so that no cell is a formula and no number loses its first zero.
                text = importable(cell)[:LONGEST_CELL]
                sheet.write_string(number, place, text, marked if place in row.bad else None)
        book.close()
        file.seek(0)
        while part := file.read(PART):
            yield part


def _cells(row: _RefusedRow, width: int) -> list[str]:
    """The cells, with what is wrong in the column after the last heading, and then those that are too many."""
    return [*row.cells[:width], "; ".join(row.reasons), *row.cells[width:]]
