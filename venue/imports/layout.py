"""Find the header of a CSV file, and the character between its cells."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, islice

from venue.formulas import written_text
from venue.imports import records
from venue.imports.encodings import BadFile, Encoding, Unreadable, without_stray_bytes
from venue.imports.headers import (
    LEAST_KNOWN,
    LINES_SEARCHED,
    MOST_COLUMNS,
    check_columns,
    header_place,
    known_headings,
)
from venue.imports.records import MISPLACED, UNCLOSED

SEPARATORS = (",", ";", "\t", "|")
# A line of these alone has no headings.
BLANK = "".join(SEPARATORS) + '" \r\n\f\v\xa0'
# Tells Excel what separates the cells. Another program that saved the file may have added its own separators after it.
TOLD_SEPARATOR = re.compile(r'"?sep=([^\w"])"?[,;\t|]*', re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The headings of a file without blanks around them, and the number of lines up to the end of the header."""

    separator: str
    header: list[str]
    header_lines: int


def layout_of(lines: Iterable[str], encoding: Encoding, *, is_known: Callable[[str], bool]) -> Layout:
    """The layout of a file. `is_known`: whether a heading is a usual one, which decides between separators, and whether
    the first lines are a title above the header.

    Raises BadFile when the header has a misplaced quotation mark.
    """
    remaining = iter(lines)
    before, told = 0, ""
    for first in remaining:
        if match := TOLD_SEPARATOR.fullmatch(first.rstrip("\r\n")):
            told = match[1]
        elif first.strip(BLANK):
            break
        before += 1
    else:
        return Layout(SEPARATORS[0], [], max(before, 1))
    start = [first, *islice(remaining, LINES_SEARCHED - 1)]
    place, separator = _place_and_separator(start, told, is_known)
    header, taken = _header(chain(start[place:], islice(remaining, records.MOST_LINES)), encoding, separator)
    return Layout(separator, header, before + place + taken)


def _place_and_separator(lines: list[str], told: str, is_known: Callable[[str], bool]) -> tuple[int, str]:
    """The index of the header among the lines, and what separates its cells."""
    separators = [told if told and told in line else _separator(line, is_known) for line in lines]
    for place, separator in enumerate(separators):
        cells = [_split(line, separator) for line in lines[: place + 1]]
        if known_headings(cells[-1], is_known) >= LEAST_KNOWN:
            return (place, separator) if header_place(cells, is_known) == place else (0, separators[0])
    return 0, separators[0]


def _separator(header: str, is_known: Callable[[str], bool]) -> str:
    """The separator that gives the most usual headings, else the most headings."""

    def headings(separator: str) -> tuple[int, int]:
        return known_headings(_split(header, separator), is_known), header.count(separator)

    return max(SEPARATORS, key=headings)


def _split(line: str, separator: str) -> list[str]:
    """The cells of a line, roughly: without regard to quotation marks. Of a line with too many of them, the line."""
    return line.split(separator) if line.count(separator) < MOST_COLUMNS else [line]


def _header(lines: Iterable[str], encoding: Encoding, separator: str) -> tuple[list[str], int]:
    """The headings, and the number of lines they take."""
    header = next(records.records(lines, separator))
    check_columns(len(header.cells))
    # A heading with a line break and then separators has an unclosed quotation mark, and contains rows.
    took_rows = any(separator in line for cell in header.cells for line in cell.splitlines()[1:])
    if header.fault or took_rows or header.has_loose_quote:
        raise BadFile(f"The column headings cannot be read. {header.fault or (UNCLOSED if took_rows else MISPLACED)}")
    breaks = sum(cell.count("\n") or cell.count("\r") for cell in header.cells)
    return [written_text(_read(cell, encoding)).strip() for cell in header.cells], 1 + breaks


def _read(heading: str, encoding: Encoding) -> str:
    try:
        return encoding.other_reading(heading) or heading
    except Unreadable:
        return without_stray_bytes(heading)
