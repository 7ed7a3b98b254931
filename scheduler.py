"""The scheduler process: sends due texts and does what else is due (scheduler_jobs.py). Ends cleanly on SIGTERM."""

import os
import signal
import sys
import time
from datetime import UTC, datetime

import click

import settings as configuration
from db.session import DatabaseUnavailable
from environment import BadSettings, logs_as_json
from scheduler_jobs import Scheduler
from settings import Settings
from venue import clock, logs


def use_utc() -> None:
    """Set the process's local time to UTC. In a zone with summer time, `schedule` would pause for an hour in autumn."""
    os.environ["TZ"] = "UTC"
    time.tzset()


def instant(_context: click.Context, _parameter: click.Parameter, typed: str | None) -> datetime | None:
    """A click callback: an ISO 8601 instant with an offset, as a datetime in UTC; None when the option is not given."""
    if typed is None:
        return None
    try:
        value = datetime.fromisoformat(typed)
    except ValueError as error:
        raise click.BadParameter("give an instant like 2026-12-30T20:40:00+00:00") from error
    if value.tzinfo is None:
        raise click.BadParameter("give the time zone too, like 2026-12-30T20:40:00+00:00")
    return value.astimezone(UTC)


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then exit.")
@click.option(
    "--at", callback=instant, metavar="INSTANT", help="With --once: pretend that it is this time. Simulated texts only."
)
def main(once: bool, at: datetime | None) -> None:
    """Send due texts and plan reminders, until stopped."""
    use_utc()
    json_of = "scheduler" if logs_as_json() else ""
    logs.set_up("INFO", json_of=json_of)
    try:
        settings = configuration.load()
        _refuse_at(settings, once, at)
        venue = configuration.open_venue(settings)
    except (BadSettings, DatabaseUnavailable) as problem:
        logs.cannot_start(problem, json_of=json_of)
        sys.exit(2)
    logs.set_level(settings.log_level)
    scheduler = Scheduler(
        venue,
        configuration.open_gateway(settings),
        settings,
        mail_gateway=configuration.open_mail_gateway(settings),
        now=(lambda: at) if at else clock.now,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: scheduler.stopping.set())
    if once:
        scheduler.once()
    else:
        scheduler.run()


def _refuse_at(settings: Settings, once: bool, at: datetime | None) -> None:
    if at is not None and not once:
        raise BadSettings("--at can only be used with --once")
    if at is not None and (settings.twilio is not None or settings.smtp is not None):
        raise BadSettings("--at can only be used with simulated texts: unset the TWILIO_ and SMTP_ variables")


if __name__ == "__main__":
    main()
