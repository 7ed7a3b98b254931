"""Find the line with the headings among the first lines of a file, some of which may be a title."""

from collections.abc import Callable, Sequence

from venue.imports.encodings import BadFile

# A header further down is not found.
LINES_SEARCHED = 20
# A later line is the header when it has as many usual headings.
LEAST_KNOWN = 2
# As many as Excel has.
MOST_COLUMNS = 16_384


def header_place(lines: Sequence[Sequence[str]], is_known: Callable[[str], bool]) -> int:
    """The index of the header among the first lines, each given as its cells: the first line, unless a later one is
    clearly the header, with titles above it. `is_known`: whether a heading is a usual one."""
    for place, cells in enumerate(lines[:LINES_SEARCHED]):
        if known_headings(cells, is_known) >= LEAST_KNOWN:
            titles = lines[:place]
            return place if all(_filled(title) < _filled(cells) for title in titles) else 0
    return 0


def check_columns(count: int) -> None:
    """Raises BadFile for a file with too many columns."""
    if count > MOST_COLUMNS:
        raise BadFile(f"The file has {count:,} columns, which is more than {MOST_COLUMNS:,}: this is not a list")


def known_headings(cells: Sequence[str], is_known: Callable[[str], bool]) -> int:
    """How many different usual headings there are."""
    return len({cell.strip().casefold() for cell in cells if cell.strip() and is_known(cell)})


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)
