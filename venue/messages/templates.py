"""The words of each kind of text, kept in the database and changed on a page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Template
from db.writes import insert_once
from sms import segments, texts
from sms.texts import Kind
from venue.errors import Conflict, Invalid
from venue.profile import venue_of
from venue.roles import Permission, require


@dataclass(frozen=True)
class Words:
    """The words of one kind as they stand; version 0 is the venue's own, not yet stored."""

    kind: Kind
    body: str
    version: int


def all_kinds(session: Session) -> list[Words]:
    """The words of every kind that has some, in the order of a booking's life."""
    require(session, Permission.READ)
    stored = {row.kind: row for row in session.scalars(select(Template))}
    return [
        Words(kind, stored[kind].body, stored[kind].version) if kind in stored else Words(kind, body, 0)
        for kind, body in texts.DEFAULT_TEMPLATES.items()
    ]


def bodies(session: Session) -> dict[str, str]:
    """The template of every kind, by kind: read at once, for many texts."""
    require(session, Permission.READ)
    stored = {row.kind: row.body for row in session.scalars(select(Template))}
    return {kind.value: stored.get(kind.value, body) for kind, body in texts.DEFAULT_TEMPLATES.items()}


def body_of(session: Session, kind: Kind) -> str:
    """The template of one kind."""
    stored = session.get(Template, kind.value)
    return stored.body if stored else texts.DEFAULT_TEMPLATES[kind]


def own_words(kind: Kind) -> str:
    """The venue's own words of a kind, whatever has been made of them since."""
    return texts.DEFAULT_TEMPLATES[kind]


def save(session: Session, kind: Kind, *, body: str, version: int, now: datetime) -> Words:
    """Keep new words. Raises Invalid(body=…) for words that could not be sent, and Conflict."""
    require(session, Permission.TEMPLATES)
    kind = Kind(kind)
    body = segments.straighten(body).strip()
    venue = venue_of(session)
    problems = texts.check(body, venue_name=venue.name, venue_phone=venue.phone)
    if problems:
        raise Invalid(body=" ".join(problems))
    add_missing(session, now=now)
    template = session.get_one(Template, kind.value, with_for_update=True)
    if template.version != version and not (version == 0 and template.version == 1):
        raise Conflict({"body": (template.body, body)}, version=template.version, changed_at=template.updated_at)
    template.body = body
    template.updated_at = now
    session.flush()
    return Words(kind, template.body, template.version)


def add_missing(session: Session, *, now: datetime) -> None:
    """Store the venue's own words of every kind that has none yet."""
    require(session, Permission.TEMPLATES)
    rows = [
        {"kind": kind.value, "body": body, "version": 1, "updated_at": now}
        for kind, body in texts.DEFAULT_TEMPLATES.items()
    ]
    insert_once(session, Template, rows)
