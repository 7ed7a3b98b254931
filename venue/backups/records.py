"""The records of backups: which are being made, which were verified, which failed."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Backup
from venue.backups.manifest import Manifest
from venue.roles import Permission, require

# How the name of a process begins that was started by hand.
BY_HAND = "command line"
RUNNING, VERIFIED, FAILED = "running", "verified", "failed"


def begin(session: Session, file: Path, *, worker: str, now: datetime) -> UUID:
    """Record that a backup begins, and return the id of its record."""
    require(session, Permission.DELIVERY)
    row = Backup(started_at=now, place=str(file), state=RUNNING, worker=worker[:80])
    session.add(row)
    session.flush()
    return row.id


def finish(session: Session, backup_id: UUID, manifest: Manifest, *, remark: str, now: datetime) -> None:
    """Record that a backup was verified. `remark` is a sentence about what could not be verified, or empty."""
    row = _row(session, backup_id)
    row.state, row.problem, row.finished_at = VERIFIED, remark, now
    row.verified_at, row.size, row.seal = manifest.verified_at, manifest.size, manifest.seal
    session.flush()


def fail(session: Session, backup_id: UUID, *, problem: str, now: datetime) -> None:
    """Record that a backup failed, and why."""
    row = _row(session, backup_id)
    row.state, row.problem, row.finished_at = FAILED, problem, now
    session.flush()


def _row(session: Session, backup_id: UUID) -> Backup:
    require(session, Permission.DELIVERY)
    return session.get_one(Backup, backup_id)
