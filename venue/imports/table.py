"""Read a CSV file or a spreadsheet, with any usual encoding, separator and headings."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from venue.formulas import written_text
from venue.imports import records
from venue.imports.columns import Names, find_columns, listed, usual_headings
from venue.imports.csv_file import CsvFile, open_csv
from venue.imports.encodings import BadFile, Encoding, Unreadable, without_stray_bytes
from venue.imports.formats import check_format
from venue.imports.phones import PhoneCell, PhoneColumn, phone_cell
from venue.imports.records import Record
from venue.imports.spreadsheet import Spreadsheet, is_spreadsheet, open_spreadsheet

ROWS_AT_ONCE = 500
SHOWN = 80
# The minimum number of digits in these fields of a row. A line inside a quoted cell that has them is a row.
DIGITS = {"mobile_number": 7, "on": 3}

RAGGED = "This line has more or fewer cells than the header"
NOT_READABLE = "This line contains a character that cannot be read: type it again"


@dataclass(frozen=True)
class Row:
    """One row. `values` maps fields to cells, `columns` maps fields to headings of the file.

    `fault` is why the row cannot be imported, or empty; `text` is the start of the line if it could not be split into
    cells. `doubtful` are the fields to ask about: those with a question in `questions`, and those that are not in the
    file's encoding and are decoded in the likely other one. `phones` are the cells to choose the mobile number from.
    `written` has the whole cell of a field whose value is a part of it, and `remarks` what the report says about it.
    `cells` are all cells in the order of the file, whether they belong to a field or not; of a line that could not be
    split, the line. `repair_zeros`: whether a number without its first zero is to be taken, and `is_repaired`: whether
    it was.
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
    cells: tuple[str, ...] = ()
    repair_zeros: bool = False
    is_repaired: bool = False

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
        """The questions about the doubtful fields, for a report: (column, value, reason). Column and value are those
        of the first."""
        encoding = "This cell is not encoded like the rest of the file. Is it “{}”?"
        asked = [self.questions.get(field, encoding.format(self[field])) for field in dict.fromkeys(self.doubtful)]
        return self.problem(self.doubtful[0], joined(asked))


def joined(questions: Sequence[str]) -> str:
    """Questions about one row, as one text."""
    *others, last = questions
    return " ".join([*(each if each.endswith("?") else f"{each}." for each in others), last])


@dataclass
class Table:
    """The rows of a file, streamed. `columns` maps fields to headings of the file."""

    file: CsvFile | Spreadsheet
    columns: dict[str, str]
    phone_columns: Sequence[PhoneColumn] = ()
    repair_zeros: bool = False

    @property
    def row_count(self) -> int | None:
        """The number of rows below the header, None if that is not known before they are read."""
        return self.file.count if isinstance(self.file, Spreadsheet) else None

    @property
    def header(self) -> list[str]:
        return self.file.header

    def rows(self) -> Iterator[Row]:
        """Yield every row below the header. Raises BadFile when it reaches a part of the file that cannot be read."""
        places = {field: self.header.index(column) for field, column in self.columns.items()}
        for record in self.file.records(self._row_test(places)):
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
            text = without_stray_bytes(record.text)
            return Row(record.line, {}, self.columns, record.fault, text[:SHOWN], cells=(text,))
        reader = _CellReader(record.cells, self.file)
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
        return Row(
            record.line,
            values,
            self.columns,
            fault,
            doubtful=tuple(reader.doubtful),
            phones=phones,
            cells=tuple(reader.cells),
            repair_zeros=self.repair_zeros,
        )


class _CellReader:
    """Reads the cells of one row. `doubtful` are the fields with a cell in another encoding."""

    def __init__(self, cells: list[str], file: CsvFile | Spreadsheet):
        self.fault = ""
        self.doubtful: dict[str, None] = {}
        self._in_other_encoding: set[int] = set()
        self._unreadable: set[int] = set()
        if file.encoding.is_mixed:
            cells = [self._decoded(place, cell, file.encoding) for place, cell in enumerate(cells)]
        self.cells = list(map(written_text, cells))

    def read(self, place: int, field: str = "") -> str:
        if place in self._unreadable:
            self.fault = NOT_READABLE
        if field and place in self._in_other_encoding:
            self.doubtful[field] = None
        return self.cells[place] if place < len(self.cells) else ""

    def _decoded(self, place: int, cell: str, encoding: Encoding) -> str:
        try:
            other = encoding.other_reading(cell)
        except Unreadable:
            self._unreadable.add(place)
            return without_stray_bytes(cell)
        if other is None:
            return cell
        self._in_other_encoding.add(place)
        return other


def open_file(stream: BinaryIO, names: Names, *, most_rows: int | None = None) -> CsvFile | Spreadsheet:
    """Open a CSV file or a spreadsheet, told apart by what is in it, whatever its columns.

    `names` are the usual headings of each field. At least `most_rows` can be read, or all by default. Raises BadFile.
    """
    check_format(stream)
    is_known = usual_headings(names)
    if is_spreadsheet(stream):
        return open_spreadsheet(stream, is_known, most_rows=most_rows)
    return open_csv(stream, is_known)


def open_table(
    stream: BinaryIO,
    names: Names,
    *,
    required: tuple[str, ...],
    mapped: Mapping[str, str] | None = None,
    repair_zeros: bool = False,
) -> Table:
    """Open a CSV file or a spreadsheet. A field's column is the one that `mapped` gives (field → heading), or else one
    with a heading in `names` (field → usual headings). `repair_zeros`: whether phone numbers without their
    first zero are taken, instead of asked about.

    Raises BadFile for a file that is empty, binary, too large, or without a required column.
    """
    file = open_file(stream, names)
    columns = find_columns(file.header, names, required=required, mapped=mapped)
    if columns.missing:
        missing = " and ".join(names[field][0] for field in columns.missing)
        raise BadFile(f"The file has no column for {missing}. Its columns are: {listed(file.header)}")
    return Table(file, columns.headings, columns.phones, repair_zeros)


def in_batches(rows: Iterable[Row], size: int = ROWS_AT_ONCE) -> Iterator[list[Row]]:
    """The rows in lists of this size; the last may be shorter."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
