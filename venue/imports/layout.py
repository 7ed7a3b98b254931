"""Find the header of a CSV file, and the character between its cells."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from venue.formulas import written_text
from venue.imports import records
from venue.imports.encodings import BadFile, Encoding, Unreadable, without_stray_bytes
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
    """The layout of a file. `is_known`: whether a heading is a usual one, which decides between separators.

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
    separator = told if told and told in first else _separator(first, is_known)
    header, taken = _header([first, *_continued(first, remaining)], encoding, separator)
    return Layout(separator, header, before + taken)


def _continued(first: str, remaining: Iterable[str]) -> Iterable[str]:
    """The lines after the first, of which the header may need some if it has quotation marks."""
    return (line for _, line in zip(range(records.MOST_LINES), remaining, strict=False)) if '"' in first else ()


def _separator(header: str, is_known: Callable[[str], bool]) -> str:
    """The separator that gives the most usual headings, else the most headings."""

    def headings(separator: str) -> tuple[int, int]:
        cells = header.split(separator)
        return sum(is_known(cell) for cell in cells), len(cells)

    return max(SEPARATORS, key=headings)


def _header(lines: Iterable[str], encoding: Encoding, separator: str) -> tuple[list[str], int]:
    """The headings, and the number of lines they take."""
    header = next(records.records(lines, separator))
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
