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
from db.session import DatabaseUnavailable
from settings import BadSettings, Settings
from sms.gateway import Gateway
from venue import clock, delivery, reminders
from venue.house import House
from venue.staff import SCHEDULER

log = logging.getLogger("scheduler")

BEAT = timedelta(seconds=20)
SWEEP = timedelta(minutes=1)


class Scheduler:
    """The jobs of one process on one house. Several processes may run at once: every job is safe beside itself."""

    def __init__(self, house: House, gateway: Gateway, settings: Settings, *, now: Callable[[], datetime] = clock.now):
        self.house = house
        self.gateway = gateway
        self.settings = settings
        self.now = now
        self.started_at = now()
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.stopping = threading.Event()
        self.transaction = functools.partial(house.transaction, SCHEDULER)

    def beat(self) -> None:
        with self.transaction() as session:
            delivery.beat(session, worker=self.worker, started_at=self.started_at, now=self.now())

    def sweep(self) -> None:
        planned = 1
        while planned and not self.stopping.is_set():
            with self.transaction() as session:
                planned = reminders.sweep(session, now=self.now()).reminders

    def expire(self) -> None:
        expired = 1
        while expired and not self.stopping.is_set():
            with self.transaction() as session:
                expired = delivery.expire(session, timing=self.settings.timing, now=self.now())

    def deliver(self) -> None:
        step = functools.partial(
            delivery.deliver_next,
            self.transaction,
            self.gateway,
            timing=self.settings.timing,
            worker=self.worker,
            clock=self.now,
        )
        while not self.stopping.is_set() and step():
            pass

    def look(self) -> None:
        self._until_none(delivery.look_next)

    def follow(self) -> None:
        self._until_none(delivery.follow_next)

    def _until_none(self, step: Callable[..., bool]) -> None:
        while not self.stopping.is_set() and step(
            self.transaction, self.gateway, timing=self.settings.timing, clock=self.now
        ):
            pass

    def once(self) -> None:
        """Everything that is due now, in the order that a day has it."""
        self.sweep()
        self.expire()
        self.deliver()
        self.look()
        self.follow()

    def run(self) -> None:
        """Until told to stop. What is due is decided in SQL; `schedule` only says how often to ask."""
        jobs = schedule.Scheduler()
        tick = self.settings.tick.total_seconds()
        for job, every in (
            (self.beat, BEAT.total_seconds()),
            (self.expire, tick),
            (self.sweep, SWEEP.total_seconds()),
            (self.deliver, tick),
            (self.look, tick),
            (self.follow, tick),
        ):
            jobs.every(every).seconds.do(guarded(job))
        jobs.run_all()
        while not self.stopping.wait(tick):
            jobs.run_pending()


def guarded(job: Callable[[], None]) -> Callable[[], None]:
    """A job that raises neither stops nor starves the others; the log has the traceback."""

    @functools.wraps(job)
    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("The job %s failed and will be tried again", job.__name__)

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
        house = configuration.open_house(settings)
    except (BadSettings, DatabaseUnavailable) as problem:
        click.echo(f"Error: {problem}", err=True)
        sys.exit(2)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    scheduler = Scheduler(house, configuration.open_gateway(settings), settings, now=(lambda: at) if at else clock.now)
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
