"""The command line for whoever runs the server."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

import settings as configuration
from db import schema
from db.session import DatabaseUnavailable, open_database
from scheduler import instant, use_utc
from settings import BadSettings, Settings
from venue import clock, doctor, exports, imports, messages
from venue.errors import VenueError
from venue.imports import Outcome, Report, Table, sample
from venue.messages import log, planning, templates
from venue.messages.states import State
from venue.profile import House
from venue.roles import COMMAND_LINE

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program.")
FILE = click.argument("file", type=click.File("rb"))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Write nothing; tell what would be done.")
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


@click.group(context_settings={"max_content_width": 100})
def main() -> None:
    """Look after an Anchor Desk."""
    use_utc()


@contextmanager
def plain_errors() -> Iterator[None]:
    """What is wrong with the configuration, the database or the request is a sentence, not a traceback."""
    try:
        yield
    except (BadSettings, DatabaseUnavailable) as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    except VenueError as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(1)


def open_house() -> House:
    return configuration.open_house(configuration.load())


@main.command()
def migrate() -> None:
    """Make the database, or bring it to this version."""
    with plain_errors():
        bring_up_to_date(configuration.load())
    click.echo("The database is up to date.")


def bring_up_to_date(settings: Settings) -> None:
    schema.migrate(open_database(settings.database_url))
    with configuration.open_house(settings).transaction(COMMAND_LINE) as session:
        templates.add_missing(session, now=clock.now())


@main.command()
def demo() -> None:
    """Load the sample venue: its customers, events and bookings. Running it again adds nothing."""
    with plain_errors():
        settings = configuration.load()
        bring_up_to_date(settings)
        house = configuration.open_house(settings)
        now = clock.now()
        for name, taken in sample.load(house, now=now):
            click.echo(f"{name}: {taken['new']} new, {taken['unchanged']} unchanged")


@main.command("doctor")
@JSON
def examine(as_json: bool) -> None:
    """Say what is wrong, in plain words. Exit status 1 when something is."""
    with plain_errors():
        house = configuration.open_house(configuration.load(), check=False)
        found = doctor.findings(house, now=clock.now())
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in found], ensure_ascii=False))
    for finding in [] if as_json else found:
        click.echo(f"{'ok  ' if finding.ok else 'WRONG'}  {finding.words}")
    sys.exit(0 if all(finding.ok for finding in found) else 1)


@main.group("customers")
def customers_group() -> None:
    """Bring customers in and take them out."""


@customers_group.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_customers(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Take customers in from a CSV file. Nobody is texted, nobody is merged; doubtful rows are reported.

    Exit status 1 when a row is refused; the others are taken.
    """

    def take(session: Any, table: Table, progress: Callable[[int], None]) -> Report:
        return imports.import_customers(session, table, now=clock.now(), add_lines=add_lines, progress=progress)

    run_import(file, imports.customers.NAMES, imports.customers.REQUIRED, mapped, take, dry_run, as_json)


@customers_group.command("export")
@click.option("--output", type=click.File("wb"), default="-", help="Where to write; standard output by default.")
@click.option("--search", "words", default="", help="Only customers who match, as on the screen.")
@click.option("--booked", type=click.Choice(["active", "reminder_only", "none"]), help="Only this booking status.")
def export_customers(output: BinaryIO, words: str, booked: str | None) -> None:
    """Write customers as CSV, in the list's order."""
    with plain_errors(), open_house().reading_at_length(COMMAND_LINE) as session:
        for part in exports.customers_csv(session, words, booked=booked, now=clock.now()):
            output.write(part)


@main.group("events")
def events_group() -> None:
    """Bring events in."""


