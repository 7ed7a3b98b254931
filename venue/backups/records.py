"""The records of backups: which are being made, which were verified, which failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Backup
from venue import clock
from venue.backups.manifest import Manifest
from venue.profile import venue_of
from venue.roles import Permission, require

# How the name of a process begins that was started by hand.
BY_HAND = "command line"
# A night, and two hours for a backup that takes long or was tried again.
LATE_AFTER = timedelta(hours=26)
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


# For managers


@dataclass(frozen=True)
class BackupStatus:
    """The state of the backups. `verified_at` (UTC) is when the last one was made that was verified, and `remark` what
    could not be verified of it. `problem` is why the latest attempt failed, if it is newer.

    `alarm` is a sentence when there is no backup of the last 26 hours although they are set up.
    """

    is_set_up: bool
    verified_at: datetime | None
    remark: str
    problem: str
    alarm: str


def status(session: Session, *, now: datetime) -> BackupStatus:
    """The state of the backups, for managers."""
    require(session, Permission.SETTINGS)
    is_set_up = venue_of(session).backups.folder is not None
    ended = _latest(session, VERIFIED, FAILED)
    verified = _latest(session, VERIFIED) if ended and ended.state == FAILED else ended
    verified_at = verified.started_at if verified else None
    problem = ended.problem if ended and ended.state == FAILED else ""
    is_late = is_set_up and (verified_at is None or verified_at < now - LATE_AFTER)
    return BackupStatus(
        is_set_up=is_set_up,
        verified_at=verified_at,
        remark=verified.problem if verified else "",
        problem=problem,
        alarm=_alarm(verified_at, problem, venue_of(session).zone) if is_late else "",
    )


def largest(session: Session) -> int:
    """The size of the largest backup so far, in bytes; 0 if there is none."""
    require(session, Permission.SETTINGS)
    return session.scalar(select(func.max(Backup.size))) or 0


def _latest(session: Session, *states: str) -> Backup | None:
    query = select(Backup).where(Backup.state.in_(states)).order_by(Backup.started_at.desc()).limit(1)
    return session.scalars(query).first()


def _alarm(verified_at: datetime | None, problem: str, zone: ZoneInfo) -> str:
    last = (
        f"No backup since {clock.format_instant(verified_at, zone)}" if verified_at else "No backup has been made yet"
    )
    return f"{last}. The latest attempt failed: {problem}" if problem else f"{last}: is the scheduler running?"
