"""Read a CSV file from a spreadsheet or booking system, with any usual encoding, separator and headings."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from db.search import fold
from venue.formulas import written_text
from venue.imports import records
from venue.imports.encodings import NOT_CSV, BadFile, Encoding, Unreadable, encoding_of, without_stray_bytes
from venue.imports.layout import layout_of
from venue.imports.phones import PhoneCell, PhoneColumn, is_phone_heading, phone_cell, phone_column, phone_columns
from venue.imports.records import Record

LONGEST_LINE = 1_000_000
ROWS_AT_ONCE = 500
SHOWN = 80
# The minimum number of digits in these fields of a row. A line inside a quoted cell that has them is a row.
DIGITS = {"mobile_number": 7, "on": 3}

RAGGED = "This line has more or fewer cells than the header"
NOT_READABLE = "This line contains a character that cannot be read: type it again"


@dataclass(frozen=True)
class Row:
    """One row. `values` maps fields to cells, `columns` maps fields to headings of the file.

    `fault` is why the row cannot be imported, or empty; `text` is the line if it could not be split into cells.
    `doubtful` are the fields to ask about: those with a question in `questions`, and those that are not in the file's
    encoding and are decoded in the likely other one. `phones` are the cells to choose the mobile number from. `written`
    has the whole cell of a field whose value is a part of it, and `remarks` what the report says about it.
    """

    line: int
    values: Mapping[str, str]
    columns: Mapping[str, str]
    fault: str = ""
    text: str = ""
    doubtful: tuple[str, ...] = ()
    phones: tuple[PhoneCell, ...] = ()
    questions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    written: Mapping[str, str] = dataclasses.field(default_factory=dict)
    remarks: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __getitem__(self, field: str) -> str:
        return self.values.get(field, "")

    def problem(self, field: str, reason: str) -> tuple[str, str, str]:
        """A problem with a field, for a report: (column, value, reason)."""
        return self.columns.get(field, field), self.written.get(field, self[field]), reason

    def with_value(
        self, field: str, value: str, *, column: str, written: str, question: str = "", remark: str = ""
    ) -> "Row":
        """The row with a value that was found in the cell `written` of a column, and a question or remark about it."""
        return dataclasses.replace(
            self,
            values={**self.values, field: value},
            columns={**self.columns, field: column},
            written={**self.written, field: written},
            doubtful=(*self.doubtful, field) if question else self.doubtful,
            questions={**self.questions, field: question} if question else self.questions,
            remarks={**self.remarks, field: remark} if remark else self.remarks,
        )

    @property
    def has_cells(self) -> bool:
        return bool(self.values)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """The problem with the line as a whole, for a report; empty if there is none."""
        return [("", self.text, self.fault)] if self.fault else []

    @property
    def doubt(self) -> tuple[str, str, str]:
        """The question about the first doubtful field, for a report: (column, value, reason)."""
        field = self.doubtful[0]
        encoding = f"This cell is not encoded like the rest of the file. Is it “{self[field]}”?"
        return self.problem(field, self.questions.get(field, encoding))


@dataclass
class Table:
    """The rows of a file, streamed."""

    stream: BinaryIO
    encoding: Encoding
    separator: str
    columns: dict[str, str]
    header: list[str]
    header_lines: int = 1
    phone_columns: Sequence[PhoneColumn] = ()

    def rows(self) -> Iterator[Row]:
        """Yield every row below the header. Raises BadFile when it reaches a part of the file that cannot be read."""
        places = {field: self.header.index(column) for field, column in self.columns.items()}
        lines = islice(_lines(self.stream, self.encoding), self.header_lines, None)
        for record in records.records(
            lines,
            self.separator,
            width=len(self.header),
            is_row=self._row_test(places),
            first_line=self.header_lines + 1,
        ):
            if record.fault or any(cell.strip() for cell in record.cells):
                yield self._row(record, places)

    def _row_test(self, places: Mapping[str, int]) -> Callable[[list[str]], bool]:
        groups = {field: [places[field]] for field in DIGITS if field in places}
        if self.phone_columns:
            groups["mobile_number"] = [column.place for column in self.phone_columns]

        def is_row(cells: list[str]) -> bool:
            return len(cells) >= len(self.header) and all(
                any(sum(map(str.isdigit, cells[place])) >= DIGITS[field] for place in group)
                for field, group in groups.items()
            )

        return is_row

    def _row(self, record: Record, places: Mapping[str, int]) -> Row:
        if record.fault:
            return Row(record.line, {}, self.columns, record.fault, without_stray_bytes(record.text)[:SHOWN])
        reader = _CellReader(record.cells, self.encoding)
        values = {field: reader.read(place, field) for field, place in places.items()}
        phones = tuple(
            phone_cell(
                column,
                reader.read(column.place, "mobile_number"),
                "" if column.label_place is None else reader.read(column.label_place),
            )
            for column in self.phone_columns
        )
        fault = reader.fault or ("" if records.is_whole(record.cells, len(self.header)) else RAGGED)
        return Row(record.line, values, self.columns, fault, doubtful=tuple(reader.doubtful), phones=phones)


class _CellReader:
    """Reads the cells of one row. `doubtful` are the fields with a cell in another encoding."""

    def __init__(self, cells: list[str], encoding: Encoding):
        self.cells = cells
        self.encoding = encoding
        self.fault = ""
        self.doubtful: dict[str, None] = {}

    def read(self, place: int, field: str = "") -> str:
        cell = self.cells[place] if place < len(self.cells) else ""
        try:
            other = self.encoding.other_reading(cell)
        except Unreadable:
            cell, other, self.fault = without_stray_bytes(cell), None, NOT_READABLE
        if other is not None:
            cell = other
            if field:
                self.doubtful[field] = None
        return written_text(cell)


def open_table(
    stream: BinaryIO,
    names: Mapping[str, tuple[str, ...]],
    *,
    required: tuple[str, ...],
    mapped: Mapping[str, str] | None = None,
) -> Table:
    """Open a CSV file. A field's column is the one that `mapped` gives (field → heading), or else one with a heading in
    `names` (field → usual headings).

    Raises BadFile for a file that is empty, binary, too large, or without a required column.
    """
    encoding = encoding_of(stream)
    known = {fold(name) for usual in names.values() for name in usual}
    layout = layout_of(
        _lines(stream, encoding),
        encoding,
        is_known=lambda heading: fold(heading) in known or is_phone_heading(heading),
    )
    header = layout.header
    columns = _columns(header, names, mapped or {})
    phones = _phone_columns(header, columns, names, mapped or {})
    if phones:
        columns["mobile_number"] = phones[0].heading
    missing = [names[field][0] for field in _missing(columns, required)]
    if missing:
        raise BadFile(f"The file has no column for {' and '.join(missing)}. Its columns are: {_listed(header)}")
    return Table(stream, encoding, layout.separator, columns, header, layout.header_lines, phones)


def in_batches(rows: Iterable[Row], size: int = ROWS_AT_ONCE) -> Iterator[list[Row]]:
    """The rows in lists of this size; the last may be shorter."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _lines(stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(encoding.lines(stream), start=1):
            if len(line) > LONGEST_LINE:
                raise BadFile(f"Line {number} is longer than {LONGEST_LINE:,} characters: this is not a CSV file")
            yield line
    except UnicodeError as error:
        raise BadFile(f"The file cannot be read from line {number + 1} on: {error}" if number else NOT_CSV) from error


