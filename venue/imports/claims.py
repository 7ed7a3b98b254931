"""Which process works on an import, and until when: it claims the import, and renews its lease while it works.

A process that is killed renews no more. Then a check or an undo starts again, and a run has failed: its transaction was
rolled back, so nothing was imported.
"""

import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.models import Import
from db.session import Transaction
from db.writes import update_where
from venue.delivery.attempts import Clock
from venue.imports.run_views import AT_WORK, Decision, ImportState
from venue.roles import MAY, Actor, Permission, Role, require

LEASE = timedelta(seconds=60)
STOPPED = "The scheduler stopped while it imported this file; nothing was imported. Press Import to try again."


class Stopped(Exception):
    """The import was cancelled, another process has it, or this process is to end: what was begun is rolled back."""


@dataclass(frozen=True)
class Job:
    """An import to work on, in the name of `actor`: the person who uploaded it, or who pressed Import or Undo."""

    id: UUID
    kind: str
    state: ImportState
    mapping: dict[str, str]
    repairs_zeros: bool
    add_lines: frozenset[int]
    actor: Actor
    entry_id: int | None
    worker: str

    def is_mine(self) -> ColumnElement[bool]:
        """A SQL condition: this process still has the import, in the same state."""
        return and_(Import.id == self.id, Import.state == self.state.value, Import.worker == self.worker)


def claim(session: Session, *, worker: str, lease: timedelta, now: datetime) -> Job | None:
    """The next import to work on, if there is one. Runs whose process was killed have failed."""
    require(session, Permission.DELIVERY)
    is_left = and_(Import.worker.is_not(None), Import.lease_until <= now)
    killed = and_(Import.state == ImportState.RUNNING.value, is_left)
    failed: dict[str, Any] = {"state": ImportState.FAILED.value, "problem": STOPPED, "updated_at": now}
    update_where(session, Import, killed, {**failed, "worker": None, "lease_until": None, "version": _NEXT})
    free = and_(Import.state.in_(AT_WORK), or_(Import.worker.is_(None), is_left))
    first = select(Import.__table__).where(free).order_by(Import.created_at, Import.id).limit(1)
    row = session.execute(first.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    update_where(session, Import, Import.id == row.id, {"worker": worker, "lease_until": now + lease, "rows_done": 0})
    decisions = json.loads(row.decisions)
    return Job(
        id=row.id,
        kind=row.kind,
        state=ImportState(row.state),
        mapping=json.loads(row.mapping),
        repairs_zeros=row.repairs_zeros,
        add_lines=frozenset(int(line) for line, decided in decisions.items() if decided == Decision.ADD),
        # Their permission was checked when they asked for it.
        actor=Actor(row.actor, MAY[Role.MANAGER], row.staff_id),
        entry_id=row.entry_id,
        worker=worker,
    )


class Lease:
    """Renews the lease of a job while it is worked on, in a thread of its own, and tells how far the work is.

    `step` raises Stopped when the work must end.
    """

    def __init__(
        self, transaction: Transaction, job: Job, *, lease: timedelta, clock: Clock, stopping: threading.Event
    ):
        self._transaction = transaction
        self._job = job
        self._lease = lease
        self._clock = clock
        self._stopping = stopping
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew_regularly, name="import lease")
        self._told_at: datetime | None = None

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def step(self) -> None:
        """Raise Stopped when the import was cancelled or this process is to end."""
        if self._lost.is_set() or self._stopping.is_set():
            raise Stopped

    def tell(self, done: int, total: int) -> None:
        """Write how far the work is, at most once a second. Raises Stopped as `step` does."""
        self.step()
        now = self._clock()
        if self._told_at is None or now >= self._told_at + timedelta(seconds=1) or done >= total:
            self._told_at = now
            self._renew(rows_done=done, rows_total=total)
            self.step()

    def _renew_regularly(self) -> None:
        while not self._ended.wait(self._lease.total_seconds() / 3) and not self._lost.is_set():
            try:
                self._renew()
            except DBAPIError:
                # On SQLite this waits for the run itself; no other process can take the import in that time either.
                continue

    def _renew(self, **progress: int) -> None:
        with self._transaction() as session:
            values = {"lease_until": self._clock() + self._lease, **progress}
            if not update_where(session, Import, self._job.is_mine(), values):
                self._lost.set()


_NEXT = Import.version + 1
