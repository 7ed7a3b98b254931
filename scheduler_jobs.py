"""What a scheduler process does: plan reminders, send due texts, follow their delivery, and the jobs of the night."""

import functools
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import schedule

from channels import ping
from channels.gateway import Gateway, MailGateway
from db import booking_totals, text_totals, totals
from db.session import is_away
from settings import Settings
from venue import clock, logs, waitlist
from venue.backups import erasures, nightly
from venue.bookings import late_cancellations
from venue.customers import deletions, visit_counts
from venue.delivery import after_restore, attempts, figures, inbound, pings, schedulers, status_checks
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.duplicates.work import DuplicateFinder
from venue.imports import runs
from venue.imports.work import ImportWorker
from venue.journal import seals
from venue.messages import planning, rescheduling
from venue.privacy import traces
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.staff import tidying
from venue.tags import on_customers

log = logging.getLogger("scheduler")

# How often each job runs; the others run at each tick, or "seldom".
BEAT = timedelta(seconds=20)
PLAN_REMINDERS = timedelta(minutes=1)
TIDY = timedelta(minutes=10)
SEAL_JOURNAL = timedelta(minutes=1)
FETCH_INBOUND = timedelta(seconds=30)
FETCH_FIRST = timedelta(minutes=5)
BACK_UP = timedelta(minutes=1)
FIND_DUPLICATES = timedelta(minutes=1)
PING = timedelta(minutes=1)
REPORT_DELAYS = timedelta(minutes=5)
# A backup that is being made when the process stops is given up after this time, and made again later.
FINISH_BACKUP = timedelta(seconds=5)
# From one run to the next of a job that runs seldom, as no one waits for it.
SELDOM_TICKS = 5


