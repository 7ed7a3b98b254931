"""The list of customers: search, filters, order and pages.

Pages are found by key: the page after a customer costs the same wherever in the list it is, and nobody is shown twice
or passed over while others are being added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from db import search as index
from db import totals
from db.models import Booking, Customer, PhoneNumber
from db.types import AnyRow, AnySelect
from venue import booking_state, clock
from venue.booking_state import Booked
from venue.house import house_of
from venue.staff import Permission, require

PAGE_SIZES = (25, 50, 100)

# Each ends with the id, so that no two customers are at the same place.
ORDERS: dict[str, tuple[Any, ...]] = {
    "name": (Customer.sort_key, Customer.id),
    "first_name": (func.lower(Customer.first_name), Customer.id),
    "mobile_number": (Customer.mobile_number, Customer.id),
    "created_at": (Customer.created_at, Customer.id),
}


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and how many there are in all. `page` is empty where a jump to a letter led."""

    rows: Sequence[AnyRow]
    total: int
    page: int | None
    page_size: int
    has_previous: bool = False
    has_next: bool = False

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
    page: int | None = 1,
    after: UUID | None = None,
    before: UUID | None = None,
    last: bool = False,
    letter: str = "",
    page_size: int = 50,
    now: datetime | None = None,
) -> Page:
    """A page of the customers who match; the dates are the venue's, both included.

    The page is the one `after` or `before` a customer, the `last`, the one where names from a `letter` on begin, or
    else the one with that number; `page` is then what the page found is numbered. Rows have id, first_name,
    last_name, mobile_number, notes, version, created_at and booking_status.
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
    total = _total(session, conditions)
    listed = _Listed(columns(session, now).where(*conditions), ORDERS.get(sort, ORDERS["name"]), descending, page_size)
    if letter:
        return listed.from_letter(session, letter, total)
    if last:
        return listed.last(session, total)
    for beside, forward in ((after, True), (before, False)):
        place = listed.place_of(session, beside) if beside else None
        if place is not None:
            return listed.beside(session, place, forward=forward, total=total, page=page)
    return listed.numbered(session, page or 1, total)


@dataclass(frozen=True)
class _Listed:
    """A list in its order, cut into pages."""

    query: AnySelect
    keys: tuple[Any, ...]
    descending: bool
    page_size: int

    def place_of(self, session: Session, customer_id: UUID) -> tuple[Any, ...] | None:
        """Where in the order a customer stands; nowhere when they were deleted meanwhile."""
        row = session.execute(select(*self.keys).where(Customer.id == customer_id)).first()
        return tuple(row) if row else None

    def beside(self, session: Session, place: tuple[Any, ...], *, forward: bool, total: int, page: int | None) -> Page:
        rows = self._rows(session, self._beyond(place, forward), forward, self.page_size + 1)
        more, rows = len(rows) > self.page_size, rows[: self.page_size]
        if forward:
            return Page(rows, total, page, self.page_size, has_previous=True, has_next=more)
        return Page(rows[::-1], total, page, self.page_size, has_previous=more, has_next=True)

    def last(self, session: Session, total: int) -> Page:
        rows = self._rows(session, None, False, (total - 1) % self.page_size + 1 if total else 1)[::-1]
        pages = max(1, -(-total // self.page_size))
        return Page(rows, total, pages, self.page_size, has_previous=pages > 1, has_next=False)

    def numbered(self, session: Session, page: int, total: int) -> Page:
        page = min(max(1, page), max(1, -(-total // self.page_size)))
        rows = self._rows(session, None, True, self.page_size, offset=(page - 1) * self.page_size)
        more = page * self.page_size < total
        return Page(rows, total, page, self.page_size, has_previous=page > 1, has_next=more)

    def from_letter(self, session: Session, letter: str, total: int) -> Page:
        from_there = Customer.sort_key >= index.fold(letter)
        by_name = _Listed(self.query, ORDERS["name"], False, self.page_size)
        rows = by_name._rows(session, from_there, True, self.page_size + 1)
        if not rows:
            return by_name.last(session, total)
        more, rows = len(rows) > self.page_size, rows[: self.page_size]
        return Page(rows, total, None, self.page_size, has_previous=len(rows) < total, has_next=more)

    def _beyond(self, place: tuple[Any, ...], forward: bool) -> ColumnElement[bool]:
        here = tuple_(*self.keys)
        return here > place if forward != self.descending else here < place

    def _rows(
        self, session: Session, condition: ColumnElement[bool] | None, forward: bool, limit: int, offset: int = 0
    ) -> Sequence[AnyRow]:
        query = self.query if condition is None else self.query.where(condition)
        backwards = self.descending if forward else not self.descending
        query = query.order_by(*(key.desc() if backwards else key for key in self.keys)).limit(limit)
        return session.execute(query.offset(offset) if offset else query).all()


def _total(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    if not conditions:
        return totals.customers(session)
    return session.scalar(select(func.count()).select_from(Customer).where(*conditions)) or 0


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
    """What the list is ordered by, ending with the id."""
    keys = ORDERS.get(sort, ORDERS["name"])
    return [key.desc() for key in keys] if descending else list(keys)


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
