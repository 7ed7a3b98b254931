"""The scheduler's search for duplicates: all customers at first and every night, in between those who changed.

Who changed is read from the journal, so that imports, undone ones and merges are seen without saying so.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer, JournalSeal, JournalValue
from venue.duplicates import full_pass, marks
from venue.duplicates.compare import Person
from venue.duplicates.marks import Mark
from venue.duplicates.pairs import refresh
from venue.profile import Venue
from venue.roles import SCHEDULER, Permission, require

# When the venue is closed, and the nightly backup has not begun.
NIGHTLY_HOUR = 3
LEASE = timedelta(minutes=2)
# For more changed customers than this, a pass over all is quicker.
MOST_CHANGED = 2_000
CUSTOMERS_AT_ONCE = 25
# How often, in rows, a pass looks whether it has to stop.
ROWS_AT_ONCE = 1_000


class Stopped(Exception):
    """The process stops, or another has taken over."""


class DuplicateFinder:
    """Finds duplicates in the name of a process. Several processes may: one pass is made at a time."""

    def __init__(self, venue: Venue, *, clock: Callable[[], datetime], stopping: Event, lease: timedelta = LEASE):
        self.venue = venue
        self.clock = clock
        self.stopping = stopping
        self.lease = lease
        self.rows = 0
        self.began_at = clock()
        self.renewed_at = clock()

    def run(self, *, everyone: bool = False) -> bool:
        """Look at all customers if that is due, or if `everyone`; otherwise at those who changed since the last time.
        Returns whether it was done: not if another process is at it, or if it has to stop."""
        now = self.clock()
        with self.venue.transaction(SCHEDULER) as session:
            mark = marks.locked(session)
            if mark.is_leased(now):
                return False
            last, changed = _changed(session, mark)
            is_full = everyone or changed is None or _is_due(self.venue, mark, now)
            if is_full:
                self.began_at = self.renewed_at = now
                marks.write(session, replace(mark, pass_began_at=now, lease_until=now + self.lease), now=now)
        try:
            if is_full:
                self._pass(last)
            elif last > mark.entry:
                self._look_at(changed or [], last)
        except Stopped:
            self._let_go()
            return False
        return True

    def _pass(self, last: int) -> None:
        full_pass.find_all(self.venue, now=self.began_at, step=self._step)
        with self.venue.transaction(SCHEDULER) as session:
            now = self.clock()
            marks.write(session, Mark(entry=last, passed_at=self.began_at, checked_at=now), now=now)

    def _look_at(self, customer_ids: list[UUID], last: int) -> None:
        for start in range(0, len(customer_ids), CUSTOMERS_AT_ONCE):
            if self.stopping.is_set():
                raise Stopped
            with self.venue.transaction(SCHEDULER) as session:
                _refresh(session, customer_ids[start : start + CUSTOMERS_AT_ONCE], now=self.clock())
        with self.venue.transaction(SCHEDULER) as session:
            now, mark = self.clock(), marks.locked(session)
            if not mark.is_leased(now):
                marks.write(session, replace(mark, entry=max(last, mark.entry), checked_at=now), now=now)

    def _step(self) -> None:
        """Between two rows of a pass. Raises Stopped."""
        self.rows += 1
        if self.rows % ROWS_AT_ONCE:
            return
        if self.stopping.is_set():
            raise Stopped
        now = self.clock()
        if now >= self.renewed_at + self.lease / 4:
            self.renewed_at = now
            with self.venue.transaction(SCHEDULER) as session:
                mark = marks.locked(session)
                if mark.pass_began_at != self.began_at:
                    raise Stopped
                marks.write(session, replace(mark, lease_until=now + self.lease), now=now)

    def _let_go(self) -> None:
        """Let another process begin the pass at once."""
        with self.venue.transaction(SCHEDULER) as session:
            mark = marks.locked(session)
            if mark.pass_began_at == self.began_at:
                marks.write(session, replace(mark, pass_began_at=None, lease_until=None), now=self.clock())


def _is_due(venue: Venue, mark: Mark, now: datetime) -> bool:
    """Whether no pass began since the last night."""
    local = now.astimezone(venue.zone)
    night = local.replace(hour=NIGHTLY_HOUR, minute=0, second=0, microsecond=0)
    night = night if night <= local else night - timedelta(days=1)
    return mark.passed_at is None or mark.passed_at < night


def _changed(session: Session, mark: Mark) -> tuple[int, list[UUID] | None]:
    """The last entry of the journal that is complete, and the customers that changed until then; None for too many.

    Entries that are sealed are complete: none can appear before them any more.
    """
    last = session.scalar(select(func.max(JournalSeal.last_id))) or 0
    values = select(JournalValue.customer_id).where(
        JournalValue.entry_id > mark.entry,
        JournalValue.entry_id <= last,
        JournalValue.table_name == Customer.__tablename__,
        JournalValue.customer_id.is_not(None),
    )
    found = list(session.scalars(values.order_by(JournalValue.entry_id).limit(MOST_CHANGED + 1)))
    return last, None if len(found) > MOST_CHANGED else sorted({each for each in found if each is not None})


def _refresh(session: Session, customer_ids: list[UUID], *, now: datetime) -> None:
    require(session, Permission.DELIVERY)
    rows = select(Customer.id, Customer.sort_key, Customer.mobile_number, Customer.email).where(
        Customer.id.in_(customer_ids)
    )
    for row in session.execute(rows).all():
        refresh(session, row.id, Person.of(row), now=now)
