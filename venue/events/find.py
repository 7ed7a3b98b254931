"""Events as lists and screens show them, with the number of seats taken."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from db.models import Booking, BookingTotal, Event, WaitlistEntry
from db.types import AnyRow, AnySelect, Id, Instant
from venue import clock
from venue.customers.visit_counts import GUESTS_COME_BEFORE
from venue.errors import NotFound
from venue.page import Page, count_pages, offset_of
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import DatedEventRow, EventRow

_event, _booking, _totals, _waiting = (entity.__table__.c for entity in (Event, Booking, BookingTotal, WaitlistEntry))


class When(StrEnum):
    """From the start of the business day (in the venue's zone) on, or before it."""

    UPCOMING = "upcoming"
    PAST = "past"


# A correlated subquery of the kept totals: reading all bookings of some events would take a hundred times as long.
SEATS_BOOKED_OF_EVENT = (
    select(func.coalesce(func.sum(_totals.seats), 0))
    .where(_totals.event_id == _event.id)
    .correlate(Event.__table__)
    .scalar_subquery()
)
_offered = (
    select(func.coalesce(func.sum(_waiting.seats), 0))
    .where(_waiting.event_id == _event.id, _waiting.state == "offered")
    .correlate(Event.__table__)
    .scalar_subquery()
)
_parties_waiting = (
    select(func.count())
    .select_from(WaitlistEntry.__table__)
    .where(_waiting.event_id == _event.id, _waiting.state == "waiting")
    .correlate(Event.__table__)
    .scalar_subquery()
)

# Seats offered to the waitlist count as taken: they are promised. So do those of walk-ins who gave no number.
OTHER_SEATS_OF_EVENT = _offered + _event.unnamed_seats
SEATS_TAKEN_OF_EVENT = SEATS_BOOKED_OF_EVENT + OTHER_SEATS_OF_EVENT


# The columns of a row in a list of events. Table columns, not mapped classes: loading objects takes as long again as
# the query itself.
LISTING: AnySelect = select(
    _event.id,
    _event.name,
    _event.short_name,
    _event.starts_at,
    _event.capacity,
    _event.category,
    _event.notes,
    _event.cancelled_at,
    _event.series_id,
    _event.overbooked_reason,
    _event.unnamed_seats,
    _event.version,
    SEATS_TAKEN_OF_EVENT.label("seats_taken"),
    _offered.label("seats_offered"),
    _parties_waiting.label("parties_waiting"),
)


def _paged(condition: Any, *order: Any) -> AnySelect:
    """A query for one page of the events that match; each row has their `total`. Parameters: `limit`, `offset`."""
    on_page = select(_event.id).where(condition).order_by(*order)
    on_page = on_page.limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer()))
    total = select(func.count()).select_from(Event.__table__).where(condition).correlate(None).scalar_subquery()
    # Seats are summed only for the events on this page.
    return LISTING.add_columns(total.label("total")).where(_event.id.in_(on_page)).order_by(*order)


_SOONEST = (_event.starts_at, _event.name, _event.id)


_upcoming = _event.starts_at >= bindparam("today", type_=Instant())


_past = _event.starts_at < bindparam("today", type_=Instant())


_LATEST = (_event.starts_at.desc(), _event.id)


_PAGE_OF_UPCOMING = _paged(_upcoming, *_SOONEST)


_PAGE_OF_PAST = _paged(_past, *_LATEST)


def upcoming(session: Session, *, now: datetime, until: datetime | None = None) -> Sequence[EventRow]:
    """Rows of the events from the start of today (in the venue's zone) to before `until`, soonest first."""
    require(session, Permission.READ)
    today = clock.start_of_business_day(now, venue_of(session).zone)
    events = LISTING.where(_event.starts_at >= today).order_by(*_SOONEST)
    return session.execute(events if until is None else events.where(_event.starts_at < until)).all()


def nearest_first(session: Session, *, now: datetime) -> Sequence[DatedEventRow]:
    """The id, name and start of every event: upcoming ones soonest first, then past ones latest first. Seats are not
    counted, which would be slow for all events."""
    require(session, Permission.READ)
    today = clock.start_of_business_day(now, venue_of(session).zone)
    query = select(_event.id, _event.name, _event.starts_at)
    upcoming = session.execute(query.where(_event.starts_at >= today).order_by(*_SOONEST)).all()
    past = session.execute(query.where(_event.starts_at < today).order_by(_event.starts_at.desc(), _event.id)).all()
    return [*upcoming, *past]


def upcoming_page(session: Session, *, now: datetime, page: int = 1, page_size: int = 50) -> Page[EventRow]:
    """A page of the events from today on, soonest first. A page number that is too high returns the last page."""
    require(session, Permission.READ)
    return _page(session, _PAGE_OF_UPCOMING, now, page, page_size)


