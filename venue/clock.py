"""The one place that reads the clock, and all that is known of the venue's own time."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from venue.errors import NoSuchTime

# As much as nobody notices, and the seconds that an answer may take or be rounded by.
MAY_DIFFER = timedelta(seconds=5)


class Hours(NamedTuple):
    """From opening to closing, in the venue's time of day. A closing at 00:00 is the end of the day."""

    opens: time
    closes: time

    def include(self, at: time) -> bool:
        return self.opens <= at and (self.closes == time(0) or at < self.closes)


def read_hours(typed: str) -> Hours | None:
    """Hours as they are typed, "09:00-21:00"; None for all day, "00:00-24:00". Raises ValueError with what to type."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", typed.strip())
    if not match:
        raise ValueError("give opening and closing like 09:00-21:00")
    opens = time(int(match[1]), int(match[2]))
    closes = time(int(match[3]), int(match[4])) if match[3] else time(0)
    if match[3] and closes <= opens:
        raise ValueError("closing must be later than opening")
    return None if opens == time(0) and closes == time(0) else Hours(opens, closes)


def hours_words(hours: Hours | None) -> str:
    """The same, as `read_hours` reads it."""
    if hours is None:
        return "00:00-24:00"
    return f"{hours.opens:%H:%M}-{'24:00' if hours.closes == time(0) else f'{hours.closes:%H:%M}'}"


@dataclass(frozen=True)
class LocalTime:
    """An instant that was given as a day and a time of the venue's, and what there is to say about it."""

    instant: datetime
    note: str = ""


def now() -> datetime:
    return datetime.now(UTC)


def words_if_apart(ahead: timedelta | None) -> str:
    """What is wrong where a machine's clock is so far ahead of Twilio's (behind: negative), or nothing."""
    if ahead is None or abs(ahead) <= MAY_DIFFER:
        return ""
    which = "ahead of" if ahead > timedelta(0) else "behind"
    return (
        f"The clock of the machine that sends texts is {abs(ahead).total_seconds():,.0f} seconds {which} Twilio's: "
        "texts may go at the wrong time. Let it take the time from the network (NTP)"
    )


# What an address or a form may name: a day beyond would have no instant in some zone.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def read_day(typed: str) -> date:
    """A day as addresses write it, "2027-03-28". Raises ValueError for what is none, or far from everybody's life."""
    day = date.fromisoformat(typed)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is no day that a venue means")
    return day


def today(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def day_bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day of the venue's starts and when the next one does, in UTC."""
    return start_of(on, zone), start_of(on + timedelta(days=1), zone)


@functools.lru_cache
def start_of(on: date, zone: ZoneInfo) -> datetime:
    return at_wall_clock(on, time(0), zone)


def start_of_today(instant: datetime, zone: ZoneInfo) -> datetime:
    return start_of(today(instant, zone), zone)


def week_ends(instant: datetime, zone: ZoneInfo) -> datetime:
    """When the coming week ends, for events and texts: at the end of the venue's day a week from today, in UTC."""
    return start_of(today(instant, zone) + timedelta(days=8), zone)


def at_wall_clock(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the venue's clock shows this. A time that is skipped moves on by the jump;
    one that happens twice is the first."""
    return datetime.combine(on, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def from_local(on: date, at: time, zone: ZoneInfo) -> LocalTime:
    """What staff typed as the venue's day and time. Raises NoSuchTime for a time that the clocks jump over."""
    instant = at_wall_clock(on, at, zone)
    shown = instant.astimezone(zone)
    if (shown.date(), shown.time()) != (on, at.replace(tzinfo=None, fold=0)):
        raise NoSuchTime(
            f"On {on:%-d %B %Y} the clocks go forward and {at:%H:%M} does not happen: use {shown:%H:%M}", shown.time()
        )
    again = datetime.combine(on, at.replace(tzinfo=None, fold=1), zone).astimezone(UTC)
    if again != instant:
        return LocalTime(
            instant, f"On {on:%-d %B %Y} the clocks go back and {at:%H:%M} happens twice: the first is meant"
        )
    return LocalTime(instant)


def day_words(instant: datetime, zone: ZoneInfo) -> str:
    """Like "Fri 6 March 2027"."""
    return f"{instant.astimezone(zone):%a %-d %B %Y}"


def time_words(instant: datetime, zone: ZoneInfo) -> str:
    """Like "19:30"."""
    return f"{instant.astimezone(zone):%H:%M}"


def words(instant: datetime, zone: ZoneInfo) -> str:
    """Like "Fri 6 March 2027, 19:30"."""
    return f"{day_words(instant, zone)}, {time_words(instant, zone)}"
