"""What is in a file, seen from its first lines, so that staff can say which column is which before it is checked."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from db.search import fold
from venue.imports.columns import find_columns
from venue.imports.encodings import BadFile
from venue.imports.importer import Importer
from venue.imports.layouts import program_of
from venue.imports.table import SHOWN, Table, open_file

EXAMPLES = 3
# The number of rows in which the examples are looked for.
ROWS_READ = 200


@dataclass(frozen=True)
class FileShape:
    """`encoding` is Python's name of it, `separator` what is between the cells of a CSV file, `sheet` the name of the
    sheet that was read; empty where there is none.

    `header` are the headings in the order of the file, some of which may be empty. `columns` maps each field that was
    recognised or mapped to its heading; `missing` are the required fields without one. `examples` has for each heading
    up to three different values, at most 80 characters long. `fingerprint` is the same for files with the same
    headings, apart from capitals, accents and blanks: a SHA-256 in hexadecimal. `program` is the name of the program
    that writes such files ("Google Contacts"), or "" if it is not known.
    """

    encoding: str
    separator: str
    sheet: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    missing: tuple[str, ...]
    examples: Mapping[str, tuple[str, ...]]
    fingerprint: str
    program: str


def shape_of(stream: BinaryIO, importer: Importer, *, mapped: Mapping[str, str] | None = None) -> FileShape:
    """The shape of a file. `mapped` (field → heading) comes before the headings that are recognised.

    Raises BadFile for a file that cannot be read, has no headings, or lacks a heading that is mapped.
    """
    file = open_file(stream, importer.names, most_rows=ROWS_READ)
    if not any(file.header):
        raise BadFile("The file has no column headings: add a first line with the name of each column")
    columns = find_columns(file.header, importer.names, required=importer.required, mapped=mapped)
    return FileShape(
        encoding=file.encoding.name,
        separator=file.separator,
        sheet=file.sheet,
        header=tuple(file.header),
        columns=columns.headings,
        missing=columns.missing,
        examples=_examples(Table(file, columns.headings, columns.phones)),
        fingerprint=fingerprint(file.header),
        program=program_of(file.header),
    )


def fingerprint(header: Sequence[str]) -> str:
    """A SHA-256 in hexadecimal that is the same for headings that read the same, in the same order."""
    return hashlib.sha256("\n".join(map(fold, header)).encode()).hexdigest()


def _examples(table: Table) -> dict[str, tuple[str, ...]]:
    """Up to three different values of each column, by its heading. Of two columns with one heading the first counts."""
    found: dict[str, dict[str, None]] = {heading: {} for heading in table.header if heading}
    for row in islice(table.rows(), ROWS_READ):
        if row.text:
            continue
        # Backwards, so that the first of two columns with one heading remains.
        cells = dict(reversed(list(zip(table.header, row.cells, strict=False))))
        for heading, values in found.items():
            shown = " ".join(cells.get(heading, "").split())[:SHOWN]
            if shown and len(values) < EXAMPLES:
                values[shown] = None
    return {heading: tuple(values) for heading, values in found.items()}