def past(session: Session, *, now: datetime, page: int = 1, page_size: int = 50) -> Page[EventRow]:
    """A page of the events before today, latest first. A page number that is too high returns the last page."""
    require(session, Permission.READ)
    return _page(session, _PAGE_OF_PAST, now, page, page_size)


def every(session: Session, *, when: When | None = None, now: datetime) -> AnySelect:
    """A query for all events, from the first on, or for the upcoming or the past ones in the order of their list. To be
    read as a stream."""
    require(session, Permission.READ)
    today = clock.start_of_business_day(now, venue_of(session).zone)
    if when is When.UPCOMING:
        return LISTING.where(_event.starts_at >= today).order_by(*_SOONEST)
    if when is When.PAST:
        return LISTING.where(_event.starts_at < today).order_by(*_LATEST)
    return LISTING.order_by(*_SOONEST)


def _page(session: Session, query: AnySelect, now: datetime, page: int, page_size: int) -> Page[EventRow]:
    today = clock.start_of_business_day(now, venue_of(session).zone)

    def rows_of(number: int) -> Sequence[AnyRow]:
        values = {"today": today, "limit": page_size, "offset": offset_of(number, page_size)}
        return session.execute(query, values).all()

    page = max(1, page)
    rows = rows_of(page)
    if not rows and page > 1:  # Past the end: show the last page, or the first if events were removed just now.
        first = rows_of(1)
        page = count_pages(first[0].total, page_size) if first else 1
        rows = rows_of(page)
        page, rows = (page, rows) if rows else (1, first)
    return Page(rows, rows[0].total if rows else 0, page, page_size)


def is_full(event: EventRow) -> bool:
    """Whether this event, a row of `LISTING`, has no seats left. A full event takes reminder-only bookings."""
    return event.capacity is not None and event.seats_taken >= event.capacity


def is_over(event: EventRow | Event, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the event was before today in this zone. Guests of an evening stay past midnight: its events are over at
    six in the morning."""
    return event.starts_at < clock.start_of_business_day(now, zone)


def takes_marks(event: EventRow | Event, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether guests of this event may come by now: from the start of its day in this zone on, and of an event shortly
    after midnight from three hours before it."""
    return now >= min(clock.start_of_today(event.starts_at, zone), event.starts_at - GUESTS_COME_BEFORE)


def is_on(event: EventRow | Event, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether guests come to this event now: it takes marks, is not over and was not cancelled."""
    return (
        event.cancelled_at is None and takes_marks(event, now=now, zone=zone) and not is_over(event, now=now, zone=zone)
    )


def to_book(session: Session, *, customer_id: UUID, now: datetime) -> Sequence[EventRow]:
    """Upcoming events that a customer is not booked on yet, including full ones, soonest first."""
    require(session, Permission.READ)
    booked = select(_booking.event_id).where(_booking.customer_id == customer_id)
    return session.execute(
        LISTING.where(
            _event.starts_at >= clock.start_of_business_day(now, venue_of(session).zone),
            _event.cancelled_at.is_(None),
            _event.id.not_in(booked),
        ).order_by(*_SOONEST)
    ).all()


def row(session: Session, event_id: UUID) -> EventRow:
    """One event as a row of `LISTING`. Raises NotFound."""
    require(session, Permission.READ)
    event = session.execute(LISTING.where(_event.id == event_id)).first()
    if event is None:
        raise NotFound("This event no longer exists.")
    return event


def is_past_day(session: Session, starts_at: datetime, *, now: datetime) -> bool:
    """Whether an event at this instant would be over. Staff are then asked to confirm it."""
    return starts_at < clock.start_of_business_day(now, venue_of(session).zone)


def seats_taken(session: Session, event_id: UUID) -> int:
    """The number of seats of an event that are booked, offered to the waitlist, or taken by walk-ins without a
    number."""
    return session.scalar(_SEATS_TAKEN, {"event_id": event_id}) or 0


_id = bindparam("event_id", type_=Id())
_SEATS_TAKEN = select(
    select(func.coalesce(func.sum(_booking.seats), 0)).where(_booking.event_id == _id).scalar_subquery()
    + select(func.coalesce(func.sum(_waiting.seats), 0))
    .where(_waiting.event_id == _id, _waiting.state == "offered")
    .scalar_subquery()
    + select(func.coalesce(func.max(_event.unnamed_seats), 0)).where(_event.id == _id).scalar_subquery()
)


def seats_offered(session: Session, event_id: UUID) -> int:
    """The number of seats of an event that are offered to the waitlist, and not answered yet."""
    offered = (WaitlistEntry.event_id == event_id) & (WaitlistEntry.state == "offered")
    return session.scalar(select(func.coalesce(func.sum(WaitlistEntry.seats), 0)).where(offered)) or 0
