"""Make a backup, and prove that it can be restored."""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db import backup, private_files, schema
from db.backup import Tools
from db.backup_problem import BackupProblem, CannotCreateDatabase
from db.models import Erasure, JournalEntry
from db.session import Database, DatabaseUnavailable
from venue import acts
from venue.acts import Act
from venue.backups import manifest as manifests
from venue.backups import records
from venue.backups.manifest import Manifest
from venue.journal import seals, verify
from venue.profile import Venue
from venue.roles import COMMAND_LINE, Actor, Permission, require

# Of the erasures, a manifest lists only the latest.
MOST_ERASURES = 100
# For a copy to check, and for what is written in between.
NEEDED_SPACE = 2.2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A backup that was made and verified. `remark` is a sentence about what could not be verified, or empty."""

    file: Path
    manifest: Manifest
    remark: str


def back_up(venue: Venue, file: Path, *, worker: str, clock: Callable[[], datetime]) -> Made:
    """Make a backup at `file`, for the command line, and verify it. Everything else may go on at the same time.

    Raises BackupProblem. `worker` names this process.
    """
    with venue.transaction(COMMAND_LINE) as session:
        backup_id = records.begin(session, file, worker=worker, now=clock())
        acts.note(session, Act.BACKED_UP, now=clock())
    tools = Tools(programs=venue.backups.programs)
    return make_recorded(venue, COMMAND_LINE, backup_id, file, tools=tools, clock=clock)


def make_recorded(
    venue: Venue, actor: Actor, backup_id: UUID, file: Path, *, tools: Tools, clock: Callable[[], datetime]
) -> Made:
    """Make and verify a backup whose record has begun, and record how it went. Raises BackupProblem."""
    try:
        made = make(venue, actor, file, tools=tools, clock=clock)
    except BaseException as error:  # also when it is interrupted by hand
        problem = str(error) if isinstance(error, DatabaseUnavailable) else f"It failed: {type(error).__name__}"
        _record_failure(venue, actor, backup_id, problem=problem, now=clock())
        raise
    with venue.transaction(actor) as session:
        records.finish(session, backup_id, made.manifest, remark=made.remark, now=clock())
    return made


def _record_failure(venue: Venue, actor: Actor, backup_id: UUID, *, problem: str, now: datetime) -> None:
    """Record that a backup failed, unless the database is away, which may be why."""
    try:
        with venue.transaction(actor) as session:
            records.fail(session, backup_id, problem=problem, now=now)
    except (DatabaseUnavailable, SQLAlchemyError):
        log.warning("A backup failed, which could not be recorded: %s", problem)


def make(venue: Venue, actor: Actor, file: Path, *, tools: Tools, clock: Callable[[], datetime]) -> Made:
    """Write the database to `file`, load it again, compare, and only then give it its name. Raises BackupProblem."""
    _check_place(file, venue.database)
    part = file.with_name(f".{file.name}.part")
    try:
        with venue.reading_a_snapshot(actor) as session:
            require(session, Permission.DELIVERY)
            facts = _facts(session, now=clock())
            backup.write(session, part, tools)
        checks, remark = _verified(venue, part, facts, tools)
        manifest = Manifest(
            file=file.name,
            size=part.stat().st_size,
            sha256=manifests.hash_of(part),
            verified_at=clock(),
            checks=checks,
            copied_to=venue.backups.copied_to,
            **facts,
        )
        os.replace(part, file)
        manifests.write(manifest, file)
        private_files.flush(file.parent)
    except OSError as error:
        raise BackupProblem(f"{file.parent} cannot be written to: {os.strerror(error.errno or 0)}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Made(file, manifest, remark)


def _check_place(file: Path, database: Database) -> None:
    if not file.parent.is_dir():
        raise BackupProblem(f"The folder {file.parent} does not exist")
    if file == database.file:
        raise BackupProblem(f"{file} is the database: give the backup another name")
    space = os.statvfs(file.parent)
    free = space.f_bavail * space.f_frsize
    needed = database.file.stat().st_size * NEEDED_SPACE if database.file is not None else 0
    if free < needed:
        raise BackupProblem(
            f"There is too little space in {file.parent}: {free // 10**6:,} MB are free, "
            f"and {needed // 10**6:,.0f} MB are needed"
        )


def _facts(session: Session, *, now: datetime) -> dict[str, Any]:
    """What the manifest says about the data."""
    latest = seals.latest(session)
    erased = select(Erasure.customer_id).order_by(Erasure.erased_at.desc()).limit(MOST_ERASURES)
    return {
        "made_at": now,
        "database": session.get_bind().dialect.name,
        "revision": schema.current_revision(),
        "rows": backup.count_rows(session),
        "last_entry": session.scalar(select(func.max(JournalEntry.id))) or 0,
        "seal": latest.letters if latest else "",
        "erasures": [str(customer_id) for customer_id in session.scalars(erased)],
    }


def _verified(venue: Venue, file: Path, facts: Mapping[str, Any], tools: Tools) -> tuple[list[str], str]:
    """What was checked, in words, and a remark about what was not. Raises BackupProblem if something is wrong."""
    try:
        with backup.loaded_to_check(file, venue.database, tools) as loaded:
            remark = _check_loaded(venue.with_database(loaded), facts)
        return ["loaded into a new database", "integrity", "schema", "row counts", "journal"], remark
    except CannotCreateDatabase as problem:
        _compare(backup.count_rows_in_dump(file, tools), facts["rows"])
        remark = f"The backup was read completely and its rows were counted, but it was not loaded. {problem}"
        return ["read completely", "row counts"], remark


def _check_loaded(venue: Venue, facts: Mapping[str, Any]) -> str:
    database = venue.database
    damage = backup.damage(database)
    if damage:
        raise BackupProblem(f"The backup is damaged. {damage}")
    schema.check(database)
    with venue.reading_at_length(COMMAND_LINE) as session:
        _compare(backup.count_rows(session, facts["rows"]), facts["rows"])
        report = verify.verify(session, seal=facts["seal"])
    if report.counts:
        return "The backup is complete, but the journal was changed: python manage.py journal verify"
    return ""


def _compare(counted: Mapping[str, int], expected: Mapping[str, int]) -> None:
    for table, rows in expected.items():
        if counted.get(table, 0) != rows:
            raise BackupProblem(f"The backup has {counted.get(table, 0):,} rows of {table}, and the database {rows:,}")
