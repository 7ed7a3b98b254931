"""`manage.py restore`."""

import sys
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

import settings
from cli.common import plain_errors
from db import schema
from db.backup_problem import BackupProblem
from db.schema import SchemaMismatch
from db.session import DatabaseUnavailable
from venue import clock
from venue.backups import erasures, newer
from venue.backups import restore as restoring
from venue.backups.newer import Newer
from venue.backups.restore import Loaded, Restored
from venue.profile import Venue
from venue.roles import COMMAND_LINE
from venue.wording import counted

NOTHING_NEWER = "The current database has nothing that is newer."
_EMPTY = "The current database is empty."
_NOT_LISTED = (
    "Who was erased since the backup is not known: if there is a list of them, erasures.jsonl, set BACKUP_FOLDER to "
    "its folder first."
)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--even-if-running",
    is_flag=True,
    help="Also while a scheduler seems to run. Connections to a PostgreSQL database are ended.",
)
@click.option(
    "--even-if-not-erased",
    is_flag=True,
    help="Also if someone who was erased since is not known or cannot be erased again: their name is then in the "
    "database.",
)
def restore(file: Path, yes: bool, even_if_running: bool, even_if_not_erased: bool) -> None:
    """Restore a backup, after a look at what would be lost. The current database is kept under another name."""
    with plain_errors():
        venue = settings.open_venue(settings.load(), check=False)
        if not even_if_running:
            _refuse_while_in_use(venue)
        with restoring.loaded(venue, file.absolute()) as loaded:
            click.echo(_about(loaded))
            click.echo(_lost(venue, loaded))
            if not yes and not click.confirm("Restore it?"):
                click.echo("Nothing was changed.")
                sys.exit(1)
            if not even_if_running:
                _refuse_while_in_use(venue)
            restored = restoring.put_in_place(
                venue,
                loaded,
                now=clock.now(),
                disconnect=even_if_running,
                even_if_not_erased=even_if_not_erased,
            )
    click.echo(_done(restored))


def _refuse_while_in_use(venue: Venue) -> None:
    problem = restoring.in_use(venue, now=clock.now())
    if problem:
        raise BackupProblem(problem)


def _about(loaded: Loaded) -> str:
    rows = (counted(loaded.rows[name], name.removesuffix("s")) for name in ("customers", "bookings", "messages"))
    made = clock.format_instant(loaded.made_at, loaded.venue.zone)
    lines = [f"{loaded.file.name} is a backup of {made}: {', '.join(rows)}."]
    if loaded.manifest is None:
        lines.append("It has no manifest: whether it is complete is not known.")
    if loaded.revision != schema.current_revision():
        lines.append(f"Its schema, {loaded.revision}, is older and is brought up to date.")
    return "\n".join(lines)


def _lost(venue: Venue, loaded: Loaded) -> str:
    try:
        with venue.past_the_pooler() as present:
            if schema.revision_of(present.database) is None:
                return "\n".join([_EMPTY, *_not_listed(venue)])
            schema.check(present.database)
            found = _newer(present, loaded)
    except (DatabaseUnavailable, DBAPIError) as problem:
        said = str(problem) if isinstance(problem, DatabaseUnavailable) else "It is damaged."
        unknown = f"What the current database has that is newer is not known. {said}"
        return "\n".join([unknown, *(() if isinstance(problem, SchemaMismatch) else _not_listed(venue))])
    if not (found.lines or found.entries):
        return NOTHING_NEWER
    lines = ["The current database has this, which would be lost:", *(f"  {line}" for line in found.lines)]
    if found.entries:
        lines.append(f"  {counted(found.entries, 'journal entry', 'journal entries')}, the latest first:")
        lines += [f"    {sentence}" for sentence in found.latest]
    if found.erasures:
        lines.append(f"{counted(found.erasures, 'customer')} erased since will be erased again.")
    return "\n".join(lines)


def _not_listed(venue: Venue) -> list[str]:
    """That erasures are not known, unless they are listed beside the backups."""
    return [] if erasures.is_listed(venue.backups.folder) else [_NOT_LISTED]


def _newer(present: Venue, loaded: Loaded) -> Newer:
    with (
        present.reading_at_length(COMMAND_LINE) as session,
        loaded.venue.reading_at_length(COMMAND_LINE) as backup,
    ):
        return newer.than(session, backup, made_at=loaded.made_at, last_entry=loaded.last_entry)


def _done(restored: Restored) -> str:
    lines = [
        "The backup is restored. Start the dashboard and the scheduler.",
        f"The database before is kept as {restored.aside}. It has personal data: delete it when you no longer need it.",
        "Everyone is signed out. No text is sent until the scheduler knows what was sent since the backup.",
    ]
    if restored.erased:
        lines.insert(1, f"{counted(restored.erased, 'customer')} erased since the backup: erased again.")
    return "\n".join([*lines, *restored.locked_out, *restored.problems])
