"""What the venue chooses in place of what its environment says. Every process sees a change within a minute."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.writes import delete_where, insert_once, update_where
from venue import clock
from venue.errors import Invalid
from venue.profile import CHOICE, Venue, venue_of
from venue.roles import Permission, require

# By name: how it is read, which raises ValueError with what to type, and what a venue has in its words.
READ: dict[str, Callable[[str], Any]] = {"sending_hours": clock.read_hours}
WORDS: dict[str, Callable[[Venue], str]] = {"sending_hours": lambda venue: clock.hours_words(venue.hours)}


def listed(session: Session) -> dict[str, str]:
    """What may be chosen, by name, and what it is now: chosen, or as the environment says."""
    require(session, Permission.READ)
    venue = venue_of(session)
    venue.choices.read(session)
    return {name: words(venue.current()) for name, words in WORDS.items()}


def save(session: Session, name: str, typed: str, *, now: datetime) -> None:
    """Choose something. Raises Invalid for what cannot be chosen, by the name of the choice."""
    require(session, Permission.SETTINGS)
    try:
        _reader(name)(typed)
    except ValueError as problem:
        raise Invalid(**{name: f"{name} is {typed!r}: {problem}"}) from problem
    row = {"name": f"{CHOICE}{name}", "value": typed.strip(), "updated_at": now}
    if not insert_once(session, VenueSetting, [row]):
        update_where(session, VenueSetting, VenueSetting.name == row["name"], row)


def reset(session: Session, name: str) -> None:
    """Let the environment decide again. Raises Invalid for what cannot be chosen."""
    require(session, Permission.SETTINGS)
    _reader(name)
    delete_where(session, VenueSetting, VenueSetting.name == f"{CHOICE}{name}")


def _reader(name: str) -> Callable[[str], Any]:
    if name not in READ:
        raise Invalid(**{name: f"{name} cannot be set here: choose {' or '.join(READ)}"})
    return READ[name]
