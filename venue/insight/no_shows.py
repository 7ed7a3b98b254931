"""No-shows and late cancellations, by event."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from db.models import BookingTotal, Event, LateCancellation
from venue import clock
from venue.customers.visit_counts import NO_SHOWS_COUNT_FOR
from venue.insight.period import Period
from venue.insight.usual import out_of
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted

_event, _totals, _late = Event.__table__.c, BookingTotal.__table__.c, LateCancellation.__table__.c


@dataclass(frozen=True)
class EventNoShows:
    """Of the bookings for an event that were `marked`, as arrived or not, the `no_shows`; and the customers who
    `cancelled_late`. With no marks nothing is known of no-shows."""

    id: UUID
    name: str
    starts_at: datetime
    marked: int
    no_shows: int
    cancelled_late: int


@dataclass(frozen=True)
class NoShows:
    """Events with marks or late cancellations, the first ones first. `finding` says the result in a sentence or two,
    and `left_out` which events of the period are not known any more; empty if all are."""

    period: Period
    events: Sequence[EventNoShows]
    finding: str
    left_out: str = ""


def no_shows(session: Session, period: Period, *, now: datetime) -> NoShows:
    """The no-shows and late cancellations of the events of the period. Cancelled events do not count. Those of more
    than a year ago are left out: they are forgotten (decision 56)."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    known_from = clock.today(now - NO_SHOWS_COUNT_FOR, zone) + timedelta(days=1)
    if period.last < known_from:
        return NoShows(period, [], f"Not known any more for {period.in_words()}.", _left_out(known_from))
    if period.first < known_from:
        known = no_shows(session, replace(period, first=known_from), now=now)
        return replace(known, period=period, left_out=_left_out(known_from))
    first, end = period.bounds(zone)
    held = (_event.starts_at >= first, _event.starts_at < end, _event.cancelled_at.is_(None))
    counts = (
        select(
            _totals.event_id,
            func.sum(_totals.marked).label("marked"),
            func.sum(_totals.no_shows).label("no_shows"),
        )
        .join_from(BookingTotal.__table__, Event.__table__, _event.id == _totals.event_id)
        .where(*held)
        .group_by(_totals.event_id)
        .having(func.sum(_totals.marked) > 0)
    )
    late = (
        select(_late.event_id, func.count(distinct(_late.customer_id)).label("guests"))
        .join_from(LateCancellation.__table__, Event.__table__, _event.id == _late.event_id)
        .where(*held)
        .group_by(_late.event_id)
    )
    marks = {row.event_id: row for row in session.execute(counts)}
    cancelled = {row.event_id: row.guests for row in session.execute(late)}
    query = select(_event.id, _event.name, _event.starts_at).where(*held).order_by(_event.starts_at, _event.id)
    found = [
        EventNoShows(
            row.id,
            row.name,
            row.starts_at,
            marked=marks[row.id].marked if row.id in marks else 0,
            no_shows=marks[row.id].no_shows if row.id in marks else 0,
            cancelled_late=cancelled.get(row.id, 0),
        )
        for row in session.execute(query)
        if row.id in marks or row.id in cancelled
    ]
    return NoShows(period, found, _finding(period, found))


def _left_out(known_from: date) -> str:
    return (
        "No-shows and late cancellations are forgotten after 12 months: events before "
        f"{known_from:%-d %B %Y} are left out."
    )


def _finding(period: Period, events: Sequence[EventNoShows]) -> str:
    marked = [event for event in events if event.marked]
    late = sum(event.cancelled_late for event in events)
    said = f"{counted(late, 'guest')} cancelled in the last 24 hours." if late else ""
    if not marked:
        nothing = f"No guest was marked as arrived or not from {period.in_words()}."
        return f"{nothing} {said}" if said else nothing
    of_all = out_of(sum(event.no_shows for event in marked), sum(event.marked for event in marked))
    first = f"{of_all} marked bookings were no-shows, at {counted(len(marked), 'event')}."
    return f"{first} {said}" if said else first
