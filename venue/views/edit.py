"""Save, change and delete views of the customer list. Looking at a view never changes it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import SavedView
from db.models.views import VIEW_NAME_LENGTH
from venue import concurrent_edits, short_names
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.roles import Actor, Permission, require
from venue.views import parts
from venue.views.find import GONE, visible

# Each is counted whenever Today is opened.
MOST_ON_TODAY = 20


@act(Act.VIEW_SAVED)
def save(
    session: Session,
    *,
    name: str,
    query: Mapping[str, str],
    columns: Sequence[str] = (),
    shared: bool = False,
    on_today: bool = False,
    form_token: str | None = None,
    now: datetime,
) -> SavedView:
    """Save a view: the query parameters of the list, without its page, and the names of its columns. Shared ones are
    for all staff. Raises Invalid, also when the name is taken among the own or the shared views.

    A form token that was used before returns the view it saved, so a double tap saves one view.
    """
    actor = require(session, Permission.SHARED_VIEWS if shared else Permission.READ)
    if not shared and actor.staff_id is None:
        raise Invalid(shared="Only staff have views of their own: save a shared one")
    existing = _saved_with(session, form_token)
    if existing is not None:
        return existing
    owner_id = None if shared else actor.staff_id
    given = {"name": name, "query": query, "columns": columns, "on_today": on_today}
    values = _checked(session, given, owner_id)
    view = SavedView(
        **values, owner_id=owner_id, created_at=now, updated_at=now, updated_by=actor.name, form_token=form_token
    )
    try:
        with session.begin_nested():
            session.add(view)
    except IntegrityError:
        # Saved by another request at the same moment.
        existing = _saved_with(session, form_token)
        if existing is None:
            _refuse_taken(session, values["folded_name"], owner_id)
            raise
        return existing
    return view


@act(Act.VIEW_CHANGED)
def update(
    session: Session,
    view_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    **fields: Any,
) -> SavedView:
    """Change name, query, columns or on_today; `version` is the one that was read, and `was` its values. Raises
    NotFound, Invalid, and Conflict when someone else changed the same since."""
    view = _locked(session, view_id)
    values = _checked(session, fields, view.owner_id, besides=view)
    before = {name: _stored(name, value) for name, value in (was or {}).items()} if was is not None else None
    typed = {name: values[name] for name in fields}
    changed = concurrent_edits.to_write(view, typed, version=version, was=before)
    if not changed:
        return view
    if "name" in changed:
        changed["folded_name"] = values["folded_name"]
    try:
        with session.begin_nested():
            for name, value in changed.items():
                setattr(view, name, value)
            view.updated_at, view.updated_by = now, _actor(session).name
    except IntegrityError:
        _refuse_taken(session, values["folded_name"], view.owner_id, besides=view)
        raise
    return view


@act(Act.VIEW_DELETED)
def delete(session: Session, view_id: UUID, *, now: datetime) -> None:
    """Delete a view. Deleting one that is gone does nothing."""
    require(session, Permission.READ)
    try:
        view = _locked(session, view_id)
    except NotFound:
        return
    session.delete(view)
    session.flush()


def _locked(session: Session, view_id: UUID) -> SavedView:
    """An own view, or a shared one if the actor may change it. Raises NotFound."""
    actor = _actor(session)
    query = select(SavedView).where(SavedView.id == view_id, visible(actor.staff_id))
    view = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if view is None:
        raise NotFound(GONE)
    if view.owner_id is None:
        require(session, Permission.SHARED_VIEWS)
    return view


def _actor(session: Session) -> Actor:
    return require(session, Permission.READ)


def _saved_with(session: Session, form_token: str | None) -> SavedView | None:
    return None if form_token is None else session.scalar(select(SavedView).where(SavedView.form_token == form_token))


def _checked(
    session: Session, fields: Mapping[str, Any], owner_id: UUID | None, *, besides: SavedView | None = None
) -> dict[str, Any]:
    """The values to store. Raises Invalid with every problem. `besides` is the view that is changed."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    if "name" in fields:
        try:
            values["name"] = short_names.checked(fields["name"], longest=VIEW_NAME_LENGTH)
            values["folded_name"] = short_names.folded(values["name"])
            _refuse_taken(session, values["folded_name"], owner_id, besides=besides)
        except ValueError as problem:
            problems["name"] = str(problem)
        except Invalid as invalid:
            problems |= invalid.problems
    if "query" in fields:
        try:
            values["query"] = _stored("query", parts.read(session, fields["query"]).to_query())
        except Invalid as invalid:
            problems["query"] = str(invalid)
    if "columns" in fields:
        values["columns"] = _stored("columns", fields["columns"])
    if "on_today" in fields:
        values["on_today"] = bool(fields["on_today"])
        if values["on_today"] and not (besides and besides.on_today) and _count_on_today(session) >= MOST_ON_TODAY:
            problems["on_today"] = f"Today shows {MOST_ON_TODAY} views already. Take another one off first"
    if problems:
        raise Invalid(**problems)
    return values


def _stored(name: str, value: Any) -> Any:
    if name == "columns":
        return json.dumps(list(value))
    return json.dumps(dict(value), ensure_ascii=False) if name == "query" else value


def _count_on_today(session: Session) -> int:
    """Of the views that this member of staff sees."""
    on_today = select(func.count()).select_from(SavedView).where(SavedView.on_today, visible(_actor(session).staff_id))
    return session.scalar(on_today) or 0


def _refuse_taken(
    session: Session, folded_name: str, owner_id: UUID | None, *, besides: SavedView | None = None
) -> None:
    """Raises Invalid, naming the view that has this name already."""
    among = SavedView.owner_id.is_(None) if owner_id is None else SavedView.owner_id == owner_id
    taken = select(SavedView.name).where(SavedView.folded_name == folded_name, among)
    if besides is not None:
        taken = taken.where(SavedView.id != besides.id)
    name = session.scalar(taken)
    if name is not None:
        whose = "a shared view" if owner_id is None else "a view of yours"
        raise Invalid(name=f"There is {whose} ‘{name}’ already")
