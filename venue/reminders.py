"""When customers are reminded: 7 days and 1 day before, at the event's own time of day, inside the sending hours."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sms.texts import Kind
from venue import clock
from venue.clock import Hours

KINDS = (Kind.REMINDER_7_DAY, Kind.REMINDER_24_HOUR)
DAYS_BEFORE = {Kind.REMINDER_7_DAY: 7, Kind.REMINDER_24_HOUR: 1}
USEFUL_UNTIL = {Kind.REMINDER_7_DAY: timedelta(hours=36), Kind.REMINDER_24_HOUR: timedelta(hours=2)}
TOO_SOON_AFTER_BOOKING = {Kind.REMINDER_7_DAY: timedelta(hours=24), Kind.REMINDER_24_HOUR: timedelta(hours=2)}
BEFORE_CLOSING = timedelta(minutes=30)


def due_at(
    kind: str,
    starts_at: datetime,
    *,
    zone: ZoneInfo,
    hours: Hours | tuple[time, time] | None = None,
    at: time | None = None,
) -> datetime:
    """When a reminder falls due, in UTC: at the event's wall-clock time in `zone`, 7 days or 1 day earlier.

    With `at`, at that time of day instead, unless that would be too late to be useful. With sending hours, a time
    before opening moves to opening, and a time in the last half hour before closing moves to its start. A wall-clock
    time that the clocks skip moves forward by the jump. Of a time that happens twice, it is the first.
    """
    local = starts_at.astimezone(zone)
    on = local.date() - timedelta(days=DAYS_BEFORE[Kind(kind)])
    days_before = [
        clock.at_wall_clock(on, day_time if hours is None else _inside(Hours(*hours), day_time), zone)
        for day_time in (at or local.time(), local.time())
    ]
    in_time = useful_until(kind, starts_at) - BEFORE_CLOSING
    return next((due for due in days_before if due <= in_time), days_before[-1])


def _inside(hours: Hours, at: time) -> time:
    closing = timedelta(days=1) if hours.closes == time(0) else _since_midnight(hours.closes)
    earliest = _since_midnight(hours.opens)
    latest = max(earliest, closing - BEFORE_CLOSING)
    moved = min(max(_since_midnight(at), earliest), latest)
    return time(*divmod(int(moved.total_seconds()) // 60, 60))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def useful_until(kind: str, starts_at: datetime) -> datetime:
    """When the reminder expires, in UTC: 36 hours before the start, or 2 hours for the 24-hour reminder."""
    return starts_at - USEFUL_UNTIL[Kind(kind)]


def may_leave(now: datetime, *, zone: ZoneInfo, hours: Hours | None) -> bool:
    """Whether this instant is inside the sending hours of reminders."""
    return hours is None or hours.include(now.astimezone(zone).time())
