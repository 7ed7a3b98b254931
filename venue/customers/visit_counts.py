"""The visits of each customer, stored so that the customer list can be filtered by them.

A visit is a booking whose guest was marked as arrived; or one with seats on an event that is over, if none of its
guests was marked. Cancelled events and those of a later day have no visits. See docs/decisions/0056-visits.md.
"""

import statistics
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from db.models import Booking, Customer, CustomerVisits, Event, VenueSetting
from db.types import AnyRow, AnySelect
from db.writes import delete_where, insert_new, insert_once, update_where
from venue import clock
from venue.customers import booking_status
from venue.profile import venue_of
from venue.roles import Permission, require

# Guests of an event after midnight may be marked before it.
GUESTS_COME_BEFORE = timedelta(hours=3)
REGULAR_FROM = 3
# The gaps between visits that say how often a customer comes, from the latest on.
RECENT_GAPS = 12
# A customer has stopped coming after this number of their typical gaps without a visit.
QUIET_AFTER = 2.5
NO_SHOWS_COUNT_FOR = timedelta(days=365)
# How far the job that counts all customers has come: a day, and while it counts, the last customer.
MARK = "mark.visits"
AT_ONCE = 500

_customers, _bookings, _events, _visits = (entity.__table__.c for entity in (Customer, Booking, Event, CustomerVisits))
_other = Booking.__table__.alias("other")


class Came(StrEnum):
    """Groups of customers by their visits: those who came once, who come often, who stopped coming in their own rhythm
    and are not booked either, and who did not come at least once in the last year."""

    FIRST = "first"
    REGULAR = "regular"
    QUIET = "quiet"
    NO_SHOW = "no_show"


@dataclass(frozen=True)
class Counted:
    """The columns of CustomerVisits but the customer's id."""

    visits: int
    seats: int
    first_day: date
    last_day: date
    typical_gap: int | None
    quiet_from: date | None
    returned_after: int | None


def refresh(session: Session, customer_ids: Collection[UUID], *, now: datetime) -> int:
    """Store the visits of these customers as their bookings say, and return how many changed. Call it in the
    transaction that locked the customers and changed their bookings."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT, Permission.MERGE, Permission.DELIVERY)
    changed = _changed(session, customer_ids, now)
    if changed:
        ids = list(changed)
        delete_where(session, CustomerVisits, CustomerVisits.customer_id.in_(ids))
        rows = [{"customer_id": each, **asdict(counted)} for each, counted in changed.items() if counted]
        if rows:
            insert_new(session, CustomerVisits, rows)
    return len(changed)


def refresh_event(session: Session, event_id: UUID, *, now: datetime) -> int:
    """As `refresh`, for all customers who are booked on an event, after it was cancelled or moved. Lock them before."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    booked = session.scalars(select(Booking.customer_id).where(Booking.event_id == event_id)).all()
    return refresh(session, booked, now=now)


def refresh_marked(session: Session, event: AnyRow, customer_id: UUID, *, now: datetime) -> None:
    """As `refresh`, after this customer's mark at an event was made or removed. All guests of a past event came, unless
    one was marked: lock them before, see `lock_to_mark`."""
    require(session, Permission.BOOKINGS)
    refresh(session, [customer_id], now=now)
    if event.starts_at < clock.start_of_business_day(now, venue_of(session).zone):
        refresh_event(session, event.id, now=now)


def lock_to_mark(session: Session, event_id: UUID, *, now: datetime) -> None:
    """Lock an event before the mark of one of its bookings changes; of a past event all its customers, too."""
    require(session, Permission.BOOKINGS)
    event = session.get(Event, event_id, with_for_update=booking_status.ROW_LOCK)
    if event is not None and event.starts_at < clock.start_of_business_day(now, venue_of(session).zone):
        booking_status.lock_event_customers(session, event.id)


def count_next(session: Session, *, now: datetime) -> bool:
    """Count the next customers of today's pass over all of them: events of the days before may be over by now. Returns
    whether more are left. Safe to run concurrently, and continued after a stop."""
    require(session, Permission.DELIVERY)
    today = clock.business_day(now, venue_of(session).zone).isoformat()
    mark = session.scalar(select(VenueSetting.value).where(VenueSetting.name == MARK)) or ""
    if mark == today:
        return False
    day, _, last = mark.partition(" ")
    after = UUID(last) if day == today else UUID(int=0)
    ids = session.scalars(select(Customer.id).where(Customer.id > after).order_by(Customer.id).limit(AT_ONCE)).all()
    changed = list(_changed(session, ids, now))
    if changed:
        these = select(Customer.id).where(Customer.id.in_(changed)).order_by(Customer.id)
        locked = session.scalars(these.with_for_update(key_share=True)).all()
        refresh(session, locked, now=now)
    done = len(ids) < AT_ONCE
    _save_mark(session, today if done else f"{today} {ids[-1]}", now)
    return not done


