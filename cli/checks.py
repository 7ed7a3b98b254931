"""Checks of a running Anchor Desk, with their results as sentences for the administrator."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import func, select

from cli import backup_checks, database_checks, machine_checks, outside_checks, ping_checks
from cli.finding import Finding
from db import private_files, schema
from db.session import DatabaseUnavailable
from settings import Settings
from sms import texts
from venue import clock
from venue.customers import booking_status
from venue.delivery import figures, schedulers
from venue.delivery.schedulers import SchedulerState
from venue.messages import rescheduling, templates
from venue.profile import Venue, venue_of
from venue.roles import COMMAND_LINE


def findings(venue: Venue, *, now: datetime, loaded: Settings | None = None) -> list[Finding]:
    """The results of all checks, the most serious causes first. Without the settings, only of the database."""
    try:
        schema.check(venue.database)
    except DatabaseUnavailable as problem:
        return [Finding(False, str(problem))]
    return [
        *clocks(venue),
        *private_file(venue),
        Finding(True, "The database answers and has the schema of this version"),
        _texting(venue),
        *_scheduler(venue, now),
        *_delays(venue, now),
        *environments(venue, now=now),
        _templates(venue),
        _booking_state(venue),
        *backup_checks.findings(venue, now),
        *(_of_the_place(venue, loaded, now=now) if loaded else ()),
    ]


def _of_the_place(venue: Venue, loaded: Settings, *, now: datetime) -> Iterator[Finding]:
    """What depends on this machine and its settings, not only on the database."""
    yield from machine_checks.findings(venue, now=now)
    yield from database_checks.findings(venue, is_demo=loaded.is_demo)
    yield from outside_checks.findings(loaded, now=now)
    yield from ping_checks.findings(venue, loaded.ping_url, now=now)


def private_file(venue: Venue) -> list[Finding]:
    """Whether other users of this machine can read the SQLite file. A database server protects its own files."""
    file = venue.database.file
    if file is None:
        return []
    if private_files.is_public(file):
        words = f"Every user of this machine can read {file}, and the names and numbers in it: chmod 600 {file}"
        return [Finding(False, words)]
    return [Finding(True, "Other users of this machine cannot read the database file")]


def clocks(venue: Venue, read: Callable[[], datetime] = clock.now) -> list[Finding]:
    """Whether the clock of a database server agrees with this machine's, by which texts fall due."""
    if venue.database.dialect != "postgresql":
        return []
    with venue.reading(COMMAND_LINE) as session:
        before = read()
        theirs = session.scalar(select(func.clock_timestamp()))
        after = read()
    if theirs is None or before - clock.CLOCK_TOLERANCE <= theirs <= after + clock.CLOCK_TOLERANCE:
        return [Finding(True, "The database server's clock agrees with this machine's")]
    apart = abs((theirs - after).total_seconds())
    return [
        Finding(
            False,
            f"The clocks of the database server and of this machine are {apart:,.0f} seconds apart: "
            "texts may be sent at the wrong time. Synchronise both clocks by NTP",
        )
    ]


def _texting(venue: Venue) -> Finding:
    if venue.simulated:
        return Finding(True, "Texts are simulated: none are sent until the TWILIO_ variables are set")
    return Finding(True, "Texts are sent through Twilio")


def _scheduler(venue: Venue, now: datetime) -> list[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        state = schedulers.state(session, now=now)
    problems = [f"{paused.what}: {paused.reason}" for paused in state.paused]
    if state.guard is not None:
        problems.append(
            "Sending is paused: this looks like a restored backup. Once Twilio has listed what was sent since, "
            "a manager can resume sending, under Messages"
        )
    problems += state.clocks
    return [*(Finding(False, problem) for problem in problems), _alive(venue, state)]


def _alive(venue: Venue, state: SchedulerState) -> Finding:
    if state.alive:
        return Finding(True, "The scheduler is running")
    if state.last_seen_at is None:
        return Finding(False, "The scheduler has never run. Start it: python scheduler.py")
    last_seen = clock.format_instant(state.last_seen_at, venue.zone)
    return Finding(False, f"The scheduler is not running, last seen {last_seen}. Start it: python scheduler.py")


def _delays(venue: Venue, now: datetime) -> list[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        delays = figures.delays(session, now=now)
    return [Finding(False, words) for words in delays]


def environments(venue: Venue, *, now: datetime) -> Iterator[Finding]:
    """Schedulers with other hours or another time of reminders would move each other's reminders back and forth."""
    with venue.reading(COMMAND_LINE) as session:
        followed = rescheduling.followed_by(session, now=now)
    if len(set(followed.values())) > 1:
        each = "; ".join(f"{worker}: {words}" for worker, words in sorted(followed.items()))
        words = "The schedulers have different sending hours, times of reminders or time zones, so no planned reminder"
        yield Finding(False, f"{words} is moved ({each}). Set the same in all environments, or set them under Settings")


def _templates(venue: Venue) -> Finding:
    with venue.reading(COMMAND_LINE) as session:
        current = venue_of(session)
        named = {"venue_name": current.name, "venue_phone": current.phone}
        bad = [
            template.kind.value
            for template in templates.all_kinds(session)
            if texts.check(template.body, variables=texts.variables_of(template.kind), **named)
        ]
    if bad:
        return Finding(False, f"These templates have an error: {', '.join(bad)}")
    return Finding(True, "All templates are valid")


def _booking_state(venue: Venue) -> Finding:
    with venue.reading_at_length(COMMAND_LINE) as session:
        drifted = booking_status.drifted(session)
    if drifted:
        return Finding(False, f"{len(drifted)} customers have a booking status that does not match their bookings")
    return Finding(True, "Every customer's booking status matches their bookings")
