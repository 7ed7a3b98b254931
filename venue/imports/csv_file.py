"""A CSV file: its header, and the records below it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from venue.imports import records
from venue.imports.encodings import NOT_CSV, BadFile, Encoding, encoding_of
from venue.imports.layout import Layout, layout_of
from venue.imports.records import Record


@dataclass(frozen=True)
class CsvFile:
    """Each call of `records` reads `stream` from its start."""

    stream: BinaryIO
    encoding: Encoding
    layout: Layout
    sheet: str = ""

    @property
    def header(self) -> list[str]:
        return self.layout.header

    @property
    def separator(self) -> str:
        return self.layout.separator

    def records(self, is_row: Callable[[list[str]], bool]) -> Iterator[Record]:
        """The records below the header. `is_row`: whether these cells are a row on their own, which a line inside a
        quoted cell is not. Raises BadFile at a part of the file that cannot be read."""
        lines = islice(_lines(self.stream, self.encoding), self.layout.header_lines, None)
        first = self.layout.header_lines + 1
        return records.records(lines, self.separator, width=len(self.header), is_row=is_row, first_line=first)

    def everything(self) -> Iterator[Record]:
        """The records, and before them the header and what is above it, divided without regard to quotation marks.
        Raises BadFile as `records` does."""
        above = islice(_lines(self.stream, self.encoding), self.layout.header_lines)
        for number, line in enumerate(above, start=1):
            yield Record(number, line.replace(records.QUOTE, "").split(self.separator))
        yield from self.records(lambda _: False)


def open_csv(stream: BinaryIO, is_known: Callable[[str], bool]) -> CsvFile:
    """Open a CSV file. `is_known`: whether a heading is a usual one, which decides what separates the cells and which
    line is the header.

    Raises BadFile for a binary file.
    """
    encoding = encoding_of(stream)
    return CsvFile(stream, encoding, layout_of(_lines(stream, encoding), encoding, is_known=is_known))


def _lines(stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(encoding.lines(stream), start=1):  # noqa: B007  (used when the next one fails)
            yield line
    except UnicodeError as error:
        raise BadFile(f"The file cannot be read from line {number + 1} on: {error}" if number else NOT_CSV) from error
