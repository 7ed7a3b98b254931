"""Find saved views: the own ones and the shared ones, and how many customers match those on Today."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.models import SavedView
from db.types import AnyRow
from venue import customers, short_names
from venue.customers.filters import CustomerFilter
from venue.errors import Invalid, NotFound
from venue.roles import Permission, require
from venue.views import parts

GONE = "This view no longer exists."


@dataclass(frozen=True)
class ViewRow:
    """A view of the list of views. `query` are its query parameters in the address of the customer list."""

    id: UUID
    name: str
    is_shared: bool
    on_today: bool
    query: Mapping[str, str]
    columns: tuple[str, ...]
    version: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True)
class View:
    """A view with all that it holds. `sort` is one of SORTS."""

    row: ViewRow
    where: CustomerFilter
    sort: str


@dataclass(frozen=True)
class Watched:
    """A view on Today: how many customers match, or why that cannot be said."""

    row: ViewRow
    count: int = 0
    problem: str = ""


def listed(session: Session) -> Sequence[ViewRow]:
    """The actor's own views, then the shared ones, each by name; also outdated ones. Programs have none of their
    own."""
    staff_id = require(session, Permission.READ).staff_id
    shared_last = SavedView.owner_id.is_(None)
    query = select(SavedView.__table__).where(visible(staff_id))
    rows = session.execute(query.order_by(shared_last, SavedView.folded_name, SavedView.id))
    return [_row(row) for row in rows]


def get(session: Session, view_id: UUID) -> ViewRow:
    """One view. Raises NotFound, also for one of someone else's own."""
    staff_id = require(session, Permission.READ).staff_id
    query = select(SavedView.__table__).where(SavedView.id == view_id, visible(staff_id))
    row = session.execute(query).first()
    if row is None:
        raise NotFound(GONE)
    return _row(row)


def opened(session: Session, view_id: UUID) -> View:
    """One view with its filter and order. Raises NotFound, and Invalid with a sentence for each part that is outdated,
    by the name of the filter's field."""
    require(session, Permission.READ)
    return _opened(session, get(session, view_id))


def named(session: Session, name: str) -> View:
    """The view with this name, whatever its case and accents; an own one before a shared one. Raises NotFound, and
    Invalid as `opened`."""
    require(session, Permission.READ)
    return _opened(session, named_row(session, name))


def named_row(session: Session, name: str) -> ViewRow:
    """As `named`, also when it is outdated. Raises NotFound."""
    require(session, Permission.READ)
    key = short_names.folded(name)
    row = next((row for row in listed(session) if short_names.folded(row.name) == key), None)
    if row is None:
        raise NotFound("There is no view with this name.")
    return row


def watched(session: Session, *, now: datetime) -> Sequence[Watched]:
    """The views on Today, each with the total that its list has."""
    require(session, Permission.READ)
    return [_watched(session, row, now) for row in listed(session) if row.on_today]


def visible(staff_id: UUID | None) -> ColumnElement[bool]:
    """The condition that a view is shared, or this member of staff's own."""
    is_shared = SavedView.owner_id.is_(None)
    return is_shared if staff_id is None else or_(is_shared, SavedView.owner_id == staff_id)


def _watched(session: Session, row: ViewRow, now: datetime) -> Watched:
    try:
        view = _opened(session, row)
    except Invalid as invalid:
        return Watched(row, problem=next(iter(invalid.problems.values())))
    return Watched(row, customers.search(session, where=view.where, page_size=1, now=now).total)


def _opened(session: Session, row: ViewRow) -> View:
    found = parts.read(session, row.query)
    return View(row, found.where, found.sort)


def _row(row: AnyRow) -> ViewRow:
    return ViewRow(
        id=row.id,
        name=row.name,
        is_shared=row.owner_id is None,
        on_today=row.on_today,
        query=json.loads(row.query),
        columns=tuple(json.loads(row.columns)),
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
