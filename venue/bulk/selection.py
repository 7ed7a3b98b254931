"""Which customers a bulk act is about, and that it is about those who were counted.

A selection is counted before staff confirm. The act finds the customers again, in its own transaction, and refuses when
they are not the same ones.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from db.models import Customer
from venue import clock
from venue.customers import CustomerFilter
from venue.customers.filters import conditions
from venue.errors import VenueError
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted, full_name

Each = TypeVar("Each")
AT_ONCE = 1_000
# Of those who came or went, this many are named.
MOST_NAMED = 3
ID_BYTES = 16
# One of these is needed to choose; each act then asks for its own.
MAY_CHOOSE = (Permission.CHANGE_MANY, Permission.DELETE, Permission.EXPORT)


@dataclass(frozen=True)
class Matching:
    """All who match the filter but those `without`."""

    where: CustomerFilter
    without: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Selection:
    """The customers with these `ids`, with a `where` all who match it but those `without`, and all `earlier` ones, who
    were selected by other filters."""

    ids: frozenset[UUID] = frozenset()
    where: CustomerFilter | None = None
    without: frozenset[UUID] = frozenset()
    earlier: tuple[Matching, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.ids and not self.matching

    @property
    def matching(self) -> tuple[Matching, ...]:
        """Those selected by a filter, by one filter after another."""
        return self.earlier if self.where is None else (*self.earlier, Matching(self.where, self.without))

    def and_all(self, where: CustomerFilter) -> "Selection":
        """All who match, besides those who are selected already."""
        earlier = tuple(each for each in self.matching if each.where != where)
        return Selection(self.ids, where, earlier=earlier)

    def ticked(self, ids: frozenset[UUID]) -> "Selection":
        return replace(self, ids=self.ids | ids, without=self.without - ids)

    def unticked(self, ids: frozenset[UUID]) -> "Selection":
        without = self.without if self.where is None else self.without | ids
        earlier = tuple(replace(each, without=each.without | ids) for each in self.earlier)
        return Selection(self.ids - ids, self.where, without, earlier)


@dataclass(frozen=True)
class Chosen:
    """A selection, and the customers that it was when they were counted. `packed` are their ids in ascending order,
    each as 16 bytes: a screen keeps a million of them while staff confirm."""

    selection: Selection
    packed: bytes

    @property
    def count(self) -> int:
        return len(self.packed) // ID_BYTES

    @property
    def fingerprint(self) -> str:
        """Differs as soon as other customers are chosen."""
        return hashlib.sha256(self.packed).hexdigest()[:16]

    @property
    def ids(self) -> Iterator[UUID]:
        starts = range(0, len(self.packed), ID_BYTES)
        return (UUID(bytes=self.packed[start : start + ID_BYTES]) for start in starts)


@dataclass(frozen=True)
class Summary:
    """How many customers are selected, how many of them are `in_list`, and which of the rows that it shows."""

    count: int
    in_list: int
    ticked: frozenset[UUID]


class SelectionChanged(VenueError):
    """The selection is no longer the customers who were counted: `more` came and `gone` went. Nothing was done.
    `chosen` are those it is now, for whom staff may confirm again."""

    def __init__(self, chosen: Chosen, *, more: int, gone: int, names: Sequence[str]):
        super().__init__(_what_changed(more, gone, names))
        self.chosen = chosen
        self.more = more
        self.gone = gone


def choose(session: Session, selection: Selection, *, now: datetime) -> Chosen:
    """Count the customers of a selection, and remember who they are."""
    require(session, *MAY_CHOOSE, ask_again=False)
    return Chosen(selection, _packed(session, _query(session, selection, now)))


def summary(
    session: Session, selection: Selection, *, listed: CustomerFilter, rows: Collection[UUID], now: datetime
) -> Summary:
    """What a list with the filter `listed`, which shows these `rows`, says of the selection."""
    require(session, *MAY_CHOOSE, ask_again=False)
    selected = condition(session, selection, now)
    counts = select(func.count()).select_from(Customer)
    count = session.scalars(counts.where(selected)).one()
    in_list = count
    if selection.ids or [each.where for each in selection.matching] != [listed]:
        in_list = session.scalars(counts.where(selected, _matches(session, listed, now))).one()
    ticked = session.scalars(select(Customer.id).where(Customer.id.in_(rows), selected))
    return Summary(count, in_list, frozenset(ticked))


def confirm(session: Session, chosen: Chosen, *, now: datetime) -> list[UUID]:
    """The ids of the customers who were counted, for a bulk act in this transaction. Until it ends they cannot be
    deleted. Raises SelectionChanged if they are not all of the selection any more, or others are."""
    require(session, *MAY_CHOOSE, ask_again=False)
    query = _query(session, chosen.selection, now).with_for_update(of=Customer, read=True, key_share=True)
    packed = _packed(session, query)
    if packed != chosen.packed:
        raise _changed(session, chosen, Chosen(chosen.selection, packed))
    return list(chosen.ids)


def in_parts(each: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """These ids, or rows to insert, some at a time: a statement lists them."""
    return (each[start : start + AT_ONCE] for start in range(0, len(each), AT_ONCE))


def _query(session: Session, selection: Selection, now: datetime) -> Select[UUID]:
    """The ids of the customers in ascending order."""
    return select(Customer.id).where(condition(session, selection, now)).order_by(Customer.id)


def condition(session: Session, selection: Selection, now: datetime) -> ColumnElement[bool]:
    """A SQL condition on Customer: they are of the selection, by the conditions of the list with the same filter."""
    by_filter = [_is_of(session, each, now) for each in selection.matching]
    by_id = [Customer.id.in_(selection.ids)] if selection.ids or not by_filter else []
    return or_(*by_id, *by_filter)


def _is_of(session: Session, matching: Matching, now: datetime) -> ColumnElement[bool]:
    matches = _matches(session, matching.where, now)
    return and_(matches, Customer.id.not_in(matching.without)) if matching.without else matches


def _matches(session: Session, where: CustomerFilter, now: datetime) -> ColumnElement[bool]:
    today = clock.start_of_business_day(now, venue_of(session).zone)
    return and_(true(), *conditions(session, where, today=today))


def _packed(session: Session, query: Select[UUID]) -> bytes:
    return b"".join(customer_id.bytes for customer_id in session.scalars(query))


def _changed(session: Session, before: Chosen, after: Chosen) -> SelectionChanged:
    old, new = set(before.ids), set(after.ids)
    more, gone = new - old, old - new
    named = select(Customer.first_name, Customer.last_name).where(Customer.id.in_(sorted(more or gone)[:MOST_NAMED]))
    names = [full_name(row) for row in session.execute(named.order_by(Customer.sort_key, Customer.id))]
    return SelectionChanged(after, more=len(more), gone=len(gone), names=names)


def _what_changed(more: int, gone: int, names: Sequence[str]) -> str:
    said = []
    listed = f" ({', '.join(names)}{', …' if max(more, gone) > len(names) else ''})" if names else ""
    if more:
        said.append(f"{counted(more, 'customer')} more {'matches' if more == 1 else 'match'} since you looked{listed}")
    if gone:
        which = "" if more else listed
        said.append(f"{counted(gone, 'customer')} no longer {'matches' if gone == 1 else 'match'}{which}")
    return "; ".join(said)
