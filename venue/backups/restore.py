"""Restore a backup: load it beside the current database, look at what would be lost, then put it in its place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import backup, restore, schema
from db.backup import Tools
from db.backup_problem import BackupProblem
from db.models import Backup, Customer, Erasure, Heartbeat, JournalEntry, MergedCustomer
from db.session import Database, DatabaseUnavailable
from db.writes import delete_where, insert_once
from venue import acts, privacy
from venue.acts import Act, act
from venue.backups import erasures, locked_out
from venue.backups import manifest as manifests
from venue.backups.locked_out import LockedOut
from venue.backups.manifest import Manifest
from venue.backups.records import RUNNING
from venue.delivery import after_restore
from venue.errors import Invalid
from venue.messages import templates
from venue.profile import Venue
from venue.roles import COMMAND_LINE, Permission, require
from venue.staff import codes, sign_ins

# A scheduler is seen every 20 seconds.
JUST_SEEN = timedelta(seconds=30)
IDS_AT_ONCE = 500
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    """A backup that is loaded beside the current database, and has been checked and migrated.

    `venue` has the loaded database. `made_at` (UTC) and `last_entry` say up to when it knows everything; `rows` counts
    the rows of its tables. `revision` is the schema it had. `manifest` is None when there is no manifest beside it.
    """

    file: Path
    venue: Venue
    made_at: datetime
    last_entry: int
    rows: Mapping[str, int]
    revision: str
    manifest: Manifest | None


@dataclass(frozen=True)
class Restored:
    """What was done: where the database that was replaced is kept, how many customers were erased again, and why others
    could not be or may have been forgotten. `locked_out` says in sentences who was kept out again."""

    aside: str
    erased: int
    problems: Sequence[str]
    locked_out: Sequence[str] = ()


@contextmanager
def loaded(venue: Venue, file: Path) -> Iterator[Loaded]:
    """Load a backup, check that it has everything, and migrate it. The current database stays as it is.

    Raises BackupProblem, also for a backup of another kind of database, and SchemaMismatch for a newer schema.
    """
    manifest = _checked_manifest(file, venue.database)
    with restore.loaded_to_restore(file, venue.database, Tools(programs=venue.backups.programs)) as database:
        damage = backup.damage(database)
        if damage:
            raise BackupProblem(f"{file} is damaged. {damage}")
        revision = schema.revision_of(database)
        if revision is None:
            raise BackupProblem(f"{file} is not a backup of Anchor Desk")
        if manifest is not None:
            _compare(database, manifest)
        schema.migrate(database)
        yield _described(venue.with_database(database), file, revision, manifest)


def in_use(venue: Venue, *, now: datetime) -> str:
    """Why the current database cannot be replaced now, as a sentence, or an empty string."""
    users = restore.users_of(venue.database)
    if users:
        pooler = venue.database.pooler
        also = f", and stop or PAUSE the pooler at {pooler}" if pooler else ""
        return f"The database is in use by {users}: stop the dashboard and the scheduler first{also}"
    # Of whatever version: it may be newer than this code.
    with suppress(DatabaseUnavailable, DBAPIError), venue.database.past_the_pooler() as present:
        with present.reading() as session:
            seen_at = session.scalar(select(func.max(Heartbeat.seen_at)))
        if seen_at is not None and seen_at > now - JUST_SEEN:
            return "A scheduler ran less than half a minute ago: stop it, and try again in half a minute"
    return ""


def put_in_place(
    venue: Venue, backup: Loaded, *, now: datetime, disconnect: bool = False, even_if_not_erased: bool = False
) -> Restored:
    """Put a loaded backup in the place of the current database. Until the last step, which is one, that stays as it is.

    Erased customers are erased again, disabled accounts and removed tablets stay so, everyone is signed out, and no
    text is sent before the scheduler has asked the provider what was sent since.

    Raises BackupProblem, also when someone cannot be erased again, or it is not known who was erased, unless
    `even_if_not_erased`.
    """
    known = erasures.known(venue.database, venue.backups.folder)
    kept_out = locked_out.known(venue.database)
    with backup.venue.transaction(COMMAND_LINE) as session:
        erased, problems = _erase_again(session, known.erased_at, now=now)
        problems += [known.problem] if known.problem else []
        if problems and not even_if_not_erased:
            raise BackupProblem(" ".join([*problems, "To restore it all the same: --even-if-not-erased"]))
        said = make_safe(session, made_at=backup.made_at, erased=len(erased), kept_out=kept_out, now=now)
    name = f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}".lower()
    aside = restore.switch(venue.database, backup.venue.database, name=name, disconnect=disconnect)
    return Restored(aside, len(erased), problems, said)


@act(Act.RESTORED)
def make_safe(
    session: Session, *, made_at: datetime, erased: int, kept_out: LockedOut | None = None, now: datetime
) -> list[str]:
    """Make a restored database safe to use: everyone is signed out, and nothing is sent before a look. Who was
    `kept_out` of the database before stays out; returns sentences that name them."""
    require(session, Permission.ACCOUNTS)
    acts.details(session, made_at=made_at.isoformat(), erased=erased)
    templates.add_missing(session, now=now)
    said = locked_out.keep_out(session, kept_out or LockedOut(), now=now)
    sign_ins.end_everyone(session, keep=None, now=now)
    codes.void_all(session)
    delete_where(session, Backup, Backup.state == RUNNING)
    after_restore.hold(session, since=min(made_at, now), now=now)
    return said


def _checked_manifest(file: Path, present: Database) -> Manifest | None:
    """The manifest, once it is known that the file is what it says. Raises BackupProblem."""
    if not file.is_file():
        raise BackupProblem(f"There is no file {file}")
    if present.file is not None and present.file.exists() and file.samefile(present.file):
        raise BackupProblem(f"{file} is the current database")
    with open(file, "rb") as opened:
        begins = opened.read(len(_SQLITE))
    kind = "sqlite" if begins == _SQLITE else "postgresql" if begins.startswith(_DUMP) else ""
    if not kind:
        raise BackupProblem(f"{file} is neither an SQLite database nor a dump of PostgreSQL in the custom format")
    if kind != present.dialect:
        raise BackupProblem(
            f"{file} is a backup of {_NAMES[kind]}, and the current database is {_NAMES[present.dialect]}. "
            "From SQLite to PostgreSQL: restore it on SQLite, then python manage.py copy-to-postgresql"
        )
    manifest = manifests.read(file)
    if manifest is not None and manifest.sha256 != manifests.hash_of(file):
        raise BackupProblem(f"{file} was changed since it was made: its SHA-256 is not the one in its manifest")
    return manifest


_SQLITE, _DUMP = b"SQLite format 3\0", b"PGDMP"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _compare(database: Database, manifest: Manifest) -> None:
    with database.reading_at_length() as session:
        counted = backup.count_rows(session, manifest.rows)
    for table, rows in manifest.rows.items():
        if counted[table] != rows:
            raise BackupProblem(f"{manifest.file} has {counted[table]:,} rows of {table}, its manifest says {rows:,}")


def _described(venue: Venue, file: Path, revision: str, manifest: Manifest | None) -> Loaded:
    with venue.reading_at_length(COMMAND_LINE) as session:
        # Without a manifest, the last thing that is known to have happened.
        moments = [session.scalar(select(func.max(each))) for each in (JournalEntry.at, Heartbeat.seen_at)]
        return Loaded(
            file=file,
            venue=venue,
            made_at=manifest.made_at if manifest else max(filter(None, moments), default=BEFORE_ALL),
            last_entry=session.scalar(select(func.max(JournalEntry.id))) or 0,
            rows=backup.count_rows(session),
            revision=revision,
            manifest=manifest,
        )


def _erase_again(session: Session, known: Mapping[UUID, datetime], *, now: datetime) -> tuple[list[UUID], list[str]]:
    """Erase the customers who were erased since the backup: those who are erased, and why others could not be."""
    ids = list(known)
    there: list[UUID] = []
    for start in range(0, len(ids), IDS_AT_ONCE):
        there += session.scalars(select(Customer.id).where(Customer.id.in_(ids[start : start + IDS_AT_ONCE])))
    erased, problems = [], []
    for customer_id in there:
        try:
            with session.begin_nested():
                privacy.erase(session, customer_id, now=now)
            erased.append(customer_id)
        except Invalid as problem:
            problems.append(f"Customer {customer_id}, erased since, cannot be erased again. {problem}")
    merged = _still_merged(session, ids)
    problems += [
        f"Customer {old_id}, erased since, is merged into customer {survivor_id} in this backup. "
        "Undo that merge, then delete them."
        for old_id, survivor_id in merged.items()
    ]
    left = {*there, *merged}.difference(erased)
    rows = [{"customer_id": each, "erased_at": known[each], "actor": COMMAND_LINE.name} for each in ids]
    insert_once(session, Erasure, [row for row in rows if row["customer_id"] not in left])
    return erased, problems


def _still_merged(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Those of these customers who are merged into another, with the id of that one: they were separated since the
    backup, and what was theirs is part of the other again."""
    merged: dict[UUID, UUID] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        old = MergedCustomer.old_id.in_(ids[start : start + IDS_AT_ONCE])
        rows = session.execute(select(MergedCustomer.old_id, MergedCustomer.survivor_id).where(old))
        merged |= {row.old_id: row.survivor_id for row in rows}
    return merged
