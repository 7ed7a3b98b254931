"""The list of customers: search, filters, order and pages.

Pages are found by key: the page after a customer costs the same wherever in the list it is, and nobody is shown twice
or passed over while others are being added. Each kind of question is put into SQL once and asked with new values.

A page is read in one of two ways. In the order of the list, until it is full: right when many match. Or all who match
are gathered once, then counted and sorted: right when few do, and for words, since a name that comes late in the
alphabet would be looked for through the whole list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, case, func, literal, null, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.util import ClauseAdapter

from db import search as index
from db import totals
from db.models import Booking, Customer, PhoneNumber
from db.session import PLANNED_EACH_TIME
from db.types import AnyRow, AnySelect, FirstNameKey, Id, Instant
from venue import clock
from venue.customers import booking_status
from venue.customers.booking_status import Booked
from venue.customers.filters import CustomerFilter, merged
from venue.messages import numbers
from venue.page import Page, count_pages, nearest_page, offset_of
from venue.profile import venue_of
from venue.roles import Permission, require

# From here on a numbered page is found from whichever end of the list is nearer.
FAR = 10_000

_customers = Customer.__table__.c

# Each ends with the id, so that no two customers are at the same place.
ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "name": (_customers.sort_key, _customers.id),
    "first_name": (FirstNameKey(_customers.sort_key), _customers.sort_key, _customers.id),
    "mobile_number": (_customers.mobile_number, _customers.id),
    "created_at": (_customers.created_at, _customers.id),
    # By what has no index, since today is in it or hardly anybody asks: all who match are looked at.
    "bookings": (booking_status.rank(bindparam("today", type_=Instant())), _customers.sort_key, _customers.id),
    "notes": (case((_customers.notes == "", 1), else_=0), func.lower(_customers.notes), _customers.id),
}


@dataclass(frozen=True)
class CustomerPage(Page[AnyRow]):
    """Some rows of the list of customers, and whether there are others before and after them."""

    has_previous: bool = False
    has_next: bool = False


def search(
    session: Session,
    words: str = "",
    *,
    where: CustomerFilter | None = None,
    sort: str = "name",
    descending: bool = False,
    page: int | None = 1,
    after: UUID | None = None,
    before: UUID | None = None,
    last: bool = False,
    letter: str = "",
    page_size: int = 50,
    now: datetime | None = None,
    **filters: Any,
) -> CustomerPage:
    """A page of the customers who match `where`; its fields may be given as arguments too.

    The page is the one `after` or `before` a customer, the `last`, the one where names from a `letter` on begin, or
    else the one with that number; `page` is then what the page found is numbered. Rows have id, first_name,
    last_name, mobile_number, notes, version, created_at and booking_status.
    """
    require(session, Permission.READ)
    asked, values = _asked(session, merged(where, words, filters), now=now or clock.now())
    listed = _Listed(session, asked, values, sort if sort in ORDERS else "name", descending, page_size)
    if letter:
        return listed.from_letter(letter)
    if last:
        return listed.last()
    for customer_id, forward in ((after, True), (before, False)):
        found = listed.beside(customer_id, forward=forward, page=page) if customer_id else None
        if found is not None:
            return found
    return listed.numbered(page or 1)


def every(
    session: Session,
    words: str = "",
    *,
    where: CustomerFilter | None = None,
    now: datetime,
    sort: str = "name",
    descending: bool = False,
    **filters: Any,
) -> tuple[AnySelect, dict[str, Any]]:
    """The query, and its values, for all who match, in the list's order: for a program that reads them as a stream."""
    require(session, Permission.READ)
    asked, values = _asked(session, merged(where, words, filters), now=now)
    way = _Way(sort if sort in ORDERS else "name", descending)
    query = select(*_columns()).where(*_conditions(asked))
    return query.order_by(*_directed(ORDERS[way.sort], way)), values


@dataclass(frozen=True)
class _Asked:
    """What is asked for, but for the values: search words and filters, by name."""

    words: tuple[str, ...] = ()
    booked: Booked | None = None
    filters: tuple[str, ...] = ()
    few: bool = False

    @property
    def everyone(self) -> bool:
        return self == _Asked()

    @property
    def one_way(self) -> bool:
        """Whether the same index leads there whatever the values are."""
        return self.everyone or self == _Asked(self.words, few=True)


@dataclass(frozen=True)
class _Way:
    """How a page is read: in which order, from where, and whether all who match are gathered first."""

    sort: str
    backwards: bool
    start: str = ""
    far: bool = False
    gathered: bool = False


