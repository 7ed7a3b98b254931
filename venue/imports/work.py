"""The work on imports that the scheduler does: check a file, import it, undo an import.

A check does what a run does, and rolls it back. A run is one transaction: all of the file, or nothing. Everything slow,
such as reading the file and the phone numbers in it, is done before that transaction begins.
"""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Import, Message
from db.session import is_away, without_time_limit
from db.writes import update_where
from venue import acts, reminders
from venue.delivery.attempts import Clock
from venue.errors import VenueError
from venue.imports import IMPORTERS, claims, importer_for, notes, parts
from venue.imports.checked import CheckedRows, Progress, no_progress
from venue.imports.claims import LEASE, STOPPED, Job, Lease, Stopped
from venue.imports.notes import Notes
from venue.imports.report import Report
from venue.imports.run_views import ImportState
from venue.journal import undo
from venue.messages.states import State
from venue.profile import Venue
from venue.roles import SCHEDULER, Permission, require

log = logging.getLogger("scheduler")

SOON = timedelta(hours=24)
BROKEN = "Something went wrong, and nothing was changed. The scheduler's log says more, about import {id}."


@dataclass(frozen=True)
class Imported:
    """What an import did or would do. `reminders` are those it plans, `reminders_soon` of them within 24 hours.

    `entry_id` is the journal's entry, None if nothing changed.
    """

    report: Report
    reminders: int
    reminders_soon: int
    entry_id: int | None


def take(
    session: Session,
    kind: str,
    rows: CheckedRows,
    *,
    now: datetime,
    add_lines: frozenset[int] = frozenset(),
    progress: Progress = no_progress,
    keep: Any = None,
) -> Imported:
    """Import checked rows in this transaction, which the caller commits or rolls back."""
    require(session, Permission.IMPORT)
    without_time_limit(session)
    report = IMPORTERS[kind].take(session, rows, now=now, add_lines=add_lines, progress=progress, keep=keep)
    planned = (
        Message.created_at == now,
        Message.kind.in_(reminders.KINDS),
        Message.state == State.PLANNED.value,
    )
    soon = func.count().filter(Message.due_at <= now + SOON)
    count = session.execute(select(func.count().label("all"), soon.label("soon")).where(*planned)).one()
    return Imported(report, count.all, count.soon, acts.last_entry(session))


