"""Move a venue from SQLite to PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from db import move, restore, schema
from db.backup_problem import BackupProblem
from db.move import Copied
from db.session import Database
from venue import acts
from venue.acts import Act
from venue.journal import verify
from venue.profile import Venue
from venue.roles import COMMAND_LINE


@dataclass(frozen=True)
class Moved:
    """The rows that were copied, and whether the journal verifies in the copy."""

    copied: Copied
    journal_is_right: bool


def to_postgresql(
    venue: Venue, target: Database, *, now: datetime, progress: Callable[[int], None] = lambda _more: None
) -> Moved:
    """Copy everything into an empty PostgreSQL database, compare each table, and verify the journal there. The SQLite
    file stays as it is. If anything fails, the target stays empty.

    `progress` is called with a number of rows more. Raises BackupProblem.
    """
    _check(venue.database, target)
    if schema.revision_of(target) is None:
        schema.migrate(target)
    schema.check(target)
    with move.copied(venue.database, target, progress=progress) as (session, copied):
        session.info.update(actor=COMMAND_LINE, venue=venue.with_database(target))
        report = verify.verify(session)
        acts.note(session, Act.MOVED, now=now, rows=sum(copied.rows.values()))
    move.analyse(target)
    return Moved(copied, not report.counts)


def _check(source: Database, target: Database) -> None:
    if source.dialect != "sqlite" or target.dialect != "postgresql":
        raise BackupProblem("DATABASE_URL must be the SQLite database, and the address given that of PostgreSQL")
    users = restore.users_of(source)
    if users:
        raise BackupProblem(f"The database is in use by {users}: stop the dashboard and the scheduler first")