@dataclass
class _Listed:
    """A list in its order, cut into pages."""

    session: Session
    asked: _Asked
    values: dict[str, Any]
    sort: str
    descending: bool
    page_size: int
    _total: int | None = None

    def beside(self, customer_id: UUID, *, forward: bool, page: int | None) -> CustomerPage | None:
        """The page after or before a customer; none when they were deleted meanwhile."""
        start = "after" if forward != self.descending else "before"
        rows = self._rows(start, {"beside": customer_id}, forward=forward, limit=self.page_size + 1)
        if not rows and self.session.scalar(_IS_THERE, {"beside": customer_id}) is None:
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
        by_name = replace(self, sort="name", descending=False)
        rows = by_name._rows("letter", {"letter": index.fold(letter)}, limit=self.page_size + 1)
        if not rows:
            return by_name.last()
        more = len(rows) > self.page_size
        return by_name._page(rows, None, has_previous=bool(rows[0].preceded), has_next=more)

    def _page(self, rows: Sequence[AnyRow], page: int | None, *, has_previous: bool, has_next: bool) -> CustomerPage:
        return CustomerPage(rows[: self.page_size], self.total, page, self.page_size, has_previous, has_next)

    def _rows(
        self,
        start: str = "",
        place: dict[str, Any] | None = None,
        *,
        forward: bool = True,
        limit: int,
        offset: int = 0,
    ) -> Sequence[AnyRow]:
        gathered = self._to_be_gathered()
        if self._total == 0:
            return []
        way = _Way(self.sort, forward == self.descending, start, far=offset > 0, gathered=gathered)
        values = {**self.values, **(place or {}), "limit": limit, "offset": offset}
        rows = self.session.execute(_page_of(self.asked, way), values).all()
        if rows and rows[0].total is not None:
            self._total = int(rows[0].total)
        return rows

    def _to_be_gathered(self) -> bool:
        if self.asked.everyone or self.asked.few:
            return self.asked.few
        everyone = self._count().everyone
        # In order, so many rows are looked at before a page is full; gathering looks at all who match.
        return bool(self.total**2 < self.page_size * everyone)

    @property
    def total(self) -> int:
        """How many there are in all: the rows have said so, unless none came."""
        if self._total is None:
            self._count()
        return self._total or 0

    def _count(self) -> AnyRow:
        counted = self.session.execute(_counts(self.asked), self.values).one()
        self._total = int(counted.matching)
        return counted


# The questions in SQL: few kinds, each made once


@lru_cache(maxsize=1_000)
def _page_of(asked: _Asked, way: _Way) -> AnySelect:
    return _planned(asked, _page_in_sql(asked, way))


def _planned(asked: _Asked, query: AnySelect) -> AnySelect:
    """With one plan for all values, unless more than one index could lead there: which is best then depends on them."""
    return query if asked.one_way else query.execution_options(**PLANNED_EACH_TIME)


def _page_in_sql(asked: _Asked, way: _Way) -> AnySelect:
    keys, conditions = ORDERS[way.sort], _conditions(asked)
    if way.gathered:
        found = select(*(key.label(f"key_{number}") for number, key in enumerate(keys))).where(*conditions).cte("found")
        total = select(func.count()).select_from(found).scalar_subquery()
        return _joined(_shown(total, _preceded(way, found.c.key_0)), select().select_from(found), tuple(found.c), way)
    kept: ColumnElement[Any] = totals.KEPT if asked.everyone else null()
    shown = _shown(kept, _preceded(way, keys[0], *conditions))
    if way.far:
        return _joined(shown, select().where(*conditions), keys, way)
    return _ordered(shown.where(*conditions), way, keys)


def _joined(shown: AnySelect, chosen: AnySelect, keys: tuple[ColumnElement[Any], ...], way: _Way) -> AnySelect:
    """Which customers are on the page is found from the keys alone; only they are then read."""
    page = _ordered(chosen.add_columns(keys[-1].label("id")), way, keys)
    on_page = (page.offset(_whole("offset")) if way.far else page).subquery("page")
    return shown.join(on_page, on_page.c.id == _customers.id).order_by(*_directed(ORDERS[way.sort], way))


