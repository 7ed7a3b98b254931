"""Exporting a list: the options that all exports share, and writing the file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click
from sqlalchemy.orm import Session

from cli.common import open_venue, plain_errors
from venue import clock, exports
from venue.acts import Act
from venue.exports import Export, Format
from venue.exports.export import Row
from venue.roles import COMMAND_LINE

ROWS_AT_ONCE = 1_000
OUTPUT = click.option(
    "--output", type=click.File("wb"), default="-", help="Where to write; standard output by default."
)
FORMAT = click.option(
    "--format",
    "typed_format",
    type=click.Choice([file_format.value for file_format in Format]),
    help="The kind of file; by the ending of --output by default, or else CSV.",
)


def run_export(
    output: BinaryIO, typed_format: str | None, act: Act, export: Callable[[Session], Export], **facts: Any
) -> None:
    """Write the list. `facts` are what the journal says about it."""
    file_format = _format(output, typed_format)
    with plain_errors():
        venue = open_venue()
        with (
            venue.reading_at_length(COMMAND_LINE) as session,
            progress_bar(export(session), sys.stderr) as listed,
        ):
            parts = exports.write(listed, file_format)
            first = next(parts, b"")  # What does not exist is not exported, and is not in the journal.
            with venue.transaction(COMMAND_LINE) as noting:
                exports.note(noting, act, file_format=file_format, now=clock.now(), **facts)
            output.write(first)
            for part in parts:
                output.write(part)


@contextmanager
def progress_bar(export: Export, terminal: TextIO) -> Iterator[Export]:
    """The export, which moves a bar as it is read; as it was if this is no terminal."""
    if not terminal.isatty():
        yield export
        return
    rows = export.count(sys.maxsize)
    with click.progressbar(length=rows, label="Exporting", file=terminal, update_min_steps=ROWS_AT_ONCE) as bar:

        def moved(row: Row) -> Row:
            bar.update(1)
            return row

        def moved_by_lines(part: bytes) -> bytes:
            bar.update(part.count(b"\n"))
            return part

        csv_rows = None if export.csv_rows is None else map(moved_by_lines, export.csv_rows)
        yield replace(export, rows=map(moved, export.rows), csv_rows=csv_rows)


def _format(output: BinaryIO, typed: str | None) -> Format:
    ending = Path(output.name).suffix[1:].lower() if output is not sys.stdout.buffer else ""
    file_format = typed or ending
    return Format(file_format) if file_format in list(Format) else Format.CSV
