"""Make, change and delete tags."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import Tag
from db.models.tags import TAG_LENGTH
from venue import acts, concurrent_edits, short_names
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.roles import Permission, require
from venue.tags.find import GONE

COLOURS = ("gray", "red", "orange", "yellow", "green", "blue", "violet")
# They separate the names of several tags in files, and some programs write quotes around each.
SEPARATORS = ';,|"'


@act(Act.TAG_ADDED)
def add(
    session: Session,
    *,
    name: str,
    colour: str = "gray",
    at_door: bool = False,
    form_token: str | None = None,
    now: datetime,
) -> Tag:
    """Add a tag. Raises Invalid, also when there is one with this name in another case.

    A form token that was used before returns the tag it added, so a double tap adds one tag.
    """
    require(session, Permission.FIELDS)
    existing = _added_with(session, form_token)
    if existing is not None:
        return existing
    values = _checked(session, {"name": name, "colour": colour, "at_door": at_door})
    tag = Tag(**values, created_at=now, updated_at=now, form_token=form_token)
    try:
        with session.begin_nested():
            session.add(tag)
    except IntegrityError:
        # Someone else added it at the same moment.
        existing = _added_with(session, form_token)
        if existing is None:
            _refuse_taken(session, values["folded_name"])
            raise
        return existing
    return tag


@act(Act.TAG_CHANGED)
def update(
    session: Session,
    tag_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Tag:
    """Change name, colour or at_door; `version` is the one that was read, and `was` its values. Raises NotFound,
    Invalid, and Conflict when someone else changed the same field."""
    require(session, Permission.FIELDS)
    tag = session.get(Tag, tag_id, populate_existing=True, with_for_update=True)
    if tag is None:
        raise NotFound(GONE)
    acts.details(session, tag_id=str(tag.id))
    values = _checked(session, fields, besides=tag_id)
    typed = {name: value for name, value in values.items() if name in fields}
    changed = concurrent_edits.to_write(tag, typed, version=version, was=was)
    if "name" in changed:
        changed["folded_name"] = values["folded_name"]
    try:
        with session.begin_nested():
            for name, value in changed.items():
                setattr(tag, name, value)
            if changed:
                tag.updated_at = now
    except IntegrityError:
        _refuse_taken(session, values["folded_name"])
        raise
    return tag


@act(Act.TAG_DELETED)
def delete(session: Session, tag_id: UUID, *, now: datetime) -> None:
    """Delete a tag, and take it off all customers. Deleting one that is gone does nothing."""
    require(session, Permission.FIELDS)
    tag = session.get(Tag, tag_id, populate_existing=True, with_for_update=True)
    if tag is None:
        return
    acts.details(session, tag_id=str(tag.id))
    session.delete(tag)
    session.flush()


def _added_with(session: Session, form_token: str | None) -> Tag | None:
    return None if form_token is None else session.scalar(select(Tag).where(Tag.form_token == form_token))


def _checked(session: Session, fields: Mapping[str, Any], *, besides: UUID | None = None) -> dict[str, Any]:
    """The values to store. Raises Invalid with every problem. `besides` is the tag that is changed."""
    values = dict(fields)
    problems: dict[str, str] = {}
    if "name" in fields:
        try:
            values["name"] = short_names.checked(fields["name"], longest=TAG_LENGTH, without=SEPARATORS)
            values["folded_name"] = short_names.folded(values["name"])
            _refuse_taken(session, values["folded_name"], besides)
        except ValueError as problem:
            problems["name"] = str(problem)
        except Invalid as invalid:
            problems |= invalid.problems
    if fields.get("colour", COLOURS[0]) not in COLOURS:
        problems["colour"] = f"Choose a colour: {', '.join(COLOURS)}"
    if problems:
        raise Invalid(**problems)
    return values


def _refuse_taken(session: Session, folded_name: str, besides: UUID | None = None) -> None:
    """Raises Invalid, naming the tag that has this name already."""
    taken = select(Tag.name).where(Tag.folded_name == folded_name)
    if besides is not None:
        taken = taken.where(Tag.id != besides)
    name = session.scalar(taken)
    if name is not None:
        raise Invalid(name=f"There is a tag ‘{name}’ already")
