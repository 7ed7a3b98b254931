"""Until when a party may answer an offer: never a time in the night, when no one reads it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from venue import clock, reminders
from venue.clock import Hours

# Of time inside the sending hours.
TO_ANSWER = timedelta(hours=2)
# Offers end this long before the start, and with less time than this to answer there is none.
BEFORE_START = timedelta(minutes=30)
LEAST = timedelta(minutes=15)
_STEP = timedelta(minutes=5)


def answer_by(now: datetime, starts_at: datetime, *, zone: ZoneInfo, hours: Hours | None) -> datetime | None:
    """When an offer made `now`, inside the sending hours, ends, in UTC: after two hours, of which those outside the
    sending hours do not count, and half an hour before the start at the latest. It is rounded up to five minutes. None
    if that leaves less than a quarter of an hour."""
    latest = _last_inside(starts_at - BEFORE_START, zone, hours)
    ends = min(_round_up(_later(now, TO_ANSWER, zone, hours)), latest)
    return ends if ends - now >= LEAST else None


def text_useful_until(now: datetime, ends: datetime, *, zone: ZoneInfo, hours: Hours | None) -> datetime:
    """Until when the text with the offer may be sent: today, and before the sending hours or the offer end."""
    _, closing = _open_between(now, zone, hours)
    return min(ends, closing)


def may_offer(now: datetime, *, zone: ZoneInfo, hours: Hours | None) -> bool:
    """Whether offers may be made at this time of day."""
    return reminders.may_leave(now, zone=zone, hours=hours)


def next_answer_by(now: datetime, starts_at: datetime, *, zone: ZoneInfo, hours: Hours | None) -> datetime | None:
    """As `answer_by`, for an offer that is made as soon as the sending hours begin again, outside which it is `now`."""
    if hours is None:
        return answer_by(now, starts_at, zone=zone, hours=hours)
    opening, _ = _open_between(now, zone, hours)
    opening = opening if now < opening else _open_between(now, zone, hours, days=1)[0]
    return answer_by(opening, starts_at, zone=zone, hours=hours)


def _later(now: datetime, more: timedelta, zone: ZoneInfo, hours: Hours | None) -> datetime:
    """The instant after this much time inside the sending hours."""
    if hours is None:
        return now + more
    _, closing = _open_between(now, zone, hours)
    if now + more <= closing:
        return now + more
    opening, closing_next = _open_between(now, zone, hours, days=1)
    # Hours shorter than that are used up in whole days.
    return min(opening + (more - (closing - now)), closing_next)


def _last_inside(at: datetime, zone: ZoneInfo, hours: Hours | None) -> datetime:
    """This instant, or the last one before it that is inside the sending hours."""
    if hours is None:
        return at
    opening, closing = _open_between(at, zone, hours)
    if at < opening:
        return _open_between(at, zone, hours, days=-1)[1]
    return min(at, closing)


def _open_between(at: datetime, zone: ZoneInfo, hours: Hours | None, *, days: int = 0) -> tuple[datetime, datetime]:
    """When the sending hours of this local day, or of one some days later, begin and end, in UTC."""
    day = clock.today(at, zone) + timedelta(days=days)
    opens, closes = hours or (time(0), time(0))
    ends = (
        clock.start_of(day + timedelta(days=1), zone) if closes == time(0) else clock.at_wall_clock(day, closes, zone)
    )
    return clock.at_wall_clock(day, opens, zone), ends


def _round_up(instant: datetime) -> datetime:
    over = timedelta(minutes=instant.minute % 5, seconds=instant.second, microseconds=instant.microsecond)
    return instant + (_STEP - over) if over else instant
