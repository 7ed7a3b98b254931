"""Reading a CSV file as spreadsheets and booking systems write it: any usual encoding, separator and heading."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from db.search import fold
from venue.errors import VenueError
from venue.formulas import live

LARGEST = 64 * 1024 * 1024
LONGEST_FIELD = 1_000_000
SEPARATORS = (",", ";", "\t")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20


class BadFile(VenueError):
    """The file as a whole cannot be read; nothing of it was taken."""


@dataclass(frozen=True)
class Row:
    """One row by field; `columns` says what each field's column is called in the file."""

    line: int
    values: Mapping[str, str]
    columns: Mapping[str, str]
    ragged: bool = False

    def __getitem__(self, field: str) -> str:
        return self.values.get(field, "")

    def problem(self, field: str, reason: str) -> tuple[str, str, str]:
        """Something wrong with a field, as a report has it: column, value, reason."""
        return self.columns.get(field, field), self[field], reason


@dataclass
class Table:
    """The rows of a file, streamed. `read` tells how many bytes have been read, for progress."""

    stream: BinaryIO
    encoding: str
    separator: str
    columns: dict[str, str]
    header: list[str]

    def rows(self) -> Iterator[Row]:
        """Every row below the header. Raises BadFile in the middle of a file that turns out broken."""
        places = {field: self.header.index(column) for field, column in self.columns.items()}
        reader = _reader(self.stream, self.encoding, self.separator)
        try:
            next(reader)
            start = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield self._row(start, cells, places)
                start = reader.line_num + 1
        except (csv.Error, UnicodeError) as error:
            raise BadFile(f"The file cannot be read from line {reader.line_num + 1} on: {error}") from error

    def _row(self, line: int, cells: list[str], places: Mapping[str, int]) -> Row:
        values = {field: live(cells[place]) if place < len(cells) else "" for field, place in places.items()}
        ragged = len(cells) < len(self.header) or any(cell.strip() for cell in cells[len(self.header) :])
        return Row(line, values, self.columns, ragged)


def open_table(
    stream: BinaryIO,
    names: Mapping[str, tuple[str, ...]],
    *,
    required: tuple[str, ...],
    mapped: Mapping[str, str] | None = None,
) -> Table:
    """A file whose columns are found by their usual `names`, or by hand (`mapped`: field → heading).

    Raises BadFile for what is no table of this kind: empty, binary, too large, or without a required column.
    """
    encoding = _encoding(stream)
    separator = _separator(stream, encoding)
    try:
        header = [cell.strip() for cell in next(_reader(stream, encoding, separator), [])]
    except (csv.Error, UnicodeError) as error:
        raise BadFile("This is not a CSV file: its first line cannot be read") from error
    columns = _columns(header, names, mapped or {})
    missing = [names[field][0] for field in required if field not in columns]
    if missing:
        there = ", ".join(filter(None, header)) or "none"
        raise BadFile(f"The file has no column for {' and '.join(missing)}. Its columns are: {there}")
    return Table(stream, encoding, separator, columns, header)


def _encoding(stream: BinaryIO) -> str:
    start = _rewound(stream).read(4)
    if not start:
        raise BadFile("The file is empty")
    for bom, encoding in BOMS:
        if start.startswith(bom):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, size = True, 0
    _rewound(stream)
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise BadFile(f"The file is larger than {LARGEST // 1024 // 1024} MB: split it")
        if b"\x00" in chunk:
            raise BadFile("This is not a CSV file: save it from the spreadsheet as CSV")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            utf8 = False
    return "utf-8" if utf8 else "cp1252"


def _separator(stream: BinaryIO, encoding: str) -> str:
    try:
        first = io.TextIOWrapper(_Unclosed(_rewound(stream)), encoding=encoding, newline="").readline(LONGEST_FIELD)
    except UnicodeError as error:
        raise BadFile("This is not a CSV file: save it from the spreadsheet as CSV") from error
    return max(SEPARATORS, key=first.count)


def _reader(stream: BinaryIO, encoding: str, separator: str) -> Any:
    csv.field_size_limit(LONGEST_FIELD)
    text = io.TextIOWrapper(_Unclosed(_rewound(stream)), encoding=encoding, newline="")
    return csv.reader(text, delimiter=separator)


def _columns(header: list[str], names: Mapping[str, tuple[str, ...]], mapped: Mapping[str, str]) -> dict[str, str]:
    by_name = {fold(heading): heading for heading in reversed(header) if heading}
    found: dict[str, str] = {}
    for field, usual in names.items():
        if field in mapped:
            if mapped[field] not in header:
                raise BadFile(f"The file has no column {mapped[field]!r}")
            found[field] = mapped[field]
            continue
        heading = next((by_name[fold(name)] for name in usual if fold(name) in by_name), None)
        if heading is not None:
            found[field] = heading
    return found


def _rewound(stream: BinaryIO) -> BinaryIO:
    stream.seek(0)
    return stream


class _Unclosed(io.BufferedReader):
    """A view of a stream that leaves it open when the view is thrown away."""

    def __init__(self, stream: BinaryIO):
        super().__init__(_Raw(stream), buffer_size=CHUNK)


class _Raw(io.RawIOBase):
    def __init__(self, stream: BinaryIO):
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
