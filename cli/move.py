"""`manage.py copy-to-postgresql`."""

import sys

import click

from cli.common import open_venue, plain_errors
from db import backup
from db.session import open_database
from venue import clock
from venue.backups import move
from venue.backups.move import Moved
from venue.wording import counted


@click.command("copy-to-postgresql")
@click.argument("url")
def copy_to_postgresql(url: str) -> None:
    """Copy everything from the SQLite database into an empty PostgreSQL database at URL, and compare.

    A password need not be in URL: PGPASSWORD and ~/.pgpass work too.
    """
    with plain_errors():
        venue = open_venue()
        with venue.database.reading() as session:
            total = sum(backup.count_rows(session).values())
        with click.progressbar(length=total, label="Copying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            moved = move.to_postgresql(venue, open_database(url), now=clock.now(), progress=bar.update)
    click.echo(_report(moved))


def _report(moved: Moved) -> str:
    rows = moved.copied.rows
    counts = (counted(rows[name], name.removesuffix("s")) for name in ("customers", "bookings", "messages"))
    lines = [
        f"Copied and compared: {', '.join(counts)}; {sum(rows.values()):,} rows in all.",
        "The journal is verified." if moved.journal_is_right else "The journal was changed: manage.py journal verify",
        "Now set DATABASE_URL to the PostgreSQL database, for the dashboard, the scheduler and the command line, run",
        "python manage.py doctor, and start them. Keep the SQLite file until then; afterwards delete it.",
    ]
    if moved.copied.removed:
        removed = counted(moved.copied.removed, "NUL character")
        lines.insert(1, f"{removed} removed from texts, since PostgreSQL cannot store them.")
    return "\n".join(lines)
