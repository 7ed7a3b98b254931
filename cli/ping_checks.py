"""The check of `doctor` that the owner's watch is called. It makes no call: that would hide a dead scheduler."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cli.finding import Finding
from venue import clock
from venue.delivery import pings
from venue.profile import Venue
from venue.roles import COMMAND_LINE

LATE_AFTER = timedelta(minutes=5)


def findings(venue: Venue, url: str, *, now: datetime) -> list[Finding]:
    """Whether PING_URL was called in the last minutes and answered. Its path, which may be a secret, is not shown."""
    if not url:
        return []
    name = f"PING_URL ({urlsplit(url).hostname})"
    with venue.reading(COMMAND_LINE) as session:
        last = pings.last(session)
    if last is None:
        return [Finding(False, f"{name} was never called: start the scheduler with this setting")]
    if last.problem:
        return [Finding(False, f"{name} was called, but {last.problem}")]
    if last.at < now - LATE_AFTER:
        called = clock.format_instant(last.at, venue.zone)
        return [Finding(False, f"{name} was last called {called}: no scheduler runs, or sending stands still")]
    return [Finding(True, f"{name} is called every minute")]
