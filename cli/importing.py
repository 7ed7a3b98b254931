"""Importing a file: the options that all imports share, and printing the report."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from cli.common import open_venue, plain_errors
from venue import clock
from venue.imports import Importer, Outcome, at_once, encodings, importer_for
from venue.imports.work import Imported
from venue.roles import COMMAND_LINE
from venue.wording import counted


class SeekableFile(click.File):
    """A file to read, which may be piped in ("-"): it is read from its start several times, so a pipe is kept."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> BinaryIO:
        file = cast("BinaryIO", super().convert(value, param, ctx))
        return file if file.seekable() else PipedFile(file.read(encodings.LARGEST + 1))


class PipedFile(io.BytesIO):
    name = "standard input"


FILE = click.argument("file", type=SeekableFile("rb"))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Write nothing; show what would be done.")
ADD_LINES = click.option(
    "--add-line", "add_lines", type=int, multiple=True, metavar="LINE", help="Add this row in doubt anyway. Repeatable."
)
MAP = click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column holds a field, when its name is unusual.",
)
REPAIR_ZEROS = click.option(
    "--repair-zeros", is_flag=True, help="Put back the zero that Excel removed from phone numbers like 7700900123."
)


def run_import(
    file: BinaryIO,
    kind: str,
    mapped: tuple[str, ...],
    add_lines: tuple[int, ...],
    dry_run: bool,
    as_json: bool,
    repair_zeros: bool = False,
) -> None:
    """Import all of a file, or nothing if it cannot be read or on Ctrl-C. Exits; 1 for refused rows."""
    with plain_errors():
        venue, now = open_venue(), clock.now()
        with venue.reading(COMMAND_LINE) as session:
            importer = importer_for(session, kind)
        table = importer.open(file, mapped=_mapping(mapped, importer), repair_zeros=repair_zeros)
        with progress_bar(file) as progress:
            known: dict[str, Any] = {"actor": COMMAND_LINE, "now": now, "progress": progress}
            known["add_lines"] = frozenset(add_lines)
            if dry_run:
                found = at_once.look(venue, kind, table, **known)
            else:
                size = file.seek(0, 2)
                found = at_once.import_file(venue, kind, table, file_name=file.name, size=size, **known)
    print_report(found, dry_run, as_json)
    sys.exit(1 if found.report.counts[Outcome.REFUSED] else 0)


def _mapping(mapped: tuple[str, ...], importer: Importer) -> dict[str, str]:
    # The venue's own fields are given by their names.
    keys = {usual[0] if name.startswith("field.") else name: name for name, usual in importer.names.items()}
    unknown = [pair for pair in mapped if pair.split("=", 1)[0] not in keys or "=" not in pair]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r}: give FIELD=COLUMN, where FIELD is one of {', '.join(keys)}")
    return {keys[name]: column for name, column in (pair.split("=", 1) for pair in mapped)}


@contextmanager
def progress_bar(file: BinaryIO) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error, by how much of the file has been read; hidden when it is not a terminal."""
    size = Path(file.name).stat().st_size if Path(file.name).is_file() else 0
    with click.progressbar(length=size, label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda _rows: bar.update(file.tell() - bar.pos)


def print_report(found: Imported, dry_run: bool, as_json: bool) -> None:
    """Print the counts, and every row that needs attention."""
    report = found.report
    result = report.as_dict()
    if as_json:
        planned = {"reminders": found.reminders, "reminders_soon": found.reminders_soon}
        click.echo(json.dumps({**planned, **result}, ensure_ascii=False))
        return
    for row in result["rows"]:
        where = f"line {row['line']}, {row['column']} {row['value']!r}" if row["column"] else f"line {row['line']}"
        click.echo(f"{row['outcome'].replace('_', ' ')}: {where}: {row['reason']}")
    numbers = {**report.numbers(), **({"repaired": report.repaired} if report.repaired else {})}
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in numbers.items())
    click.echo(f"Dry run, nothing written: {counts}" if dry_run else counts)
    if found.reminders:
        are = "would be" if dry_run else "are"
        soon = f", {found.reminders_soon:,} of them within 24 hours" if found.reminders_soon else ""
        click.echo(f"{counted(found.reminders, 'reminder')} {are} planned{soon}")