class Scheduler:
    """The jobs of one scheduler process. Several processes may run at once: every job is safe to run concurrently."""

    def __init__(
        self,
        venue: Venue,
        gateway: Gateway,
        settings: Settings,
        *,
        mail_gateway: MailGateway | None = None,
        now: Callable[[], datetime] = clock.now,
    ):
        self.venue = venue
        self.gateway = gateway
        self.settings = settings
        self.now = now
        self.started_at = now()
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.stopping = threading.Event()
        self.transaction = functools.partial(venue.transaction, SCHEDULER)
        self.sender = Sender(
            self.transaction,
            gateway,
            timing=settings.timing,
            rate=self.rate,
            concurrency=settings.sms_concurrency,
            worker=self.worker,
            clock=now,
            stopping=self.stopping,
            idle=settings.tick,
            mail_gateway=mail_gateway,
        )

        self.imports = ImportWorker(venue, worker=self.worker, clock=now, stopping=self.stopping)
        self.duplicates = DuplicateFinder(venue, clock=now, stopping=self.stopping)

    def rate(self) -> Rate:
        """The limits as they are now. Simulated texts need none."""
        limits = self.venue.current().limits
        return Rate() if self.gateway.simulated else Rate(limits.per_second, limits.per_day)

    def detect_restore(self) -> None:
        if not self.gateway.simulated:
            with self.transaction() as session:
                after_restore.suspect(session, now=self.now())

    def follow_restore(self) -> None:
        after_restore.look(self.transaction, self.gateway, now=self.now())

    def beat(self) -> None:
        with self.transaction() as session:
            note = clock.drift_warning(self.gateway.ahead)
            schedulers.beat(session, worker=self.worker, started_at=self.started_at, now=self.now(), note=note)
            schedulers.note_limit(session, self.rate(), now=self.now())

    def plan_reminders(self) -> None:
        planned = 1
        while planned and not self.stopping.is_set():
            with self.transaction() as session:
                planned = planning.sweep(session, now=self.now()).reminders
        with self.transaction() as session:
            rescheduling.follow_settings(session, now=self.now(), worker=self.worker)

    def offer_free_seats(self) -> None:
        waitlist.offer_all(self.transaction, now=self.now())

    def expire_leases(self) -> None:
        expired = 1
        while expired and not self.stopping.is_set():
            with self.transaction() as session:
                expired = attempts.expire(session, timing=self.settings.timing, now=self.now())

    def tidy(self) -> None:
        with self.transaction() as session:
            totals.tidy(session)
            booking_totals.tidy(session)
            text_totals.tidy(session)
            deletions.tidy(session, now=self.now())
            tidying.tidy(session, now=self.now())
            runs.tidy(session, now=self.now())
            on_customers.tidy(session, now=self.now())
            late_cancellations.tidy(session, now=self.now())
        traces.remove_traces(self.transaction, self.venue.database, now=self.now())

    def count_visits(self) -> None:
        more = True
        while more and not self.stopping.is_set():
            with self.transaction() as session:
                more = visit_counts.count_next(session, now=self.now())

    def seal_journal(self) -> None:
        seals.seal_all(self.transaction, now=self.now())

    def import_files(self) -> None:
        while not self.stopping.is_set() and self.imports.step():
            pass

    def find_duplicates(self) -> None:
        self.duplicates.run()

    def back_up(self) -> None:
        nightly.back_up_if_due(
            self.venue,
            worker=self.worker,
            started_at=self.started_at,
            clock=self.now,
            stopping=self.stopping.is_set,
        )

    def list_erasures(self) -> None:
        folder = self.venue.backups.folder
        if folder is not None:
            with self.transaction() as session:
                erasures.append_new(session, folder)

    def ping(self) -> None:
        """Call the owner's watch, unless the database is away (this raises then) or sending stands still."""
        with self.venue.reading(SCHEDULER) as session:
            problem = figures.why_not_working(session, now=self.now())
        if problem:
            log.warning("PING_URL is not called: %s", problem)
            return
        # No transaction is open here: a slow watch must not hold a connection.
        problem = ping.ping(self.settings.ping_url)
        if problem:
            log.warning("PING_URL was called, but %s", problem)
        with self.transaction() as session:
            pings.note(session, problem, now=self.now())

    def report_delays(self) -> None:
        """Log what is late, for venues without a watch."""
        with self.venue.reading(SCHEDULER) as session:
            delays = figures.delays(session, now=self.now())
        for words in delays:
            log.warning("%s", words)

    def look_up_unsure(self) -> None:
        self._until_done(status_checks.look_next)

    def check_statuses(self) -> None:
        self._until_done(status_checks.follow_next)

    def fetch_inbound(self) -> None:
        inbound.listen(self.transaction, self.gateway, now=self.now())

    def _until_done(self, step: Callable[..., bool]) -> None:
        """Repeat a step until it returns False, which means that there was no work, or until the process stops."""
        run = functools.partial(step, self.transaction, self.gateway, timing=self.settings.timing, clock=self.now)
        while not self.stopping.is_set() and run():
            pass

    def once(self) -> None:
        """Do everything that is due now, and return."""
        self.detect_restore()
        self.follow_restore()
        guarded(self.fetch_inbound)()
        self.plan_reminders()
        self.expire_leases()
        self.offer_free_seats()
        self.sender.run_until_empty()
        self.look_up_unsure()
        self.check_statuses()
        guarded(self.import_files)()
        guarded(self.count_visits)()
        self.seal_journal()
        guarded(self.find_duplicates)()
        guarded(self.list_erasures)()
        guarded(self.back_up)()

    def run(self) -> None:
        """Run until `stopping` is set: one thread sends, one queries the provider, one imports files, one finds
        duplicates, one makes backups, and this one does the rest."""
        tick = self.settings.tick
        seldom = SELDOM_TICKS * tick
        # Before the first heartbeat, which would hide how old the last one is, and before the first claim.
        while not guarded(self.detect_restore)():
            if self.stopping.wait(tick.total_seconds()):
                return
        queries = {
            self.follow_restore: seldom,
            self.look_up_unsure: seldom,
            self.check_statuses: seldom,
            self.fetch_inbound: FETCH_INBOUND,
        }
        threads = [
            threading.Thread(target=self._send, name="sender"),
            threading.Thread(target=self._repeat, args=(queries,), name="queries"),
            threading.Thread(target=self._repeat, args=({self.import_files: tick},), name="imports"),
            threading.Thread(target=self._repeat, args=({self.find_duplicates: FIND_DUPLICATES},), name="duplicates"),
        ]
        jobs = {self.list_erasures: BACK_UP, self.back_up: BACK_UP}
        backups = threading.Thread(target=self._repeat, args=(jobs,), name="backups", daemon=True)
        for thread in (*threads, backups):
            thread.start()
        if self.settings.ping_url:
            guarded(self.beat)()  # It is called only while a scheduler is seen.
            # The process does not wait for this thread when it stops.
            threading.Thread(target=self._repeat, args=({self.ping: PING},), name="ping", daemon=True).start()
        regular = {
            self.beat: BEAT,
            self.expire_leases: seldom,
            self.offer_free_seats: tick,
            self.plan_reminders: PLAN_REMINDERS,
            self.seal_journal: SEAL_JOURNAL,
            self.tidy: TIDY,
            self.count_visits: TIDY,
            self.report_delays: REPORT_DELAYS,
        }
        self._repeat(regular)
        for thread in threads:
            thread.join()
        backups.join(FINISH_BACKUP.total_seconds())

    def _send(self) -> None:
        # A STOP may have come in while no scheduler was running, so incoming texts are fetched before the first text is
        # sent. If that keeps failing, texts are sent all the same after a while: the provider obeys STOP, too.
        until = time.monotonic() + FETCH_FIRST.total_seconds()
        while not guarded(self.fetch_inbound)() and not self.stopping.is_set() and time.monotonic() < until:
            self.stopping.wait(self.settings.tick.total_seconds())
        while not self.stopping.is_set():
            guarded(self.sender.run)()
            self.stopping.wait(self.settings.tick.total_seconds())

    def _repeat(self, jobs: dict[Callable[[], None], timedelta]) -> None:
        """Run each job at its interval until `stopping` is set. What is due is decided in SQL."""
        timetable = schedule.Scheduler()
        for job, every in jobs.items():
            timetable.every(every.total_seconds()).seconds.do(guarded(job))  # type: ignore[arg-type]  # fractions work
        timetable.run_all()
        while not self.stopping.wait(self.settings.tick.total_seconds()):
            timetable.run_pending()


def guarded(job: Callable[[], None]) -> Callable[[], bool]:
    """The job, with exceptions logged instead of raised, so that the other jobs go on. Returns True on success."""

    @functools.wraps(job)
    def run() -> bool:
        try:
            job()
        except Exception as error:
            if is_away(error):  # Also every second, until it is back: one line each.
                log.error("The job %s failed and will be retried: %s", job.__name__, logs.describe_away(error))
            else:
                log.exception("The job %s failed and will be retried", job.__name__)
            return False
        return True

    return run