class ImportWorker:
    """Works on imports, one after the other, in the name of a process. Several processes may: each import has one."""

    def __init__(self, venue: Venue, *, worker: str, clock: Clock, stopping: threading.Event, lease: timedelta = LEASE):
        self.venue = venue
        self.worker = worker
        self.clock = clock
        self.stopping = stopping
        self.lease = lease

    def step(self) -> bool:
        """Work on the next import. Returns False if there was none."""
        with self._transaction() as session:
            job = claims.claim(session, worker=self.worker, lease=self.lease, now=self.clock())
        if job is None:
            return False
        renewing = Lease(self._transaction, job, lease=self.lease, clock=self.clock, stopping=self.stopping)
        try:
            with renewing:
                self._work(job, renewing)
        except Stopped:
            self._release(job)
        except VenueError as problem:
            self._fail(job, str(problem))
        except Exception as error:
            if is_away(error):
                raise  # The lease runs out, and then it is as if this process had been killed.
            log.exception("Import %s failed", job.id)
            self._fail(job, BROKEN.format(id=job.id))
        return True

    def _work(self, job: Job, lease: Lease) -> None:
        if job.state is ImportState.UNDOING:
            self._undo(job)
            return
        with self._opened(job) as file:
            with self.venue.reading(job.actor) as session:
                importer = importer_for(session, job.kind)
            table = importer.open(file, mapped=job.mapping, repair_zeros=job.repairs_zeros)
            total, done = table.row_count or _estimated_rows(file), 0
            is_check = job.state is ImportState.CHECKING

            def progress(rows: int) -> None:
                nonlocal done
                done += rows
                # A check goes through the rows twice, and counts them as half each.
                lease.tell(min(done // 2 if is_check else done, total - 1), total)

            now = self.clock()
            with CheckedRows(table, importer.check, self.venue, now=now, progress=progress) as rows:
                if is_check:
                    total, done = max(1, rows.count), rows.count
                    self._check(job, rows, now, progress)
                else:
                    lease.tell(total, total)
                    self._run(job, rows, now, lease)

    def _check(self, job: Job, rows: CheckedRows, now: datetime, progress: Progress) -> None:
        said = Notes()
        with self.venue.trial(job.actor) as session:
            found = take(session, job.kind, rows, now=now, add_lines=job.add_lines, progress=progress, keep=said.keep)
        with self._transaction() as session:
            _finish(session, job, ImportState.CHECKED, self.clock(), **columns_of(found, rows))
            notes.store(session, job.id, said)

    def _run(self, job: Job, rows: CheckedRows, now: datetime, lease: Lease) -> None:
        said = Notes()
        with self.venue.transaction(job.actor) as session:
            done = take(
                session,
                job.kind,
                rows,
                now=now,
                add_lines=job.add_lines,
                progress=lambda _rows: lease.step(),
                keep=said.keep,
            )
            columns = {**columns_of(done, rows), "entry_id": done.entry_id, "finished_at": now}
            _finish(session, job, ImportState.DONE, now, **columns)
            notes.store(session, job.id, said)
            parts.delete(session, job.id)

    def _undo(self, job: Job) -> None:
        with self.venue.transaction(job.actor) as session:
            without_time_limit(session)
            undo.undo(session, job.entry_id or 0, now=self.clock())

    @contextmanager
    def _opened(self, job: Job) -> Iterator[BinaryIO]:
        with self.venue.reading(SCHEDULER) as session, parts.opened(session, job.id) as file:
            session.rollback()  # Reading and checking the file takes long, and needs no transaction.
            yield file

    def _release(self, job: Job) -> None:
        """Let go of an import that was stopped. If it was not cancelled, a check or an undo is begun again later."""
        if job.state is ImportState.RUNNING:
            self._fail(job, STOPPED)
            return
        with self._transaction() as session:
            update_where(session, Import, job.is_mine(), {"worker": None, "lease_until": None})

    def _fail(self, job: Job, problem: str) -> None:
        """An import that cannot be undone is still done."""
        state = ImportState.DONE if job.state is ImportState.UNDOING else ImportState.FAILED
        with self._transaction() as session:
            now = self.clock()
            columns = {"state": state.value, "problem": problem, "worker": None, "lease_until": None}
            update_where(session, Import, job.is_mine(), {**columns, "updated_at": now, "version": Import.version + 1})

    def _transaction(self) -> Any:
        return self.venue.transaction(SCHEDULER)


def _finish(session: Session, job: Job, state: ImportState, now: datetime, **columns: Any) -> None:
    """Move the import to its next state, if it is still ours. Raises Stopped, which rolls everything back."""
    ended = {"state": state.value, "worker": None, "lease_until": None, "problem": "", "updated_at": now}
    if not update_where(session, Import, job.is_mine(), {**ended, **columns, "version": Import.version + 1}):
        raise Stopped


def columns_of(found: Imported, rows: CheckedRows) -> dict[str, Any]:
    """The columns of an import that say what it did."""
    return {
        "counts": json.dumps(found.report.numbers()),
        "repaired": found.report.repaired,
        "reminders": found.reminders,
        "reminders_soon": found.reminders_soon,
        "rows_total": rows.count,
        "rows_done": rows.count,
    }


def _estimated_rows(file: BinaryIO) -> int:
    """About how many rows a CSV file has, for the progress: its lines."""
    file.seek(0)
    lines = 1
    while part := file.read(parts.PART):
        lines += part.count(b"\n")
    file.seek(0)
    return lines
