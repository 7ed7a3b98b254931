"""Seats by day, against what is usual for the same weekday."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from db.models import BookingTotal, Event
from db.types import AnyRow
from venue import clock
from venue.events import find
from venue.insight.period import Period
from venue.insight.usual import compared_in_words, median
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted

# A day is compared with the last 8 of its weekday that had an event, if they are not longer ago than this.
MOST_COMPARED = 8
LONGEST_AGO = timedelta(weeks=26)

AN_HOUR = timedelta(hours=1)

_event, _totals = Event.__table__.c, BookingTotal.__table__.c


@dataclass(frozen=True)
class Day:
    """A day in the venue's zone with at least one event that is not cancelled. `seats` are `booked`, offered to the
    waitlist, or taken by walk-ins without a number. `usual` is the median of the `compared` days, None if they are too
    few. Until a day `is_over`, its usual is what was booked on those days at the same point, to compare with `booked`:
    when walk-ins came, and what was offered then, is not known."""

    day: date
    events: int
    seats: int
    booked: int
    usual: int | None
    compared: int
    is_over: bool


@dataclass(frozen=True)
class SeatsByDay:
    """`finding` says the result in one sentence or two."""

    period: Period
    days: Sequence[Day]
    finding: str


def seats_by_day(session: Session, period: Period, *, now: datetime) -> SeatsByDay:
    """The seats of each day of the period that has events. Cancelled events do not count."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    today = clock.today(now, zone)
    by_day: dict[date, list[AnyRow]] = defaultdict(list)
    for row in _events(session, period):
        by_day[clock.today(row.starts_at, zone)].append(row)
    days = [_compared(session, day, by_day, today=today, now=now) for day in sorted(by_day) if day >= period.first]
    return SeatsByDay(period, days, _finding(period, days))


def _events(session: Session, period: Period) -> Sequence[AnyRow]:
    """The events of the period, and of the time before that its days are compared with."""
    first, end = period.bounds(venue_of(session).zone)
    booked, others = find.SEATS_BOOKED_OF_EVENT.label("booked"), find.OTHER_SEATS_OF_EVENT.label("others")
    query = select(_event.id, _event.starts_at, booked, others)
    query = query.where(_event.starts_at >= first - LONGEST_AGO, _event.starts_at < end, _event.cancelled_at.is_(None))
    return session.execute(query.order_by(_event.starts_at, _event.id)).all()


def _compared(
    session: Session, day: date, by_day: Mapping[date, Sequence[AnyRow]], *, today: date, now: datetime
) -> Day:
    weeks = range(1, LONGEST_AGO.days // 7 + 1)
    before = [each for week in weeks if (each := day - timedelta(weeks=week)) in by_day and each < today]
    before = before[:MOST_COMPARED]
    if day >= today:
        seats = _at_the_same_point(session, day, {each: by_day[each] for each in before}, now=now)
    else:
        seats = [_seats(by_day[each]) for each in before]
    return Day(
        day,
        events=len(by_day[day]),
        seats=_seats(by_day[day]),
        booked=sum(row.booked for row in by_day[day]),
        usual=median(seats),
        compared=len(seats),
        is_over=day < today,
    )


def _seats(events: Sequence[AnyRow]) -> int:
    return sum(row.booked + row.others for row in events)


def _at_the_same_point(
    session: Session, day: date, before: Mapping[date, Sequence[AnyRow]], *, now: datetime
) -> list[int]:
    """The seats of each day before that were booked as long before it as now is before `day`, by the venue's clock, in
    full hours; days of which that is not known are left out. Bookings that were deleted since are not known either."""
    zone = venue_of(session).zone
    local = now.astimezone(zone)
    points: dict[UUID, datetime] = {}
    begins: dict[UUID, datetime] = {}
    for each, rows in before.items():
        point = clock.at_wall_clock(local.date() - (day - each), local.time(), zone)
        points |= {row.id: point - AN_HOUR for row in rows}
        begins |= {row.id: row.starts_at for row in rows}
    by_then = _booked(session, {event_id: _totals.hour <= hour for event_id, hour in points.items()})
    late = _booked(session, {event_id: _totals.hour >= begin for event_id, begin in begins.items()})
    # Most seats were entered after it began, as by an import: it is not known how many there were by then.
    unknown = {each for each, rows in before.items() if any(2 * late.get(row.id, 0) > row.booked for row in rows)}
    return [sum(by_then.get(row.id, 0) for row in rows) for each, rows in before.items() if each not in unknown]


def _booked(session: Session, when: Mapping[UUID, ColumnElement[bool]]) -> Mapping[UUID, int]:
    """The seats of each event that were booked in these hours."""
    query = select(_totals.event_id, func.sum(_totals.seats).label("seats")).group_by(_totals.event_id)
    hours = [and_(_totals.event_id == event_id, hour) for event_id, hour in when.items()]
    return {row.event_id: row.seats for row in session.execute(query.where(or_(false(), *hours)))}


def _finding(period: Period, days: Sequence[Day]) -> str:
    if not days:
        return f"No events from {period.in_words()}." if period.days > 1 else f"No events on {period.in_words()}."
    over = [day for day in days if day.is_over]
    sentences = [_of_days_over(over)] if over else []
    today = next((day for day in days if not day.is_over), None)
    if today:
        sentences.append(_of_the_next(today))
    return " ".join(sentences)


def _of_days_over(days: Sequence[Day]) -> str:
    seats = counted(sum(day.seats for day in days), "seat")
    on = counted(len(days), "day") + " with events"
    known = [(day.seats, day.usual) for day in days if day.usual is not None]
    if not known:
        return f"{seats} on {on}. Too few days before to say what is usual."
    difference = compared_in_words(sum(each for each, _ in known), sum(usual for _, usual in known))
    of_these = "" if len(known) == len(days) else f" on the {len(known)} that can be compared"
    return f"{seats} on {on}: {difference} for the same weekdays{of_these}."


def _of_the_next(day: Day) -> str:
    """The first day that is not over."""
    seats = f"{day.day:%a %-d %B} is not over: {counted(day.seats, 'seat')} so far"
    if day.usual is None:
        return f"{seats}."
    if day.booked == day.seats:
        return f"{seats}, usually {day.usual:,} at this point."
    return f"{seats}, {day.booked:,} of them booked. Usually {day.usual:,} are booked at this point."
