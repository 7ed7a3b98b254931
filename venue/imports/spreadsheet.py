"""An Excel or OpenDocument spreadsheet: its header, and the records below it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from venue.imports import spreadsheet_process
from venue.imports.encodings import BadFile, Encoding
from venue.imports.headers import LEAST_KNOWN, LINES_SEARCHED, check_columns, header_place, known_headings
from venue.imports.records import Record

ZIP = b"PK"
# The container of .xls, and of .xlsx with a password. https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/
COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")
MOST_SECONDS = 120

UTF_8 = Encoding("utf-8")

# Only one file is converted at a time, so that several at once do not need several times the memory.
_converting = threading.Lock()


@dataclass(frozen=True)
class Spreadsheet:
    """`rows` is a temporary file of [row number, cells] in JSON, a line each. `line` is the row of the header in the
    sheet, and `begins` where the rows below it begin in `rows`."""

    rows: BinaryIO
    sheet: str
    header: list[str]
    line: int
    begins: int
    count: int
    encoding: Encoding = UTF_8
    separator: str = ""

    def records(self, _is_row: Callable[[list[str]], bool]) -> Iterator[Record]:
        """The records below the header; `line` of each is its row in the sheet."""
        self.rows.seek(self.begins)
        for line in islice(self.rows, self.count):
            number, cells = json.loads(line)
            yield Record(number, cells)

    def everything(self) -> Iterator[Record]:
        """The rows of all sheets, also the header and what is above it."""
        self.rows.seek(0)
        for line in self.rows:
            number, cells = json.loads(line)
            yield Record(number, cells)


def is_spreadsheet(stream: BinaryIO) -> bool:
    """Whether the file begins like a spreadsheet, whatever its name."""
    stream.seek(0)
    start = stream.read(len(COMPOUND_FILE))
    return start.startswith(ZIP) or start == COMPOUND_FILE


def open_spreadsheet(stream: BinaryIO, is_known: Callable[[str], bool], *, most_rows: int | None = None) -> Spreadsheet:
    """Open .xlsx, .xlsm, .xlsb, .xls or .ods. Of several sheets it is the first with at least two usual headings (those
    that `is_known`), else the first with cells.

    `most_rows` is how many rows of each sheet are wanted. Raises BadFile.
    """
    rows, sheets = _converted(stream, most_rows)
    filled = [sheet for sheet in sheets if sheet.count]
    found = [_with_header(rows, sheet, is_known) for sheet in filled]
    return next((sheet for sheet in found if known_headings(sheet.header, is_known) >= LEAST_KNOWN), found[0])


@dataclass(frozen=True)
class _Sheet:
    name: str
    begins: int
    count: int


def _with_header(rows: BinaryIO, sheet: _Sheet, is_known: Callable[[str], bool]) -> Spreadsheet:
    rows.seek(sheet.begins)
    lines, ends = [], []
    for line in islice(rows, min(sheet.count, LINES_SEARCHED)):
        lines.append(json.loads(line))
        ends.append(rows.tell())
    place = header_place([cells for _, cells in lines], is_known)
    number, header = lines[place]
    check_columns(len(header))
    header = [heading.strip() for heading in header]
    return Spreadsheet(rows, sheet.name, header, number, ends[place], sheet.count - place - 1)


def _converted(stream: BinaryIO, most_rows: int | None) -> tuple[BinaryIO, Sequence[_Sheet]]:
    """The rows of all sheets in a temporary file. Raises BadFile."""
    rows: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the table)
    with _converting, _as_file(stream) as file:
        command = [sys.executable, "-P", spreadsheet_process.__file__, str(most_rows or 0)]
        try:
            done = subprocess.run(  # noqa: S603 # nosec B603 # our own program
                command, stdin=file, stdout=rows, stderr=subprocess.PIPE, timeout=MOST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise BadFile(spreadsheet_process.TOO_LARGE) from None
    result = _result(done.stderr)
    if "problem" in result:
        raise BadFile(result["problem"])
    rows.seek(0)
    return rows, [_Sheet(*sheet) for sheet in result["sheets"]]


def _result(said: bytes) -> dict[str, Any]:
    """What the process said last. One that has said nothing was ended by the system: it needed too much memory."""
    try:
        found: dict[str, Any] = json.loads(said.decode().strip().splitlines()[-1])
    except (ValueError, IndexError):
        return {"problem": spreadsheet_process.TOO_LARGE}
    return found


@contextmanager
def _as_file(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream as a file that another process can read from its start."""
    stream.seek(0)
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(stream, file)
        file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield file
