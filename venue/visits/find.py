"""Visits as screens show them: of one customer, of a page of the list, and of the guests at the door."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, CustomerVisits, Event, LateCancellation
from venue import clock
from venue.customers.visit_counts import NO_SHOWS_COUNT_FOR, counted, visits_of
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import DatedEventRow
from venue.visits import rhythm

_booking, _event, _visits = (entity.__table__.c for entity in (Booking, Event, CustomerVisits))


class VisitsRow(Protocol):
    """The number of a customer's visits, and the last day in the venue's zone."""

    visits: int
    last_day: date


class MarkedEventRow(DatedEventRow, Protocol):
    """An event at which a customer was marked as arrived or not."""

    arrived: bool


@dataclass(frozen=True)
class CustomerSummary:
    """A customer's visits. Days are in the venue's zone. `rhythm` is in words, and empty before the third visit;
    `missed` counts the visits in a row that they missed. `no_shows` are the events of the last year they did not come
    to, latest first, `marked` is the number of events of the last year at which they were marked, and `late` are the
    starts of those they cancelled shortly before."""

    visits: int
    seats: int
    first_day: date | None
    last_day: date | None
    rhythm: str
    missed: int
    no_shows: Sequence[DatedEventRow]
    marked: int
    late: Sequence[datetime]


def of_customer(session: Session, customer_id: UUID, *, now: datetime) -> CustomerSummary:
    """One customer's visits, counted now from their bookings."""
    require(session, Permission.READ)
    today = clock.today(now, venue_of(session).zone)
    visits = visits_of(session, [customer_id], now=now).get(customer_id, [])
    counts = counted(visits) if visits else None
    marked = _marked(session, customer_id, now)
    is_regular = counts is not None and counts.typical_gap is not None
    booked = session.scalar(select(Customer.active_until).where(Customer.id == customer_id))
    # The event of an evening goes on past midnight.
    is_coming = booked is not None and booked >= clock.start_of_business_day(now, venue_of(session).zone)
    missed = 0
    if counts and counts.typical_gap and not is_coming:
        missed = rhythm.missed(counts.last_day, counts.typical_gap, today=today)
    return CustomerSummary(
        visits=counts.visits if counts else 0,
        seats=counts.seats if counts else 0,
        first_day=counts.first_day if counts else None,
        last_day=counts.last_day if counts else None,
        rhythm=rhythm.in_words([day for day, _ in visits], counts.typical_gap or 1) if counts and is_regular else "",
        missed=missed,
        no_shows=[row for row in marked if not row.arrived],
        marked=len(marked),
        late=session.scalars(
            select(LateCancellation.starts_at)
            .where(LateCancellation.customer_id == customer_id, LateCancellation.starts_at >= now - NO_SHOWS_COUNT_FOR)
            .order_by(LateCancellation.starts_at.desc())
        ).all(),
    )


def of_customers(session: Session, customer_ids: Collection[UUID]) -> Mapping[UUID, VisitsRow]:
    """The stored visits of these customers, by id; without those who never came. They are counted every night."""
    require(session, Permission.READ)
    query = select(_visits.customer_id, _visits.visits, _visits.last_day)
    rows = session.execute(query.where(_visits.customer_id.in_(list(customer_ids))))
    return {row.customer_id: row for row in rows}


def at_door(session: Session, event_id: UUID, customer_ids: Collection[UUID], *, now: datetime) -> Mapping[UUID, int]:
    """Which visit this event is, or would be, for each of these customers who have seats: 1 for the first. By customer
    id."""
    require(session, Permission.READ)
    event = session.execute(select(_event.starts_at).where(_event.id == event_id)).first()
    zone = venue_of(session).zone
    if event is not None and event.starts_at < clock.start_of_business_day(now, zone):
        return _in_their_order(session, event_id, customer_ids, clock.today(event.starts_at, zone), now=now)
    query = (
        select(_booking.customer_id, _booking.arrived, _visits.visits)
        .outerjoin(CustomerVisits.__table__, _visits.customer_id == _booking.customer_id)
        .where(*_have_seats(event_id, customer_ids))
    )
    return {row.customer_id: (row.visits or 0) + (0 if row.arrived else 1) for row in session.execute(query)}


def _in_their_order(
    session: Session, event_id: UUID, customer_ids: Collection[UUID], day: date, *, now: datetime
) -> Mapping[UUID, int]:
    """As `at_door`, for a past event, after which guests may have come again."""
    ids = session.scalars(select(_booking.customer_id).where(*_have_seats(event_id, customer_ids))).all()
    visits = visits_of(session, ids, now=now)
    return {each: 1 + sum(came < day for came, _seats in visits.get(each, ())) for each in ids}


def _have_seats(event_id: UUID, customer_ids: Collection[UUID]) -> Sequence[ColumnElement[bool]]:
    return _booking.event_id == event_id, _booking.customer_id.in_(customer_ids), _booking.seats > 0


def _marked(session: Session, customer_id: UUID, now: datetime) -> Sequence[MarkedEventRow]:
    """The events of the last year at which the customer was marked, with `arrived`, latest first."""
    query = (
        select(_event.id, _event.name, _event.starts_at, _booking.arrived)
        .join_from(Booking.__table__, Event.__table__, _event.id == _booking.event_id)
        .where(_booking.customer_id == customer_id, _booking.arrived.is_not(None))
        .where(_event.cancelled_at.is_(None), _event.starts_at >= now - NO_SHOWS_COUNT_FOR)
        .order_by(_event.starts_at.desc())
    )
    return session.execute(query).all()
