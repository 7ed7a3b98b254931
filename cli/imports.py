"""`manage.py imports`."""

import json
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors, plain_value
from cli.journal import echo_undo
from venue import clock
from venue.errors import Invalid
from venue.imports import Outcome, runs
from venue.imports.runs import ImportRun
from venue.journal import undo as undoing
from venue.roles import COMMAND_LINE

IMPORT_ID = click.argument("import_id", metavar="ID", type=click.UUID)


@click.group("imports")
def imports() -> None:
    """List and undo imports of files."""


@imports.command("list")
@JSON
def list_imports(as_json: bool) -> None:
    """List the latest 100 imports, latest first."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            found = runs.listed(session)
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        at = clock.format_instant(each.created_at, venue.zone)
        counts = ", ".join(f"{count} {name.value.replace('_', ' ')}" for name, count in each.counts.items() if count)
        said = each.problem or counts
        click.echo(f"{each.id}  {at}  {each.kind} from {each.file_name}: {each.state.value}{said and f', {said}'}")


@imports.command("undo")
@IMPORT_ID
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be done.")
def undo_import(import_id: UUID, dry_run: bool) -> None:
    """Undo an import, by its id in `imports list`. Customers, bookings and events that were touched since stay.

    No text is sent. Reminders that were planned for its bookings go; those that were sent stay.
    """
    now = clock.now()
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            planned = runs.undo_preview(session, import_id, now=now)
            if planned.why_not:
                raise Invalid(import_id=planned.why_not)
        if dry_run:
            echo_undo(planned.restores, planned.leaves, dry_run=True)
            return
        with venue.transaction(COMMAND_LINE) as session:
            done = undoing.undo(session, planned.entry_id, now=now)
    echo_undo(done.restored, done.left, dry_run=False)


@imports.command("cancel")
@IMPORT_ID
def cancel_import(import_id: UUID) -> None:
    """Cancel an import that is not done, also while it is running. Nothing is imported, and its file is deleted."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        runs.cancel(session, import_id, now=clock.now())


def _as_json(each: ImportRun) -> dict[str, object]:
    columns = ("id", "kind", "file_name", "size", "reminders", "reminders_soon", "problem", "actor", "entry_id")
    instants = ("created_at", "updated_at", "finished_at", "may_undo_until")
    return {
        **{name: plain_value(getattr(each, name)) for name in columns + instants},
        "state": each.state.value,
        "counts": {outcome.value: each.counts.get(outcome, 0) for outcome in Outcome},
    }
