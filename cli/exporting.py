"""Exporting a list: the options that all exports share, and writing the file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy.orm import Session

from cli.common import open_venue, plain_errors
from venue import clock, exports
from venue.acts import Act
from venue.exports import Export, Format
from venue.roles import COMMAND_LINE

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
        with venue.reading_at_length(COMMAND_LINE) as session:
            parts = exports.write(export(session), file_format)
            first = next(parts, b"")  # What does not exist is not exported, and is not in the journal.
            with venue.transaction(COMMAND_LINE) as noting:
                exports.note(noting, act, file_format=file_format, now=clock.now(), **facts)
            output.write(first)
            for part in parts:
                output.write(part)


def _format(output: BinaryIO, typed: str | None) -> Format:
    ending = Path(output.name).suffix[1:].lower() if output is not sys.stdout.buffer else ""
    file_format = typed or ending
    return Format(file_format) if file_format in list(Format) else Format.CSV