@events_group.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_events(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Take events in from a CSV file. Exit status 1 when a row is refused; the others are taken."""

    def take(session: Any, table: Table, _progress: Callable[[int], None]) -> Report:
        return imports.import_events(session, table, now=clock.now(), add_lines=add_lines)

    run_import(file, imports.events.NAMES, imports.events.REQUIRED, mapped, take, dry_run, as_json)


@main.group("bookings")
def bookings_group() -> None:
    """Bring bookings in."""


@bookings_group.command("import")
@FILE
@DRY_RUN
@ADD_LINES
@MAP
@JSON
def import_bookings(
    file: BinaryIO, dry_run: bool, add_lines: tuple[int, ...], mapped: tuple[str, ...], as_json: bool
) -> None:
    """Take bookings in from a CSV file: past ones as history, coming ones with their reminders. Nobody is texted.

    Exit status 1 when a row is refused; the others are taken.
    """

    def take(session: Any, table: Table, progress: Callable[[int], None]) -> Report:
        return imports.import_bookings(session, table, now=clock.now(), add_lines=add_lines, progress=progress)

    run_import(file, imports.bookings.NAMES, imports.bookings.REQUIRED, mapped, take, dry_run, as_json)


class DryRun(Exception):
    """Leaves the transaction, which rolls it back."""


def run_import(
    file: BinaryIO,
    names: dict[str, tuple[str, ...]],
    required: tuple[str, ...],
    mapped: tuple[str, ...],
    take: Callable[[Any, Table, Callable[[int], None]], Report],
    dry_run: bool,
    as_json: bool,
) -> None:
    """All or nothing: one transaction, rolled back on a dry run, on a broken file and on Ctrl-C."""
    with plain_errors():
        house = open_house()
        table = imports.open_table(file, names, required=required, mapped=_mapping(mapped, names))
        report = Report()
        try:
            with progress_bar(file) as progress, house.transaction(COMMAND_LINE) as session:
                report = take(session, table, progress)
                if dry_run:
                    raise DryRun
        except DryRun:
            pass
    tell(report, dry_run, as_json)
    sys.exit(1 if report.counts[Outcome.REFUSED] else 0)


def _mapping(mapped: tuple[str, ...], names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    pairs = dict(pair.split("=", 1) for pair in mapped if "=" in pair)
    unknown = [pair for pair in mapped if pair.split("=", 1)[0] not in names or "=" not in pair]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r}: give FIELD=COLUMN, where FIELD is one of {', '.join(names)}")
    return pairs


@contextmanager
def progress_bar(file: BinaryIO) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that follows how much of the file has been read; none where nobody looks."""
    size = Path(file.name).stat().st_size if Path(file.name).is_file() else 0
    with click.progressbar(length=size, label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield lambda _rows: bar.update(file.tell() - bar.pos)


def tell(report: Report, dry_run: bool, as_json: bool) -> None:
    """The counts, and every row that was not simply taken."""
    result = report.as_dict()
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for row in result["rows"]:
        where = f"line {row['line']}, {row['column']} {row['value']!r}" if row["column"] else f"line {row['line']}"
        click.echo(f"{row['outcome'].replace('_', ' ')}: {where}: {row['reason']}")
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.items() if name != "rows")
    click.echo(f"Dry run, nothing written: {counts}" if dry_run else counts)


@main.group("messages")
def messages_group() -> None:
    """Look at the texts."""


@messages_group.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in messages.Kind]), help="Only texts of this kind.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only texts in this state.")
@click.option("--since", callback=instant, metavar="INSTANT", help="Only texts made since.")
@JSON
def list_messages(kind: str | None, state: str | None, since: datetime | None, as_json: bool) -> None:
    """List every text, oldest first: what was sent, what is planned, what became of it."""
    with plain_errors(), open_house().reading_at_length(COMMAND_LINE) as session:
        rows = log.every(
            session,
            kind=messages.Kind(kind) if kind else None,
            state=State(state) if state else None,
            since=since,
        )
        if as_json:
            print_json_array(as_json_object(row) for row in rows)
            return
        for row in rows:
            when = row.sent_at or row.due_at or row.created_at
            words = row.reason or row.body or ""
            click.echo(f"{when:%Y-%m-%d %H:%M} {row.kind:16} {row.state:11} {row.mobile_number or '-':16} {words}")


FIELDS = (
    "id", "direction", "kind", "state", "reason", "mobile_number", "customer_id", "booking_id", "event_id",
    "event_name", "event_starts_at", "due_at", "useful_until", "body", "encoding", "segments", "provider_id",
    "error_code", "created_at", "sent_at", "final_at",
)  # fmt: skip


def as_json_object(row: Any) -> dict[str, Any]:
    return {name: plain_value(getattr(row, name)) for name in FIELDS}


def plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int | str) else str(value)


def print_json_array(objects: Iterator[dict[str, Any]]) -> None:
    """One array, an object to a line, written as it is read."""
    separator = "[\n"
    for item in objects:
        click.echo(separator + json.dumps(item, ensure_ascii=False), nl=False)
        separator = ",\n"
    click.echo("[]" if separator == "[\n" else "\n]")


@main.group("reminders")
def reminders_group() -> None:
    """Plan reminders."""


@reminders_group.command("plan")
@click.option("--at", callback=instant, metavar="INSTANT", help="As if it were this instant; now by default.")
@JSON
def plan_reminders(at: datetime | None, as_json: bool) -> None:
    """Plan every reminder of a coming event that is missing. Planning again plans nothing more."""
    now = at or clock.now()
    with plain_errors():
        house, total, planned = open_house(), 0, 1
        while planned:
            with house.transaction(COMMAND_LINE) as session:
                planned = planning.sweep(session, now=now).reminders
            total += planned
    click.echo(json.dumps({"planned": total}) if as_json else f"{total} reminders planned")


if __name__ == "__main__":
    main()
