"""Events as lists and screens show them, with the seats that are taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event
from db.types import AnyRow, AnySelect, Instant
from venue import clock
from venue.errors import NotFound
from venue.page import Page, count_pages, offset_of
from venue.profile import venue_of
from venue.roles import Permission, require

_event, _booking = Event.__table__.c, Booking.__table__.c


# For each event by itself, of the two columns an index holds: grouping all of their bookings takes more than twice as
# long.
_taken = (
    select(func.coalesce(func.sum(_booking.seats), 0))
    .where(_booking.event_id == _event.id)
    .correlate(Event.__table__)
    .scalar_subquery()
)


# What a row of a list of events shows. Put together once, of the tables' own columns: asking through the mapped classes
# takes as long again as the database does.
LISTING: AnySelect = select(
    _event.id,
    _event.name,
    _event.short_name,
    _event.starts_at,
    _event.capacity,
    _event.category,
    _event.notes,
    _event.cancelled_at,
    _event.version,
    _taken.label("seats_taken"),
)


def _paged(among: Any, *order: Any) -> AnySelect:
    """A page of some events, each row with the `total` of them."""
    on_page = select(_event.id).where(among).order_by(*order)
    on_page = on_page.limit(bindparam("limit", type_=Integer())).offset(bindparam("offset", type_=Integer()))
    total = select(func.count()).select_from(Event.__table__).where(among).correlate(None).scalar_subquery()
    # The seats of this page's events are summed, of no others.
    return LISTING.add_columns(total.label("total")).where(_event.id.in_(on_page)).order_by(*order)


_SOONEST = (_event.starts_at, _event.name, _event.id)


_ahead = _event.starts_at >= bindparam("today", type_=Instant())


_over = _event.starts_at < bindparam("today", type_=Instant())


_PAGE_OF_COMING = _paged(_ahead, *_SOONEST)


_PAGE_OF_PAST = _paged(_over, _event.starts_at.desc(), _event.id)


def coming(session: Session, *, now: datetime, until: datetime | None = None) -> Sequence[AnyRow]:
    """Events from the start of the venue's today on, soonest first, with the seats taken."""
    require(session, Permission.READ)
    today = clock.start_of_today(now, venue_of(session).zone)
    events = LISTING.where(_event.starts_at >= today).order_by(*_SOONEST)
    return session.execute(events if until is None else events.where(_event.starts_at < until)).all()


def all_by_nearness(session: Session, *, now: datetime) -> Sequence[AnyRow]:
    """The id, name and start of every event: those from today on soonest first, then past ones latest first. Without
    what counting their seats takes."""
    require(session, Permission.READ)
    today = clock.start_of_today(now, venue_of(session).zone)
    listed = select(_event.id, _event.name, _event.starts_at)
    ahead = session.execute(listed.where(_event.starts_at >= today).order_by(*_SOONEST)).all()
    past = session.execute(listed.where(_event.starts_at < today).order_by(_event.starts_at.desc(), _event.id)).all()
    return [*ahead, *past]


def coming_page(session: Session, *, now: datetime, page: int = 1, page_size: int = 50) -> Page[AnyRow]:
    """A page of the events from today on, soonest first."""
    require(session, Permission.READ)
    return _page(session, _PAGE_OF_COMING, now, page, page_size)


def past(session: Session, *, now: datetime, page: int = 1, page_size: int = 50) -> Page[AnyRow]:
    """A page of the events of days gone by, latest first."""
    require(session, Permission.READ)
    return _page(session, _PAGE_OF_PAST, now, page, page_size)


def _page(session: Session, listed: AnySelect, now: datetime, page: int, page_size: int) -> Page[AnyRow]:
    today = clock.start_of_today(now, venue_of(session).zone)

    def rows_of(number: int) -> Sequence[AnyRow]:
        values = {"today": today, "limit": page_size, "offset": offset_of(number, page_size)}
        return session.execute(listed, values).all()

    page = max(1, page)
    rows = rows_of(page)
    if not rows and page > 1:  # There are fewer by now: the last page there is, or the first if that went too.
        first = rows_of(1)
        page = count_pages(first[0].total, page_size) if first else 1
        rows = rows_of(page)
        page, rows = (page, rows) if rows else (1, first)
    return Page(rows, rows[0].total if rows else 0, page, page_size)


def is_full(event: AnyRow) -> bool:
    """Whether a row of a list of events has no seat left: it takes reminders only."""
    return event.capacity is not None and event.seats_taken >= event.capacity


def is_over(event: AnyRow | Event, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether its day has gone by: today's event is coming until the day is over."""
    return event.starts_at < clock.start_of_today(now, zone)


def to_book(session: Session, *, customer_id: UUID, now: datetime) -> Sequence[AnyRow]:
    """Coming events that a customer is not booked on yet, the full ones too."""
    mine = select(_booking.event_id).where(_booking.customer_id == customer_id)
    require(session, Permission.READ)
    return session.execute(
        LISTING.where(
            _event.starts_at >= clock.start_of_today(now, venue_of(session).zone),
            _event.cancelled_at.is_(None),
            _event.id.not_in(mine),
        ).order_by(*_SOONEST)
    ).all()


def row(session: Session, event_id: UUID) -> AnyRow:
    """One event as the lists show it. Raises NotFound."""
    require(session, Permission.READ)
    found = session.execute(LISTING.where(_event.id == event_id)).first()
    if found is None:
        raise NotFound("This event is not there any more")
    return found


def is_past_day(session: Session, starts_at: datetime, *, now: datetime) -> bool:
    """Whether this is before the venue's today: staff are asked whether they mean it."""
    return starts_at < clock.start_of_today(now, venue_of(session).zone)


def seats_taken(session: Session, event_id: UUID) -> int:
    """The seats of an event's active bookings together."""
    return session.scalar(select(func.coalesce(func.sum(Booking.seats), 0)).where(Booking.event_id == event_id)) or 0
