"""Booking times stored on the customer's row, so that the customer list and its filters need no join.

`active_until` is the latest start among a customer's active bookings, `reminder_until` among the reminder-only ones;
cancelled events do not count. Comparing them with the start of today gives the booking status.
"""

import functools
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnCollection,
    ColumnElement,
    ScalarSelect,
    and_,
    case,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, WaitlistEntry
from db.writes import update_where
from venue.profile import venue_of
from venue.roles import Permission, require

_customers, _bookings, _events = Customer.__table__.c, Booking.__table__.c, Event.__table__.c
Columns = ColumnCollection[str, Any]

# PostgreSQL's FOR NO KEY UPDATE: blocks others who change or lock the row, but not inserts that refer to it.
ROW_LOCK = {"key_share": True}


class Booked(StrEnum):
    """A customer's booking status: what they are booked on from today on."""

    ACTIVE = "active"
    REMINDER_ONLY = "reminder_only"
    NONE = "none"


def refresh(session: Session, customer_ids: Collection[UUID]) -> None:
    """Update the stored booking times of these customers. Call it in the transaction that locked the customers and
    changed their bookings."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    if customer_ids:
        update_where(session, Customer, Customer.id.in_(list(customer_ids)), _latest_starts())


def refresh_event(session: Session, event_id: UUID) -> None:
    """Update the stored booking times of every customer booked on an event that was moved or cancelled."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    update_where(session, Customer, _booked_on(event_id), _latest_starts())


def lock_event_customers(session: Session, event_id: UUID) -> None:
    """Lock every customer booked on an event or waiting for it. Call it before locking other rows, to avoid
    deadlocks."""
    lock_customers_of(session, [event_id])


def lock_customers_of(session: Session, event_ids: Collection[UUID]) -> None:
    """As `lock_event_customers`, of several events at once."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    booked = select(Booking.customer_id).where(Booking.event_id.in_(event_ids))
    waiting = select(WaitlistEntry.customer_id).where(WaitlistEntry.event_id.in_(event_ids))
    lock(session, Customer.id.in_(union(booked, waiting)))


def lock(session: Session, which: ColumnElement[bool]) -> None:
    """Lock customers until the transaction ends.

    Without the lock, a concurrent booking of the same customer could be missing from the booking times that `refresh`
    computes on PostgreSQL.
    """
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.IMPORT)
    if venue_of(session).database.dialect == "sqlite":
        return  # A writing transaction locks the whole SQLite database.
    locked = select(Customer.id).where(which).order_by(Customer.id).with_for_update(key_share=True)
    session.execute(locked).all()


def _booked_on(event_id: UUID) -> ColumnElement[bool]:
    return Customer.id.in_(select(Booking.customer_id).where(Booking.event_id == event_id))


@functools.cache
def _latest_starts() -> dict[str, ScalarSelect[datetime]]:
    return {
        "active_until": _latest_start(_bookings.seats > 0),
        "reminder_until": _latest_start(_bookings.seats == 0),
    }


def _latest_start(which: ColumnElement[bool]) -> ScalarSelect[datetime]:
    starts = (
        select(func.max(_events.starts_at))
        .join_from(Booking.__table__, Event.__table__, _events.id == _bookings.event_id)
        .where(_bookings.customer_id == _customers.id, which, _events.cancelled_at.is_(None))
    )
    return starts.correlate(Customer.__table__).scalar_subquery()


def status(today: datetime) -> ColumnElement[str]:
    """A SQL expression for a customer's booking status. `today` is the instant at which the venue's day began."""
    return case(
        (_customers.active_until >= today, Booked.ACTIVE.value),
        (_customers.reminder_until >= today, Booked.REMINDER_ONLY.value),
        else_=Booked.NONE.value,
    )


def rank(customers: Columns, today: datetime) -> ColumnElement[int]:
    """The booking status as a number to sort by: active first, then reminder only, then none."""
    return case((customers.active_until >= today, 0), (customers.reminder_until >= today, 1), else_=2)


def is_booked(booked: Booked, today: datetime) -> ColumnElement[bool]:
    """A SQL condition: the customer has this booking status."""
    if booked is Booked.ACTIVE:
        return _customers.active_until >= today
    nothing_active = or_(_customers.active_until.is_(None), _customers.active_until < today)
    if booked is Booked.REMINDER_ONLY:
        return and_(_customers.reminder_until >= today, nothing_active)
    return and_(nothing_active, or_(_customers.reminder_until.is_(None), _customers.reminder_until < today))


def drifted(session: Session) -> list[UUID]:
    """The ids of customers whose stored booking times do not match their bookings. There should be none."""
    expected = (
        select(
            Booking.customer_id,
            func.max(case((Booking.seats > 0, Event.starts_at))).label("active_until"),
            func.max(case((Booking.seats == 0, Event.starts_at))).label("reminder_until"),
        )
        .join(Event, Event.id == Booking.event_id)
        .where(Event.cancelled_at.is_(None))
        .group_by(Booking.customer_id)
        .subquery()
    )
    differing = or_(
        Customer.active_until.is_distinct_from(expected.c.active_until),
        Customer.reminder_until.is_distinct_from(expected.c.reminder_until),
    )
    joined = select(Customer.id).outerjoin(expected, expected.c.customer_id == Customer.id)
    return list(session.scalars(joined.where(differing)))
