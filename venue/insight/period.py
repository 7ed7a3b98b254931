"""The days that a chart is about, as addresses have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from venue import clock

# A chart of more days would be unreadable, and slow.
MOST_DAYS = 731
USUAL_DAYS = 84
FROM, UNTIL = "from", "until"


@dataclass(frozen=True)
class Period:
    """Days in the venue's zone, the first and the last included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, *, days: int = USUAL_DAYS) -> "Period":
        """This number of days, of which the last one is given."""
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, today: date) -> "Period":
        """The period in an address: unreadable days count as missing ones. Without days it is the last 12 weeks. At
        most the last two years of a longer period."""
        first, last = _day(query.get(FROM, "")), _day(query.get(UNTIL, ""))
        last = last or max(today, first or today)
        first = first or cls.ending(last).first
        first, last = min(first, last), max(first, last)
        return cls(max(first, cls.ending(last, days=MOST_DAYS).first), last)

    def to_query(self) -> dict[str, str]:
        return {FROM: self.first.isoformat(), UNTIL: self.last.isoformat()}

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When the first day and the day after the last one start, in UTC."""
        return clock.start_of(self.first, zone), clock.day_bounds(self.last, zone)[1]

    def in_words(self) -> str:
        """Like "1 September to 30 November 2026"."""
        if self.first == self.last:
            return f"{self.last:%-d %B %Y}"
        year = "" if self.first.year == self.last.year else f"{self.first: %Y}"
        return f"{self.first:%-d %B}{year} to {self.last:%-d %B %Y}"


def _day(typed: str) -> date | None:
    try:
        return clock.read_day(typed)
    except ValueError:
        return None
