"""Convert a spreadsheet to lines of JSON, in a process of its own: a broken or hostile file can exhaust the memory of
the process that opens it, or abort it, and must not do so to a process that serves others.

Standard input is the file, standard output takes the rows, and the last line of standard error is the result in JSON:
{"sheets": [[name, where its rows begin, number of its rows]]} or {"problem": a sentence for staff}. The only argument
is how many rows of each sheet are wanted, 0 for all. Each row is [its number, its cells as text]; empty rows are left
out.
"""

import contextlib
import datetime
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

# The library holds a sheet in memory: 100,000 customers take about 50 MB.
MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 60
# Of a spreadsheet when it is unzipped. XML is seldom compressed to less than a fiftieth, and a file that fills memory
# ("zip bomb") to a thousandth.
LARGEST_UNZIPPED = 512 * 1024 * 1024
MOST_COMPRESSED = 200
# Small parts may be compressed more than that.
SMALL = 4 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_SHEETS = 100
# As many as Excel has.
MOST_ROWS = 1_048_576
# As in a CSV file.
LONGEST_ROW = 1_000_000

TOO_LARGE = "The spreadsheet is too large to open: save the sheet as CSV, or split it"
DAMAGED = "The spreadsheet is damaged and cannot be opened: save it again, or save it as CSV"
ENCRYPTED = "The spreadsheet is protected with a password: remove the password, or save it as CSV"
NO_SHEETS = "The file has no sheet with cells in it"
NO_SPREADSHEET = "This is not a spreadsheet: save the list as CSV or Excel"

# What other zip files have in them.
OTHER_FORMATS = {
    "word/": "This is a Word document: copy its table to a spreadsheet, and save that as CSV or Excel",
    "ppt/": "This is a presentation: copy its table to a spreadsheet, and save that as CSV or Excel",
    "Index/Document.iwa": "This is a Numbers file: export it from Numbers as CSV or Excel",
    "Index.zip": "This is a Numbers file: export it from Numbers as CSV or Excel",
}
# And what else than a spreadsheet may be in the container of .xls.
COMPOUND_PARTS = {
    "EncryptedPackage": ENCRYPTED,
    "WordDocument": OTHER_FORMATS["word/"],
    "PowerPoint Document": OTHER_FORMATS["ppt/"],
    "__properties_version1.0": "This is an e-mail: save the list that is attached to it as CSV or Excel",
}
SPREADSHEET_PARTS = ("xl/", "content.xml")
ODS_KEYS = b"encryption-data"


class Refused(Exception):
    """The file is not read; str() is a sentence for staff."""


def main() -> None:
    _limit()
    rows = int(sys.argv[1])
    try:
        result: dict[str, object] = {"sheets": convert(sys.stdin.buffer, sys.stdout.buffer, rows)}
    except Refused as refused:
        result = {"problem": str(refused)}
    except MemoryError:
        result = {"problem": TOO_LARGE}
    except python_calamine.PasswordError:
        result = {"problem": ENCRYPTED}
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        result = {"problem": DAMAGED}
    sys.stdout.buffer.flush()
    sys.stderr.write(f"\n{json.dumps(result)}\n")


def convert(file: BinaryIO, output: BinaryIO, rows: int) -> list[tuple[str, int, int]]:
    """Write the rows of each sheet; returns the name of each, where its rows begin, and their number."""
    if file.read(2) == b"PK":
        _check_zip(file)
    else:
        _check_compound_file(file)
    file.seek(0)
    sheets: list[tuple[str, int, int]] = []
    with CalamineWorkbook.from_filelike(file) as workbook:
        for name in _sheet_names(workbook)[:MOST_SHEETS]:
            begins = output.tell()
            written = 0
            for number, cells in _rows(workbook, name, rows):
                _write(output, number, cells)
                written += 1
            sheets.append((name, begins, written))
    if not any(count for _, _, count in sheets):
        raise Refused(NO_SHEETS)
    return sheets


def as_text(cell: object) -> str:
    """A cell as it would be typed: 7700900123, 2.5, 2026-12-31, 2026-12-31 19:30, 19:30, TRUE."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime.datetime():
            cell = _to_the_second(cell)
            day, at = cell.date().isoformat(), cell.time()
            return f"{day} {as_text(at)}" if at != datetime.time() else day
        case datetime.time():
            return cell.isoformat("seconds").removesuffix(":00")
        case datetime.timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        case _:
            return str(cell)


def _to_the_second(moment: datetime.datetime) -> datetime.datetime:
    """Spreadsheets keep times as fractions of a day, which are seldom exact."""
    return (moment + datetime.timedelta(milliseconds=500)).replace(microsecond=0)


def _rows(workbook: CalamineWorkbook, name: str, rows: int) -> Iterator[tuple[int, list[str]]]:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height > MOST_ROWS:
        raise Refused(TOO_LARGE)
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [as_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts
            found += 1
            if found == rows:
                return


def _write(output: BinaryIO, number: int, cells: list[str]) -> None:
    if sum(map(len, cells)) + len(cells) > LONGEST_ROW:
        raise Refused(f"Row {number} has more than {LONGEST_ROW:,} characters: this is not a list of people or events")
    output.write(json.dumps([number, cells]).encode() + b"\n")
    # A text that is kept once in the file may be in a million cells.
    if output.tell() > LARGEST_UNZIPPED:
        raise Refused(TOO_LARGE)


def _sheet_names(workbook: CalamineWorkbook) -> list[str]:
    """The sheets that are shown, or all if none is."""
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    shown = [sheet for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return [sheet.name for sheet in shown or sheets]


def _check_zip(file: BinaryIO) -> None:
    """Refuse what is no spreadsheet, has a password, or would be too large when it is unzipped."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        for part, problem in OTHER_FORMATS.items():
            if any(name.startswith(part) for name in names):
                raise Refused(problem)
        if not any(name.startswith(SPREADSHEET_PARTS) for name in names):
            raise Refused(NO_SPREADSHEET)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused(ENCRYPTED)
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_UNZIPPED:
            raise Refused(TOO_LARGE)
        if any(entry.file_size > max(SMALL, MOST_COMPRESSED * entry.compress_size) for entry in entries):
            raise Refused(TOO_LARGE)
        if "META-INF/manifest.xml" in names and ODS_KEYS in archive.read("META-INF/manifest.xml"):
            raise Refused(ENCRYPTED)


def _check_compound_file(file: BinaryIO) -> None:
    """Refuse what other programs keep in the container of .xls, told by the names of its parts."""
    file.seek(0)
    content = file.read()
    for part, problem in COMPOUND_PARTS.items():
        if part.encode("utf-16-le") in content:
            raise Refused(problem)


def _limit() -> None:
    """Limit the memory and time of this process, where the system can, and let others go first."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(10)


if __name__ == "__main__":
    main()
