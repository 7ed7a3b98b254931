"""The nightly backup: when it is due, and which of several schedulers makes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import locks
from db.backup import ENDINGS, Tools
from db.models import Backup
from venue import clock
from venue.backup_plan import BackupPlan
from venue.backups import files, make, records
from venue.backups.records import FAILED, RUNNING, VERIFIED
from venue.delivery import schedulers
from venue.delivery.schedulers import ALIVE_FOR
from venue.profile import Venue, venue_of
from venue.roles import SCHEDULER, Permission, require

TRY_AGAIN = timedelta(hours=1)
# The command line has no heartbeat that would show that it is still at work.
LONGEST_BY_HAND = timedelta(days=1)
STOPPED = "The scheduler stopped while it made the backup"
NOT_RECORDED = "How it went could not be recorded: the database was away or busy"


def back_up_if_due(
    venue: Venue,
    *,
    worker: str,
    started_at: datetime,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Make the nightly backup if it is due and no other scheduler makes it, then delete those that are no longer kept.

    A night that was missed is made up for at once. After a failure it is tried again in an hour. `worker` names this
    process, which started at `started_at`. Raises BackupProblem.
    """
    plan = venue.backups
    if plan.folder is None:
        return False
    file = plan.folder / files.name_at(clock(), ENDINGS[venue.database.dialect])
    with venue.transaction(SCHEDULER) as session:
        backup_id = claim(session, file, worker=worker, started_at=started_at, now=clock())
    if backup_id is None:
        return False
    tools = Tools(programs=plan.programs, stopping=stopping)
    make.make_recorded(venue, SCHEDULER, backup_id, file, tools=tools, clock=clock)
    files.delete_old(plan, zone=venue.zone, now=clock())
    return True


def claim(session: Session, file: Path, *, worker: str, started_at: datetime, now: datetime) -> UUID | None:
    """Begin the record of a backup if one is due; otherwise return None."""
    require(session, Permission.DELIVERY)
    locks.one_at_a_time(session, "nightly backup")
    _fail_abandoned(session, worker=worker, started_at=started_at, now=now)
    venue = venue_of(session)
    recent = session.scalars(
        select(Backup).where(Backup.started_at >= due_at(venue.backups, zone=venue.zone, now=now))
    ).all()
    if any(_makes_another_needless(row, file.parent, now) for row in recent):
        return None
    return records.begin(session, file, worker=worker, now=now)


def due_at(plan: BackupPlan, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest instant, in UTC, at which a nightly backup fell due."""
    today = clock.today(now, zone)
    todays = clock.at_wall_clock(today, plan.at, zone)
    return todays if todays <= now else clock.at_wall_clock(today - timedelta(days=1), plan.at, zone)


def _makes_another_needless(row: Backup, folder: Path, now: datetime) -> bool:
    if Path(row.place).parent != folder:
        return False
    return row.state in (RUNNING, VERIFIED) or row.started_at > now - TRY_AGAIN


def _fail_abandoned(session: Session, *, worker: str, started_at: datetime, now: datetime) -> None:
    """Record that backups failed whose process is gone, or makes none any more: this one begins one at a time. A
    restarted process may have the same name as before."""
    alive = schedulers.alive_workers(session, now=now)
    for row in session.scalars(select(Backup).where(Backup.state == RUNNING)):
        is_own = row.worker == worker
        silent_for = LONGEST_BY_HAND if row.worker.startswith(records.BY_HAND) else ALIVE_FOR
        is_gone = row.worker not in alive and row.started_at < now - silent_for
        if is_own or is_gone:
            problem = NOT_RECORDED if is_own and row.started_at >= started_at else STOPPED
            row.state, row.problem, row.finished_at = FAILED, problem, now
    session.flush()