def _columns(header: list[str], names: Mapping[str, tuple[str, ...]], mapped: Mapping[str, str]) -> dict[str, str]:
    by_name = {fold(heading): heading for heading in reversed(header) if heading}
    columns: dict[str, str] = {}
    for field, usual in names.items():
        if field in mapped:
            columns[field] = _heading(mapped[field], header)
            continue
        heading = next((by_name[fold(name)] for name in usual if fold(name) in by_name), None)
        if heading is not None:
            columns[field] = heading
    return columns


def _missing(columns: Mapping[str, str], required: tuple[str, ...]) -> list[str]:
    """The required fields without a column. A column with full names is enough if there is none for a part of them."""
    parts = {"first_name", "last_name"}
    given = parts if "full_name" in columns and not parts & columns.keys() else set()
    return [field for field in required if field not in columns and field not in given]


def _phone_columns(
    header: list[str], columns: Mapping[str, str], names: Mapping[str, tuple[str, ...]], mapped: Mapping[str, str]
) -> list[PhoneColumn]:
    if "mobile_number" in mapped:
        return [phone_column(header, header.index(columns["mobile_number"]))]
    return phone_columns(header) if "mobile_number" in names else []


def _heading(wanted: str, header: list[str]) -> str:
    """The heading of the file that is meant: exactly, except for blanks around it, or else the only one that reads the
    same. Raises BadFile."""
    if wanted.strip() in filter(None, header):
        return wanted.strip()
    alike = {heading for heading in header if fold(heading) and fold(heading) == fold(wanted)}
    if len(alike) != 1:
        raise BadFile(f"The file has no column {wanted!r}. Its columns are: {_listed(header)}")
    return alike.pop()


def _listed(header: list[str]) -> str:
    return ", ".join(filter(None, header)) or "none"
