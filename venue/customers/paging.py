"""The customer list in pages, by keyset pagination: Next and Previous cost the same anywhere in the list, and no
customer is repeated or left out while others are being added.

A page is read in one of two ways. Either rows are read in the list's order until the page is full, which is fast when
many match. Or all matching rows are gathered first, then counted and sorted, which is fast when few match. A search for
words is always gathered: to find a name late in the alphabet, the first way would read almost the whole list.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, null, select, tuple_
from sqlalchemy.orm import Session

from db import search as index
from db import totals
from db.models import Customer
from db.postgresql import PLANNED_EACH_TIME
from db.types import AnyRow, AnySelect
from venue import clock, masking, tags
from venue.customers import booking_status
from venue.customers.booking_status import Booked
from venue.customers.filters import HAS_EMAIL, CustomerFilter, Email, conditions, is_selective
from venue.customers.order import Keys, Order
from venue.fields import conditions as own_fields
from venue.page import Page, count_pages, nearest_page, offset_of
from venue.profile import venue_of
from venue.rows import ListedCustomerRow

# From this offset on, a numbered page is read from the nearer end of the list.
FAR = 10_000

_customers = Customer.__table__.c
# The customer whom a page starts beside.
_neighbour = Customer.__table__.alias("neighbour")


@dataclass(frozen=True)
class CustomerPage(Page[ListedCustomerRow]):
    """A page of the customer list, and whether there are rows before and after it."""

    has_previous: bool = False
    has_next: bool = False


class _Start(NamedTuple):
    """Where a page starts: at a letter, or after or before a customer in ascending order."""

    kind: str
    place: Any

    def reached(self, keys: Keys, order: Order) -> ColumnElement[bool]:
        condition: ColumnElement[bool]
        if self.kind == "letter":
            condition = keys[0] >= self.place
        else:
            row, place = tuple_(*keys), tuple_(*self._keys_of_customer(order))
            condition = row > place if self.kind == "after" else row < place
        return condition

    def _keys_of_customer(self, order: Order) -> list[ColumnElement[Any]]:
        is_this = _neighbour.c.id == self.place
        return [select(key).where(is_this).scalar_subquery() for key in order.keys(_neighbour.c)]


@dataclass
class CustomerList:
    """The customers who match a filter, in an order."""

    session: Session
    where: CustomerFilter
    order: Order
    page_size: int
    _total: int | None = None

    def beside(self, customer_id: UUID, *, forward: bool, page: int | None) -> CustomerPage | None:
        """The page after or before a customer, numbered `page`. None if the customer was deleted."""
        start = _Start("after" if forward != self.order.descending else "before", customer_id)
        rows = self._rows(start, forward=forward, limit=self.page_size + 1)
        if not rows and self.session.scalar(select(_customers.id).where(_customers.id == customer_id)) is None:
            return None
        more = len(rows) > self.page_size
        if forward:
            return self._page(rows, page, has_previous=True, has_next=more)
        return self._page(rows[: self.page_size][::-1], page, has_previous=more, has_next=True)

    def last(self) -> CustomerPage:
        rows = self._rows(forward=False, limit=self.page_size)
        pages = count_pages(self.total, self.page_size)
        rows = rows[: self.total - offset_of(pages, self.page_size)]
        return self._page(rows[::-1], pages, has_previous=pages > 1, has_next=False)

    def numbered(self, page: int) -> CustomerPage:
        page = nearest_page(page, self.total, self.page_size) if page > 1 else 1
        offset = offset_of(page, self.page_size)
        if offset > FAR and offset > self.total // 2:
            rows = self._from_the_end(offset)
        else:
            rows = self._rows(limit=self.page_size + 1, offset=offset)
        return self._page(rows, page, has_previous=page > 1, has_next=offset + self.page_size < self.total)

    def _from_the_end(self, offset: int) -> Sequence[AnyRow]:
        size = min(self.page_size, self.total - offset)
        return self._rows(forward=False, limit=size, offset=self.total - offset - size)[::-1]

    def from_letter(self, letter: str) -> CustomerPage:
        """The page that starts with names from this letter on. It is always sorted by name."""
        by_name = replace(self, order=replace(self.order, sort="name", descending=False))
        rows = by_name._rows(_Start("letter", index.fold(letter)), limit=self.page_size + 1)
        if not rows:
            return by_name.last()
        more = len(rows) > self.page_size
        return by_name._page(rows, None, has_previous=bool(rows[0].preceded), has_next=more)

    @property
    def total(self) -> int:
        """The number of customers who match. Usually the rows of the page included it."""
        if self._total is None:
            self._total = self._count()[0]
        return self._total

    def _page(self, rows: Sequence[AnyRow], page: int | None, *, has_previous: bool, has_next: bool) -> CustomerPage:
        return CustomerPage(rows[: self.page_size], self.total, page, self.page_size, has_previous, has_next)

    def _rows(
        self, start: _Start | None = None, *, forward: bool = True, limit: int, offset: int = 0
    ) -> Sequence[AnyRow]:
        gather = self._is_gathered_first()
        if self._total == 0:
            return []
        query = self._page_query(start, gather=gather, backwards=not forward, limit=limit, offset=offset)
        rows = self.session.execute(self._planned(query)).all()
        if rows and rows[0].total is not None:
            self._total = int(rows[0].total)
        elif not rows and gather and start is None and not offset:
            self._total = 0  # All who match were gathered.
        return rows

    def _is_gathered_first(self) -> bool:
        if self._is_everyone or is_selective(self.where):
            return not self._is_everyone
        self._total, everyone = self._count()
        # If matches are spread evenly, filling a page in order reads about page_size * everyone / total rows. Gathering
        # reads `total` rows: choose whichever is fewer.
        return self._total**2 < self.page_size * everyone

    def _count(self) -> tuple[int, int]:
        """The number of customers who match, and of all customers."""
        matching = _count_where(*self._conditions)
        if self._is_everyone:
            matching = totals.KEPT
        elif self.where == CustomerFilter(tags=self.where.tags):
            matching = tags.counting(self.where.tags, today=self._day)
        elif self.where == CustomerFilter(without_tags=True):
            matching = totals.KEPT - tags.counting_tagged(today=self._day)
        elif self.where == CustomerFilter(own=self.where.own):
            # Their values alone say who they are.
            matching = own_fields.counting(self.session, self.where.own).scalar_subquery()
        elif self.where == CustomerFilter(email=Email.WITHOUT):
            matching = totals.KEPT - _count_where(HAS_EMAIL)
        elif self.where == CustomerFilter(booked=Booked.NONE):
            # Most customers have no booking. Counting those who have one, from an index, is faster.
            booked = [
                booking_status.is_booked(each, self.order.today) for each in (Booked.ACTIVE, Booked.REMINDER_ONLY)
            ]
            matching = totals.KEPT - _count_where(booked[0]) - _count_where(booked[1])
        query = select(matching.label("matching"), totals.KEPT.label("everyone"))
        row = self.session.execute(self._planned(query)).one()
        return int(row.matching), int(row.everyone)

    def _page_query(self, start: _Start | None, *, gather: bool, backwards: bool, limit: int, offset: int) -> AnySelect:
        keys = self.order.keys(_customers)
        matching = self._conditions if gather else self._conditions_in_order
        total: ColumnElement[Any] = totals.KEPT if self._is_everyone else null()
        if gather:
            labelled = [key.label(f"key_{number}") for number, key in enumerate(keys)]
            gathered = select(*labelled).where(*matching).cte("gathered")
            keys, matching = tuple(gathered.c), []
            total = select(func.count()).select_from(gathered).scalar_subquery()
        preceded: ColumnElement[Any] = null()
        if start is not None and start.kind == "letter":
            preceded = select(literal(1)).where(keys[0] < start.place, *matching).correlate(None).exists()
        if start is not None:
            matching = [*matching, start.reached(keys, self.order)]
        columns = *listed_columns(self.session, self.order.today), total.label("total"), preceded.label("preceded")
        # Of gathered customers, and of those before the page, only the keys are read.
        ids_first = gather or offset > 0
        page = select(keys[-1].label("id")) if ids_first else select(*columns)
        page = page.where(*matching).order_by(*self.order.directed(keys, backwards=backwards))
        page = page.limit(limit).offset(offset)
        return self._with_columns(page, columns, backwards=backwards) if ids_first else page

    def _with_columns(self, page: AnySelect, columns: Sequence[ColumnElement[Any]], *, backwards: bool) -> AnySelect:
        """The query for these columns of the customers whose ids `page` returns."""
        on_page = page.subquery("on_page")
        in_order = self.order.directed(self.order.keys(_customers), backwards=backwards)
        return select(*columns).join(on_page, on_page.c.id == _customers.id).order_by(*in_order)

    @functools.cached_property
    def _conditions(self) -> list[ColumnElement[bool]]:
        return conditions(self.session, self.where, today=self.order.today)

    @functools.cached_property
    def _conditions_in_order(self) -> list[ColumnElement[bool]]:
        """As `_conditions`, for reading customers in the list's order until the page is full."""
        if not (self.where.own or self.where.tags or self.where.without_tags):
            return self._conditions
        return conditions(self.session, self.where, today=self.order.today, in_order=True)

    @property
    def _day(self) -> date:
        return clock.today(self.order.today, venue_of(self.session).zone)

    @property
    def _is_everyone(self) -> bool:
        return not self._conditions

    def _planned(self, query: AnySelect) -> AnySelect:
        """The query, planned again for each execution if its values decide which index is best."""
        one_index = self._is_everyone or (is_selective(self.where) and list(self.where.in_use()) == ["words"])
        return query if one_index else query.execution_options(**PLANNED_EACH_TIME)


def listed_columns(session: Session, today: datetime) -> tuple[ColumnElement[Any], ...]:
    """The columns of a row in the list. `today` is the instant at which the venue's day began."""
    return _listed_columns(today, full=masking.sees_numbers(session))


@functools.lru_cache(maxsize=4)
def _listed_columns(today: datetime, *, full: bool) -> tuple[ColumnElement[Any], ...]:
    return (
        _customers.id,
        _customers.first_name,
        _customers.last_name,
        masking.number(_customers.mobile_number, full=full),
        masking.email(_customers.email, full=full),
        masking.free_text(_customers.notes, full=full),
        _customers.version,
        _customers.created_at,
        booking_status.status(today).label("booking_status"),
    )


def _count_where(*matching: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(Customer.__table__).where(*matching).scalar_subquery()