def _ordered(query: AnySelect, way: _Way, keys: tuple[ColumnElement[Any], ...]) -> AnySelect:
    """From where on, in which order, how many."""
    if way.start == "letter":
        query = query.where(keys[0] >= _letter())
    elif way.start:
        here, place = tuple_(*keys), tuple_(*_place(way.sort))
        query = query.where(here > place if way.start == "after" else here < place)
    return query.order_by(*_directed(keys, way)).limit(_whole("limit"))


def _preceded(way: _Way, key: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """Whether anybody comes before a letter."""
    if way.start != "letter":
        return null()
    return select(literal(1)).where(key < _letter(), *conditions).correlate(None).exists()


def _letter() -> BindParameter[str]:
    return bindparam("letter", type_=_customers.sort_key.type)


def _directed(keys: tuple[ColumnElement[Any], ...], way: _Way) -> list[ColumnElement[Any]]:
    return [key.desc() if way.backwards else key for key in keys]


def _shown(total: ColumnElement[Any], preceded: ColumnElement[Any]) -> AnySelect:
    return select(*_columns(), total.label("total"), preceded.label("preceded"))


@lru_cache(maxsize=1_000)
def _counts(asked: _Asked) -> AnySelect:
    """How many match, and how many customers there are."""
    matching: ColumnElement[int] = _counted(*_conditions(asked))
    if asked.everyone:
        matching = totals.KEPT
    elif asked == _Asked(booked=Booked.NONE):
        # Whoever has nothing coming is everybody else, and those who have are fewer, counted from an index.
        active, reminded = (_conditions(_Asked(booked=each)) for each in (Booked.ACTIVE, Booked.REMINDER_ONLY))
        matching = totals.KEPT - _counted(*active) - _counted(*reminded)
    return _planned(asked, select(matching.label("matching"), totals.KEPT.label("everyone")))


def _place(sort: str) -> list[ColumnElement[Any]]:
    """Where in the order a customer stands."""
    them = Customer.__table__.alias("them")
    beside = bindparam("beside", type_=Id())
    keys = [ClauseAdapter(them).traverse(key) for key in ORDERS[sort][:-1]]
    return [*(select(key).where(them.c.id == beside).scalar_subquery() for key in keys), beside]


_IS_THERE = select(_customers.id).where(_customers.id == bindparam("beside", type_=Id()))


def _conditions(asked: _Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.words:
        conditions.append(index.condition(asked.words))
    if asked.booked:
        conditions.append(booking_status.is_booked(asked.booked, _instant("today")))
    return conditions + [_FILTERS[name] for name in asked.filters]


def _counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(Customer.__table__).where(*conditions).scalar_subquery()


def _instant(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Instant())


def _whole(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer())


_NO_TEXTS = select(PhoneNumber.__table__.c.mobile_number).where(numbers.is_blocked())
_BOOKED_ON = select(Booking.__table__.c.customer_id).where(
    Booking.__table__.c.event_id == bindparam("event_id", type_=Id())
)
_FILTERS: dict[str, ColumnElement[bool]] = {
    "event_id": _customers.id.in_(_BOOKED_ON),
    "created_from": _customers.created_at >= _instant("created_from"),
    "created_to": _customers.created_at < _instant("created_to"),
    "cannot_text": _customers.mobile_number.in_(_NO_TEXTS),
}
# Whoever these find are few beside everybody.
_FEW = {"event_id", "cannot_text"}


def _columns() -> list[ColumnElement[Any]]:
    return [
        _customers.id,
        _customers.first_name,
        _customers.last_name,
        _customers.mobile_number,
        _customers.notes,
        _customers.version,
        _customers.created_at,
        booking_status.status(_instant("today")).label("booking_status"),
    ]


def _asked(session: Session, where: CustomerFilter, *, now: datetime) -> tuple[_Asked, dict[str, Any]]:
    """What is asked for, and the values of it."""
    venue = venue_of(session)
    values: dict[str, Any] = {"today": clock.start_of_today(now, venue.zone)}
    if where.event_id is not None:
        values["event_id"] = where.event_id
    if where.created_from is not None:
        values["created_from"] = clock.start_of(where.created_from, venue.zone)
    if where.created_to is not None:
        values["created_to"] = clock.day_bounds(where.created_to, venue.zone)[1]
    filters = [name for name in _FILTERS if name in values] + ["cannot_text"] * where.cannot_text
    wanted = index.Wanted(where.words, venue.database.dialect)
    few = wanted.indexed or not _FEW.isdisjoint(filters)
    asked = _Asked(wanted.names, Booked(where.booked) if where.booked is not None else None, tuple(filters), few)
    return asked, {**values, **wanted.values}
