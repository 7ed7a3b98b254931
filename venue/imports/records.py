"""Split the lines of a CSV file into records. A misplaced quotation mark affects only its own line, not later ones."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from venue.formulas import TEXT

QUOTE = '"'
# A quoted cell with more lines than this is treated as unclosed.
MOST_LINES = 1_000

UNCLOSED = "A quotation mark opened on this line is not closed: close it, or remove it"
MISPLACED = "A quotation mark is in the wrong place on this line: put it at the end of the cell, or remove it"


class Misquoted(ValueError):
    """A line that cannot be split into cells: there is text after a closing quotation mark."""


@dataclass(frozen=True)
class Record:
    """One row of the file, which starts on line number `line`. A record with a `fault` has no cells, but the line's
    `text`."""

    line: int
    cells: list[str]
    fault: str = ""
    text: str = ""
    has_loose_quote: bool = False


@dataclass(frozen=True)
class Cells:
    """The cells of one line. `is_open`: the last one continues on the next line."""

    cells: list[str]
    is_open: bool = False
    has_loose_quote: bool = False


def records(
    lines: Iterable[str],
    separator: str,
    *,
    width: int | None = None,
    is_row: Callable[[list[str]], bool] = lambda _: False,
    first_line: int = 1,
) -> Iterator[Record]:
    """Yield every record. A quoted cell may contain line breaks, unless that looks like a mistake: the cell is never
    closed, a later line cannot be split, the record does not have `width` cells, or `is_row` is true for a later line
    on its own. Then the record is the first line, with a fault, and the later lines are read as records of their own.
    """
    ahead = _Lines(lines, first_line)
    while (line := ahead.next()) is not None:
        if QUOTE not in line:
            yield Record(ahead.number, _bare(line).split(separator))
        else:
            yield _quoted_record(line, ahead, separator, width, is_row)


def divide(line: str, separator: str, *, is_open: bool = False) -> Cells:
    """Split one line, given without its line break. `is_open`: it starts inside a quoted cell. Raises Misquoted."""
    cells: list[str] = []
    loose, place = False, 0
    while True:
        if is_open or line.startswith(QUOTE, place):
            start = place if is_open else place + 1
            closing = _closing_quote(line, start)
            cells.append(line[start:closing].replace('""', QUOTE))
            if closing == len(line):
                return Cells(cells, is_open=True, has_loose_quote=loose)
            is_open, end = False, closing + 1
            while line.startswith(" ", end):
                end += 1
            if end < len(line) and not line.startswith(separator, end):
                raise Misquoted
        else:
            end = _end_of_cell(line, place, separator)
            cells.append(line[place:end])
            loose = loose or (QUOTE in cells[-1] and not TEXT.fullmatch(cells[-1].strip()))
        if end >= len(line):
            return Cells(cells, has_loose_quote=loose)
        place = end + len(separator)


def is_whole(cells: list[str], width: int | None) -> bool:
    """Whether there is a cell for each heading. Extra empty cells are allowed."""
    return width is None or (len(cells) >= width and not too_wide(cells, width))


def too_wide(cells: list[str], width: int | None) -> bool:
    """Whether there are more cells than headings."""
    return width is not None and any(cell.strip() for cell in cells[width:])


def _end_of_cell(line: str, place: int, separator: str) -> int:
    """The end of a cell without quotation marks around it. Those of Excel's ="…" may contain separators."""
    text = TEXT.match(line, place)
    if text and (text.end() == len(line) or line.startswith(separator, text.end())):
        return text.end()
    found = line.find(separator, place)
    return len(line) if found < 0 else found


def _closing_quote(line: str, place: int) -> int:
    """The position of the closing quotation mark (a doubled mark is text), or the line's length if there is none."""
    while (place := line.find(QUOTE, place)) >= 0 and line.startswith(QUOTE, place + 1):
        place += 2
    return len(line) if place < 0 else place


def _quoted_record(
    line: str,
    ahead: "_Lines",
    separator: str,
    width: int | None,
    is_row: Callable[[list[str]], bool],
) -> Record:
    number = ahead.number
    try:
        last = divide(_bare(line), separator)
    except Misquoted:
        return Record(number, [], MISPLACED, _bare(line))
    if not last.is_open:
        return Record(number, last.cells, has_loose_quote=last.has_loose_quote)
    cells, previous = list(last.cells), line
    taken: list[str] = []
    while (
        last.is_open
        and not too_wide(cells[:-1], width)
        and len(taken) < MOST_LINES
        and (following := ahead.next()) is not None
    ):
        taken.append(following)
        try:
            last = divide(_bare(following), separator, is_open=True)
        except Misquoted:
            break
        if last.has_loose_quote or is_row(_divided_alone(_bare(following), separator)):
            last = Cells(last.cells, is_open=True)
            break
        cells[-1] += previous[len(_bare(previous)) :] + last.cells[0]
        cells += last.cells[1:]
        previous = following
    if last.is_open or not is_whole(cells, width):
        ahead.put_back(taken)
        return Record(number, [], UNCLOSED, _bare(line))
    return Record(number, cells)


def _divided_alone(line: str, separator: str) -> list[str]:
    try:
        return divide(line, separator).cells
    except Misquoted:
        return line.split(separator)


def _bare(line: str) -> str:
    return line.rstrip("\r\n")


class _Lines:
    """An iterator over lines that counts them and lets some be put back."""

    def __init__(self, lines: Iterable[str], first: int):
        self._lines = iter(lines)
        self._put_back: deque[str] = deque()
        self.number = first - 1

    def next(self) -> str | None:
        line = self._put_back.popleft() if self._put_back else next(self._lines, None)
        if line is not None:
            self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self._put_back.extendleft(reversed(lines))
        self.number -= len(lines)
