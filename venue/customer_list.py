"""The list of customers: search, filters, order and pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from db import search as index
from db.models import Booking, Customer, PhoneNumber
from db.types import AnyRow, AnySelect
from venue import booking_state, clock
from venue.booking_state import Booked
from venue.house import house_of
from venue.staff import Permission, require

PAGE_SIZES = (25, 50, 100)

ORDERS: dict[str, Any] = {
    "name": Customer.sort_key,
    "first_name": Customer.first_name,
    "mobile_number": Customer.mobile_number,
    "created_at": Customer.created_at,
}


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and how many there are in all."""

    rows: Sequence[AnyRow]
    total: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))


def search(
    session: Session,
    words: str = "",
    *,
    booked: Booked | None = None,
    event_id: UUID | None = None,
    created_from: date | None = None,
    created_to: date | None = None,
    cannot_text: bool = False,
    sort: str = "name",
    descending: bool = False,
    page: int = 1,
    page_size: int = 50,
    now: datetime | None = None,
) -> Page:
    """A page of the customers who match; the dates are the venue's, both included.

    Rows have id, first_name, last_name, mobile_number, notes, version, created_at and booking_status.
    """
    require(session, Permission.READ)
    now = now or clock.now()
    conditions = matching(
        session,
        words,
        booked=booked,
        event_id=event_id,
        created_from=created_from,
        created_to=created_to,
        cannot_text=cannot_text,
        now=now,
    )
    total = session.scalar(select(func.count()).select_from(Customer).where(*conditions)) or 0
    page = min(max(1, page), max(1, -(-total // page_size)))
    rows = session.execute(
        columns(session, now)
        .where(*conditions)
        .order_by(*order(sort, descending))
        .limit(page_size)
        .offset((page - 1) * page_size)
    ).all()
    return Page(rows, total, page, page_size)


def columns(session: Session, now: datetime) -> AnySelect:
    """What a row of the list shows."""
    today = clock.start_of_today(now, house_of(session).zone)
    return select(
        Customer.id,
        Customer.first_name,
        Customer.last_name,
        Customer.mobile_number,
        Customer.notes,
        Customer.version,
        Customer.created_at,
        booking_state.status(today).label("booking_status"),
    )


def order(sort: str, descending: bool) -> list[Any]:
    """By the column, then by name and id, so that the order is always the same."""
    by = ORDERS.get(sort, Customer.sort_key)
    keys = [by, Customer.id] if by is Customer.sort_key else [by, Customer.sort_key, Customer.id]
    return [key.desc() for key in keys] if descending else keys


def matching(
    session: Session,
    words: str,
    *,
    booked: Booked | None,
    event_id: UUID | None,
    created_from: date | None,
    created_to: date | None,
    cannot_text: bool,
    now: datetime,
) -> list[ColumnElement[bool]]:
    """The conditions that search and filters make, all of which must hold."""
    house = house_of(session)
    conditions: list[ColumnElement[bool]] = []
    if words.strip():
        conditions.append(index.matches(words, house.database.dialect))
    if booked is not None:
        conditions.append(booking_state.is_booked(Booked(booked), clock.start_of_today(now, house.zone)))
    if event_id is not None:
        conditions.append(Customer.id.in_(select(Booking.customer_id).where(Booking.event_id == event_id)))
    if created_from is not None:
        conditions.append(Customer.created_at >= clock.start_of(created_from, house.zone))
    if created_to is not None:
        conditions.append(Customer.created_at < clock.day_bounds(created_to, house.zone)[1])
    if cannot_text:
        conditions.append(Customer.mobile_number.in_(_numbers_texts_cannot_reach()))
    return conditions


def _numbers_texts_cannot_reach() -> AnySelect:
    return select(PhoneNumber.mobile_number).where(
        or_(PhoneNumber.opted_out_at.is_not(None), PhoneNumber.unreachable_code.is_not(None))
    )
