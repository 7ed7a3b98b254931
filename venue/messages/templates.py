"""The template of each kind of text. Staff can change it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Template
from db.writes import insert_once
from sms import segments, texts
from sms.texts import Kind
from venue import concurrent_edits
from venue.acts import Act, act
from venue.errors import Invalid
from venue.profile import venue_of
from venue.roles import Permission, require


@dataclass(frozen=True)
class CurrentTemplate:
    """The current template of one kind. Version 0 is the default, not stored yet."""

    kind: Kind
    body: str
    version: int


def all_kinds(session: Session) -> list[CurrentTemplate]:
    """The current templates of all kinds that have one, in the order in which a guest gets them."""
    require(session, Permission.READ)
    stored = {row.kind: row for row in session.scalars(select(Template))}
    return [
        CurrentTemplate(kind, stored[kind].body, stored[kind].version)
        if kind in stored
        else CurrentTemplate(kind, body, 0)
        for kind, body in texts.DEFAULT_TEMPLATES.items()
    ]


def bodies(session: Session) -> dict[str, str]:
    """The template of every kind, by kind: read at once, for many texts."""
    require(session, Permission.READ)
    stored = {row.kind: row.body for row in session.scalars(select(Template))}
    return {kind.value: stored.get(kind.value, body) for kind, body in texts.DEFAULT_TEMPLATES.items()}


def body_of(session: Session, kind: Kind) -> str:
    """The current template of one kind, as text."""
    stored = session.get(Template, kind.value)
    return stored.body if stored else texts.DEFAULT_TEMPLATES[kind]


def default_body(kind: Kind) -> str:
    """The default template of one kind, as text."""
    return texts.DEFAULT_TEMPLATES[kind]


@act(Act.TEMPLATE_CHANGED)
def save(session: Session, kind: Kind, *, body: str, version: int, now: datetime) -> CurrentTemplate:
    """Save a template. Raises Invalid(body=…) for a template with an error, and Conflict if it is no longer that
    version and someone else saved another text."""
    require(session, Permission.TEMPLATES)
    kind = Kind(kind)
    body = segments.straighten(body).strip()
    venue = venue_of(session)
    problems = texts.check(body, variables=texts.variables_of(kind), venue_name=venue.name, venue_phone=venue.phone)
    if problems:
        raise Invalid(body=" ".join(problems))
    add_missing(session, now=now)
    template = session.get_one(Template, kind.value, with_for_update=True)
    # A default that was read as version 0 is stored as version 1.
    if concurrent_edits.to_write(template, {"body": body}, version=version or 1):
        template.body = body
        template.updated_at = now
    session.flush()
    return CurrentTemplate(kind, template.body, template.version)


@act(Act.TEMPLATES_ADDED)
def add_missing(session: Session, *, now: datetime) -> None:
    """Store the default template of every kind that has none stored."""
    require(session, Permission.TEMPLATES)
    rows = [
        {"kind": kind.value, "body": body, "version": 1, "updated_at": now}
        for kind, body in texts.DEFAULT_TEMPLATES.items()
    ]
    insert_once(session, Template, rows)