def count_again(session: Session) -> None:
    """Count all customers again soon, after an import of past bookings."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    delete_where(session, VenueSetting, VenueSetting.name == MARK)


def count_again_without(session: Session, customer_id: UUID) -> None:
    """Count all customers again soon, before one is deleted who is the only one marked at an event: the visits of its
    other guests change."""
    require(session, Permission.DELETE)
    theirs = and_(_bookings.customer_id == customer_id, _bookings.arrived.is_not(None))
    others = and_(_other.c.event_id == _bookings.event_id, _other.c.customer_id != customer_id)
    only = and_(theirs, exists().where(others), ~exists().where(others, _other.c.arrived.is_not(None)))
    if session.scalar(select(_bookings.id).where(only).limit(1)) is not None:
        delete_where(session, VenueSetting, VenueSetting.name == MARK)


def _save_mark(session: Session, value: str, now: datetime) -> None:
    row = {"name": MARK, "value": value, "updated_at": now}
    if not insert_once(session, VenueSetting, [row]):
        update_where(session, VenueSetting, VenueSetting.name == MARK, {"value": value, "updated_at": now})


def is_forgotten(starts_at: datetime, *, now: datetime) -> bool:
    """Whether no-shows at an event that began then are forgotten: they count as not marked."""
    return starts_at < now - NO_SHOWS_COUNT_FOR


def came(group: Came, *, today: datetime, day: date) -> ColumnElement[bool]:
    """A SQL condition: the customer is in this group. `today` is the instant at which the venue's `day` began."""
    if group is Came.NO_SHOW:
        missed = (
            select(_bookings.customer_id)
            .join_from(Booking.__table__, Event.__table__, _events.id == _bookings.event_id)
            .where(_bookings.arrived == false(), _events.starts_at >= today - NO_SHOWS_COUNT_FOR)
            .where(_events.cancelled_at.is_(None))
        )
        return _customers.id.in_(missed)
    stopped = _visits.quiet_from <= day
    matching = {
        Came.FIRST: _visits.visits == 1,
        Came.REGULAR: and_(_visits.visits >= REGULAR_FROM, or_(_visits.quiet_from.is_(None), _visits.quiet_from > day)),
        Came.QUIET: stopped,
    }[group]
    these = _customers.id.in_(select(_visits.customer_id).where(matching))
    if group is not Came.QUIET:
        return these
    return and_(these, or_(_customers.active_until.is_(None), _customers.active_until < today))


def visits_of(session: Session, customer_ids: Collection[UUID], *, now: datetime) -> dict[UUID, list[tuple[date, int]]]:
    """Each customer's visits: the day in the venue's zone and the seats, first to last. Who never came is left out."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    found: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    tomorrow = clock.day_bounds(clock.today(now, zone), zone)[1]
    query = _query(clock.start_of_business_day(now, zone), tomorrow + GUESTS_COME_BEFORE)
    rows = session.execute(query.where(_bookings.customer_id.in_(list(customer_ids))))
    for row in rows:
        found[row.customer_id].append((clock.today(row.starts_at, zone), row.seats))
    return found


def counted(visits: Sequence[tuple[date, int]]) -> Counted:
    """The counts of one customer's visits, of which there is at least one, first to last."""
    days = sorted({day for day, _seats in visits})
    gap, quiet_from = None, None
    if len(visits) >= REGULAR_FROM and len(days) > 1:
        gaps = [(later - earlier).days for earlier, later in pairwise(days)][-RECENT_GAPS:]
        gap = max(1, round(statistics.median(gaps)))
        # Who once stayed away for longer and came back has not stopped coming before that time is over, either.
        quiet_from = days[-1] + timedelta(days=max(round(QUIET_AFTER * gap), max(gaps) + 1))
    returned_after = (days[1] - days[0]).days if len(days) > 1 else None
    return Counted(
        len(visits), sum(seats for _day, seats in visits), days[0], days[-1], gap, quiet_from, returned_after
    )


def _changed(session: Session, customer_ids: Collection[UUID], now: datetime) -> dict[UUID, Counted | None]:
    """The customers whose visits are not stored as their bookings say, with what should be stored."""
    ids = list(customer_ids)
    expected = {each: counted(visits) for each, visits in visits_of(session, ids, now=now).items()}
    query = select(CustomerVisits.__table__).where(_visits.customer_id.in_(ids))
    columns = [each.name for each in fields(Counted)]
    stored = {row.customer_id: Counted(*(getattr(row, column) for column in columns)) for row in session.execute(query)}
    return {each: expected.get(each) for each in ids if expected.get(each) != stored.get(each)}


def _query(today: datetime, until: datetime) -> AnySelect:
    """A query for visits to events that begin before `until`. `today` is when the venue's business day began."""
    is_marked = exists().where(_other.c.event_id == _bookings.event_id, _other.c.arrived.is_not(None))
    not_marked = and_(_bookings.arrived.is_(None), _bookings.seats > 0, _events.starts_at < today, ~is_marked)
    return (
        select(
            _bookings.customer_id,
            _events.starts_at,
            case(
                (_bookings.arrived == true(), func.coalesce(_bookings.arrived_seats, _bookings.seats)),
                else_=_bookings.seats,
            ).label("seats"),
        )
        .join_from(Booking.__table__, Event.__table__, _events.id == _bookings.event_id)
        .where(_events.cancelled_at.is_(None), _events.starts_at < until)
        .where(or_(_bookings.arrived == true(), not_marked))
        .order_by(_events.starts_at, _bookings.id)
    )
