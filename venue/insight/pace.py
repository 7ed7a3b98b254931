"""The pace of bookings for a coming event, against the last eight events like it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import BookingTotal, Event
from venue import clock, events
from venue.errors import NotFound
from venue.events import LISTING
from venue.insight.usual import LEAST_COMPARED, LEAST_FOR_PERCENT, median, percent
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow
from venue.wording import counted

MOST_COMPARED = 8
# The curve begins this number of days before an event, or where bookings began.
MOST_DAYS = 60
LEAST_DAYS = 7

# In days.
AN_HOUR, A_SECOND = 1 / 24, 1 / 86_400

# How many days before its event an hour began, and the seats that were booked in it.
Booked = tuple[float, int]

_event, _totals = Event.__table__.c, BookingTotal.__table__.c


@dataclass(frozen=True)
class AlikeEvent:
    """A past event like the coming one: `seats` in the end, and those booked `by_now`: as long before it as now is
    before the coming one."""

    id: UUID
    name: str
    starts_at: datetime
    seats: int
    by_now: int


@dataclass(frozen=True)
class Point:
    """Seats booked by this number of days before the event: `usual` is the median of the events before, None if they
    are too few, and `booked` are those of the coming event, None for days to come."""

    days_to_go: float
    usual: int | None
    booked: int | None


@dataclass(frozen=True)
class Pace:
    """`days_to_go` may be a fraction. `points` are the curve, the longest before the event first. Seats that
    are offered to the waitlist are not compared: how many were offered for the events before is not known. `full` is
    what counts as 100 %: None for an event with no limit, or a very low one, whose pace is said in seats."""

    event: EventRow
    days_to_go: float
    full: int | None
    alike: Sequence[AlikeEvent]
    usual_by_now: int | None
    points: Sequence[Point]
    finding: str


def coming(session: Session, *, now: datetime) -> Sequence[EventRow]:
    """The events whose pace can be looked at: those that have not begun and are not cancelled, soonest first."""
    require(session, Permission.READ)
    rows = events.upcoming(session, now=now)
    return [row for row in rows if row.starts_at > now and row.cancelled_at is None]


def pace(session: Session, event_id: UUID, *, now: datetime) -> Pace:
    """The pace of a coming event. Raises NotFound, also for an event that has begun or is cancelled.

    Bookings that were deleted since are not known any more, and events whose bookings were entered afterwards are not
    compared."""
    require(session, Permission.READ)
    event = events.row(session, event_id)
    if event.starts_at <= now or event.cancelled_at is not None:
        raise NotFound("This event has begun or is cancelled: choose one that is coming up.")
    alike = _alike(session, event, now)
    booked = _booked(session, [event.id, *(row.id for row in alike)])
    alike = [row for row in alike if _was_booked_before(booked[row.id])]
    to_go = (event.starts_at - now) / timedelta(days=1)
    before = [
        AlikeEvent(row.id, row.name, row.starts_at, row.seats_taken, by_now=_by(booked[row.id], to_go)) for row in alike
    ]
    usual = median([row.by_now for row in before])
    full = event.capacity if event.capacity and event.capacity >= LEAST_FOR_PERCENT else None
    points = _points(event, [row.id for row in alike], booked, to_go)
    return Pace(event, to_go, full, before, usual, points, _finding(session, event, now, full, before, usual))


def _alike(session: Session, event: EventRow, now: datetime) -> Sequence[EventRow]:
    """The last events of its series; without one, those of its name on its weekday. Latest first."""
    zone = venue_of(session).zone
    query = LISTING.where(_event.cancelled_at.is_(None), _event.id != event.id)
    query = query.where(_event.starts_at < clock.start_of_today(now, zone), _event.starts_at < event.starts_at)
    query = query.order_by(_event.starts_at.desc(), _event.id)
    if event.series_id is not None:
        return session.execute(query.where(_event.series_id == event.series_id).limit(MOST_COMPARED)).all()
    weekday = clock.today(event.starts_at, zone).weekday()
    named = session.execute(query.where(_event.name == event.name).limit(MOST_COMPARED * 7))
    return [row for row in named if clock.today(row.starts_at, zone).weekday() == weekday][:MOST_COMPARED]


def _booked(session: Session, event_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Booked]]:
    """For each event, the seats that were booked in each hour, and how long before it that hour began."""
    query = (
        select(_totals.event_id, _totals.hour, _event.starts_at, func.sum(_totals.seats).label("seats"))
        .join_from(BookingTotal.__table__, Event.__table__, _event.id == _totals.event_id)
        .where(_totals.event_id.in_(event_ids))
        .group_by(_totals.event_id, _totals.hour, _event.starts_at)
    )
    found: dict[UUID, list[Booked]] = defaultdict(list)
    for row in session.execute(query):
        found[row.event_id].append(((row.starts_at - row.hour) / timedelta(days=1), row.seats))
    return found


def _was_booked_before(booked: Sequence[Booked]) -> bool:
    """Whether it is known when its seats were booked. If most of them were entered after it began, as when bookings are
    imported, they would look like an event that no one had booked until then."""
    return 2 * sum(seats for before, seats in booked if before < 0) <= sum(seats for _, seats in booked)


def _by(booked: Sequence[Booked], days: float) -> int:
    """The seats that were booked by this number of days before the event, in full hours."""
    # The end of the hour must be before that. As multiples of an hour, days are not exact.
    begun = days + AN_HOUR - A_SECOND
    return sum(seats for before, seats in booked if before >= begun)


def _seats_booked(event: EventRow) -> int:
    """Without those offered to the waitlist, and those of walk-ins who gave no number."""
    return event.seats_taken - event.seats_offered - event.unnamed_seats


def _points(
    event: EventRow, alike: Sequence[UUID], booked: Mapping[UUID, Sequence[Booked]], to_go: float
) -> Sequence[Point]:
    """One for each full day, and one for now."""

    def at(days: float) -> Point:
        here = _seats_booked(event) if days == to_go else _by(booked[event.id], days)
        usual = median([_by(booked[each], days) for each in alike])
        return Point(days, usual, here if days >= to_go else None)

    first = math.ceil(max((before for each in booked.values() for before, _ in each), default=0))
    days = range(min(MOST_DAYS, max(first, LEAST_DAYS)) + 1)
    shown = {*days, to_go} if to_go <= days[-1] else set(days)
    return [at(each) for each in sorted(shown, reverse=True)]


def _finding(
    session: Session,
    event: EventRow,
    now: datetime,
    full: int | None,
    alike: Sequence[AlikeEvent],
    usual: int | None,
) -> str:
    zone = venue_of(session).zone
    day = clock.today(event.starts_at, zone)
    days = (day - clock.today(now, zone)).days
    seats = counted(event.seats_taken, "seat")
    if full:
        seats = f"{event.seats_taken:,} of {full:,} seats ({percent(event.seats_taken, full)})"
    left = counted(days, "day") if days else "less than a day"
    booked = _seats_booked(event)
    if booked != event.seats_taken:
        seats += f", {booked:,} of them booked" + (f" ({percent(booked, full)})," if full else ",")
    said = f"{event.name}, {day:%a %-d %B}: {seats} with {left} to go."
    if usual is None:
        few = "No event" if not alike else f"Only {counted(len(alike), 'event')}"
        return f"{said} {few} like it before: at least {LEAST_COMPARED} are needed to say what is usual."
    by_now = percent(usual, full) if full else counted(usual, "seat")
    return f"{said} Usually {by_now} by now (median of the last {len(alike)} like it)."
