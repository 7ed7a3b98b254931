"""The other process: plans reminders, sends what is due, finds out what became of it. Ends cleanly on SIGTERM."""

import functools
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
import schedule

import settings as configuration
from db import totals
from db.session import DatabaseUnavailable
from settings import BadSettings, Settings
from sms.gateway import Gateway
from venue import clock
from venue.customers import deletions
from venue.delivery import after_restore, attempts, inbound, schedulers, status_checks
from venue.delivery.due_messages import Rate
from venue.delivery.sender import Sender
from venue.messages import planning
from venue.profile import Venue
from venue.roles import SCHEDULER

log = logging.getLogger("scheduler")

BEAT = timedelta(seconds=20)
SWEEP = timedelta(minutes=1)
TIDY = timedelta(minutes=10)
LISTEN = timedelta(seconds=30)


class Scheduler:
    """The jobs of one process on one venue. Several processes may run at once: every job is safe beside itself."""

    def __init__(self, venue: Venue, gateway: Gateway, settings: Settings, *, now: Callable[[], datetime] = clock.now):
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
            # Where nothing leaves the machine there is nothing to limit.
            rate=Rate() if gateway.simulated else Rate(settings.sms_per_second, settings.sms_per_day),
            concurrency=settings.sms_concurrency,
            worker=self.worker,
            clock=now,
            stopping=self.stopping,
            idle=settings.tick,
        )

    def suspect(self) -> None:
        if not self.gateway.simulated:
            with self.transaction() as session:
                after_restore.suspect(session, now=self.now())

    def guard(self) -> None:
        after_restore.look(self.transaction, self.gateway, now=self.now())

    def beat(self) -> None:
        with self.transaction() as session:
            note = clock.words_if_apart(self.gateway.ahead)
            schedulers.beat(session, worker=self.worker, started_at=self.started_at, now=self.now(), note=note)
            schedulers.note_limit(session, self.sender.rate, now=self.now())

    def sweep(self) -> None:
        planned = 1
        while planned and not self.stopping.is_set():
            with self.transaction() as session:
                planned = planning.sweep(session, now=self.now()).reminders

    def expire(self) -> None:
        expired = 1
        while expired and not self.stopping.is_set():
            with self.transaction() as session:
                expired = attempts.expire(session, timing=self.settings.timing, now=self.now())

    def tidy(self) -> None:
        with self.transaction() as session:
            totals.tidy(session)
            deletions.tidy(session, now=self.now())

    def look(self) -> None:
        self._until_none(status_checks.look_next)

    def follow(self) -> None:
        self._until_none(status_checks.follow_next)

    def listen(self) -> None:
        inbound.listen(self.transaction, self.gateway, now=self.now())

    def _until_none(self, step: Callable[..., bool]) -> None:
        ask = functools.partial(step, self.transaction, self.gateway, timing=self.settings.timing, clock=self.now)
        while not self.stopping.is_set() and ask():
            pass

    def once(self) -> None:
        """Everything that is due now, in the order that a day has it."""
        self.suspect()
        self.guard()
        guarded(self.listen)()
        self.sweep()
        self.expire()
        self.sender.run_until_empty()
        self.look()
        self.follow()

    def run(self) -> None:
        """Until told to stop: sending, asking the provider, and the rest beside each other."""
        tick = self.settings.tick
        # Before the first beat, which would hide how old the last one is, and before the first claim.
        self.suspect()
        asking = {self.guard: tick, self.look: tick, self.follow: tick, self.listen: LISTEN}
        threads = [
            threading.Thread(target=self._send, name="sender"),
            threading.Thread(target=self._repeat, args=(asking,)),
        ]
        for thread in threads:
            thread.start()
        self._repeat({self.beat: BEAT, self.expire: tick, self.sweep: SWEEP, self.tidy: TIDY})
        for thread in threads:
            thread.join()

    def _send(self) -> None:
        # A STOP may wait since before this process started: if it can be heard at all, then before the first text.
        while not guarded(self.listen)() and not self.stopping.is_set():
            self.stopping.wait(self.settings.tick.total_seconds())
        while not self.stopping.is_set():
            guarded(self.sender.run)()
            self.stopping.wait(self.settings.tick.total_seconds())

    def _repeat(self, jobs: dict[Callable[[], None], timedelta]) -> None:
        """What is due is decided in SQL; `schedule` only says how often to ask."""
        timetable = schedule.Scheduler()
        for job, every in jobs.items():
            timetable.every(every.total_seconds()).seconds.do(guarded(job))  # type: ignore[arg-type]  # fractions work
        timetable.run_all()
        while not self.stopping.wait(self.settings.tick.total_seconds()):
            timetable.run_pending()


def guarded(job: Callable[[], None]) -> Callable[[], bool]:
    """A job that raises neither stops nor starves the others: the log has the traceback. True when it went well."""

    @functools.wraps(job)
    def run() -> bool:
        try:
            job()
        except Exception:
            log.exception("The job %s failed and will be tried again", job.__name__)
            return False
        return True

    return run


def use_utc() -> None:
    # `schedule` reads the local clock: under a zone with summer time it would stand still for an hour in autumn.
    os.environ["TZ"] = "UTC"
    time.tzset()


def instant(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> datetime | None:
    """An option's ISO 8601 instant with its offset, in UTC."""
    if typed is None:
        return None
    try:
        given = datetime.fromisoformat(typed)
    except ValueError as error:
        raise click.BadParameter("give an instant like 2026-12-30T20:40:00+00:00") from error
    if given.tzinfo is None:
        raise click.BadParameter("say the zone too, like 2026-12-30T20:40:00+00:00")
    return given.astimezone(UTC)


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then exit.")
@click.option(
    "--at", callback=instant, metavar="INSTANT", help="With --once: as if it were this instant. Simulated texts only."
)
def main(once: bool, at: datetime | None) -> None:
    """Send the texts that are due, and plan reminders, until stopped."""
    use_utc()
    try:
        settings = configuration.load()
        _refuse_at(settings, once, at)
        venue = configuration.open_venue(settings)
    except (BadSettings, DatabaseUnavailable) as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    scheduler = Scheduler(venue, configuration.open_gateway(settings), settings, now=(lambda: at) if at else clock.now)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.stopping.set())
    if once:
        scheduler.once()
    else:
        scheduler.run()


def _refuse_at(settings: Settings, once: bool, at: datetime | None) -> None:
    if at is not None and not once:
        raise BadSettings("--at only goes with --once")
    if at is not None and settings.twilio is not None:
        raise BadSettings("--at is refused when real texts could leave: unset the TWILIO_ variables to simulate")


if __name__ == "__main__":
    main()
