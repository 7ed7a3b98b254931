"""The only module that reads the clock, and everything about the venue's local time."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from venue.errors import NoSuchTime

# Too little for anyone to notice. It also covers the time that an answer takes, and its rounding to seconds.
CLOCK_TOLERANCE = timedelta(seconds=5)


class Hours(NamedTuple):
    """Opening and closing as local times of day. A closing of 00:00 is the end of the day."""

    opens: time
    closes: time

    def include(self, at: time) -> bool:
        return self.opens <= at and (self.closes == time(0) or at < self.closes)


def read_hours(typed: str) -> Hours | None:
    """Parse hours like "09:00-21:00". None for all day, "00:00-24:00". Raises ValueError with what to type."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", typed.strip())
    if not match:
        raise ValueError("give opening and closing like 09:00-21:00")
    opens = time(int(match[1]), int(match[2]))
    closes = time(int(match[3]), int(match[4])) if match[3] else time(0)
    if match[3] and closes <= opens:
        raise ValueError("closing must be later than opening")
    return None if opens == time(0) and closes == time(0) else Hours(opens, closes)


def format_hours(hours: Hours | None) -> str:
    """Hours as text that `read_hours` can parse."""
    if hours is None:
        return "00:00-24:00"
    return f"{hours.opens:%H:%M}-{'24:00' if hours.closes == time(0) else f'{hours.closes:%H:%M}'}"


@dataclass(frozen=True)
class LocalTime:
    """An instant, in UTC, that was typed as a local day and time, and a note for staff about it."""

    instant: datetime
    note: str = ""


def now() -> datetime:
    return datetime.now(UTC)


def drift_warning(ahead: timedelta | None) -> str:
    """A warning for staff when this machine's clock is `ahead` of Twilio's (negative: behind), or an empty string."""
    if ahead is None or abs(ahead) <= CLOCK_TOLERANCE:
        return ""
    which = "ahead of" if ahead > timedelta(0) else "behind"
    return (
        f"The clock of the machine that sends texts is {abs(ahead).total_seconds():,.0f} seconds {which} Twilio's: "
        "texts may be sent at the wrong time. Set its clock from the network (NTP)"
    )


# The range of days that addresses and forms accept. Days outside it would overflow in some time zones.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def read_day(typed: str) -> date:
    """Parse a day like "2027-03-28". Raises ValueError for anything else, and for days before 1900 or after 2999."""
    day = date.fromisoformat(typed)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is not between {FIRST_DAY} and {LAST_DAY}")
    return day


def today(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def day_bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When this day and the next day start in this zone, in UTC."""
    return start_of(on, zone), start_of(on + timedelta(days=1), zone)


@functools.lru_cache
def start_of(on: date, zone: ZoneInfo) -> datetime:
    return at_wall_clock(on, time(0), zone)


def start_of_today(instant: datetime, zone: ZoneInfo) -> datetime:
    return start_of(today(instant, zone), zone)


def week_ends(instant: datetime, zone: ZoneInfo) -> datetime:
    """When "this week" ends, for events and texts: the end of the local day a week from today, in UTC."""
    return start_of(today(instant, zone) + timedelta(days=8), zone)


# Guests of an evening stay past midnight. Until this time of the morning, its events are events of today.
BUSINESS_DAY_BEGINS = time(6)


def business_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local day, or the day before until six in the morning: whose events guests still come to."""
    local = instant.astimezone(zone)
    return local.date() if local.time() >= BUSINESS_DAY_BEGINS else local.date() - timedelta(days=1)


def start_of_business_day(instant: datetime, zone: ZoneInfo) -> datetime:
    """From when on events are not over, in UTC: the start of the local day, or until six in the morning that of the day
    before."""
    return start_of(business_day(instant, zone), zone)


def at_wall_clock(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a local day and time. A time that the clocks skip moves forward by the jump. Of a time
    that happens twice, it is the first."""
    return datetime.combine(on, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def from_local(on: date, at: time, zone: ZoneInfo) -> LocalTime:
    """The instant of a local day and time that staff typed. Raises NoSuchTime for a time that the clocks skip."""
    instant = at_wall_clock(on, at, zone)
    shown = instant.astimezone(zone)
    if (shown.date(), shown.time()) != (on, at.replace(tzinfo=None, fold=0)):
        raise NoSuchTime(
            f"On {on:%-d %B %Y} the clocks go forward and {at:%H:%M} does not happen: use {shown:%H:%M}", shown.time()
        )
    again = datetime.combine(on, at.replace(tzinfo=None, fold=1), zone).astimezone(UTC)
    if again != instant:
        return LocalTime(
            instant, f"On {on:%-d %B %Y} the clocks go back and {at:%H:%M} happens twice. The first one is used"
        )
    return LocalTime(instant)


def format_day(instant: datetime, zone: ZoneInfo) -> str:
    """Like "Fri 6 March 2027"."""
    return f"{instant.astimezone(zone):%a %-d %B %Y}"


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """Like "19:30"."""
    return f"{instant.astimezone(zone):%H:%M}"


def format_instant(instant: datetime, zone: ZoneInfo) -> str:
    """Like "Fri 6 March 2027, 19:30"."""
    return f"{format_day(instant, zone)}, {format_time(instant, zone)}"
