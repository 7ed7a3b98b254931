"""Looking for what is wrong, in plain words, for whoever runs the server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from db import private_files, schema
from db.session import DatabaseUnavailable
from sms import texts
from venue import clock
from venue.customers import booking_status
from venue.delivery import schedulers
from venue.delivery.schedulers import SchedulerState
from venue.messages import templates
from venue.profile import Venue
from venue.roles import COMMAND_LINE


@dataclass(frozen=True)
class Finding:
    """One thing looked at, in plain words."""

    ok: bool
    words: str


def findings(venue: Venue, *, now: datetime) -> list[Finding]:
    """Everything worth knowing about a running Anchor Desk, worst causes first."""
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
        _templates(venue),
        _booking_state(venue),
    ]


def private_file(venue: Venue) -> list[Finding]:
    """Whether other users of this machine can read the database. A server keeps its files to itself."""
    file = venue.database.file
    if file is None:
        return []
    if private_files.is_public(file):
        words = f"Every user of this machine can read {file}, and the names and numbers in it: chmod 600 {file}"
        return [Finding(False, words)]
    return [Finding(True, "Other users of this machine cannot read the database file")]


def clocks(venue: Venue, read: Callable[[], datetime] = clock.now) -> list[Finding]:
    """Only a server has a clock of its own. What is due is decided by ours, so both must tell the same."""
    if venue.database.dialect != "postgresql":
        return []
    with venue.reading(COMMAND_LINE) as session:
        before = read()
        theirs = session.scalar(select(func.clock_timestamp()))
        after = read()
    if theirs is None or before - clock.MAY_DIFFER <= theirs <= after + clock.MAY_DIFFER:
        return [Finding(True, "The database server's clock tells the same time as this machine's")]
    apart = abs((theirs - after).total_seconds())
    return [
        Finding(
            False,
            f"The clocks of the database server and of this machine are {apart:,.0f} seconds apart: "
            "texts may go at the wrong time. Let both take the time from the network (NTP)",
        )
    ]


def _texting(venue: Venue) -> Finding:
    if venue.simulated:
        return Finding(True, "Texts are simulated: nothing leaves this machine until the TWILIO_ variables are set")
    return Finding(True, "Texts leave by Twilio")


def _scheduler(venue: Venue, now: datetime) -> list[Finding]:
    with venue.reading(COMMAND_LINE) as session:
        state = schedulers.state(session, now=now)
    found = [Finding(False, f"{paused.what}: {paused.reason}") for paused in state.paused]
    if state.guard is not None:
        words = (
            "Sending is held: this looks like a restored backup. Once Twilio has told what went since, "
            "a manager lets it go on, under Messages"
        )
        found.append(Finding(False, words))
    found += [Finding(False, words) for words in state.clocks]
    return [*found, _alive(venue, state)]


def _alive(venue: Venue, state: SchedulerState) -> Finding:
    if state.alive:
        return Finding(True, "The scheduler is running")
    if state.last_seen_at is None:
        return Finding(False, "The scheduler has never run: start python scheduler.py")
    seen = clock.words(state.last_seen_at, venue.zone)
    return Finding(False, f"The scheduler is not running; it was last seen on {seen}: start python scheduler.py")


def _templates(venue: Venue) -> Finding:
    with venue.reading(COMMAND_LINE) as session:
        bad = [
            words.kind.value
            for words in templates.all_kinds(session)
            if texts.check(words.body, venue_phone=venue.phone)
        ]
    if bad:
        return Finding(False, f"These texts have faulty words: {', '.join(bad)}")
    return Finding(True, "The words of all texts are sound")


def _booking_state(venue: Venue) -> Finding:
    with venue.reading_at_length(COMMAND_LINE) as session:
        drifted = booking_status.drifted(session)
    if drifted:
        return Finding(False, f"{len(drifted)} customers have a booking status that their bookings do not bear out")
    return Finding(True, "Every customer's booking status is what their bookings say")
