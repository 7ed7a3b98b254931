"""Settings that the venue can change while running; they override the environment. Every process sees a change within a
minute."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.models import NOTES_LENGTH, VenueSetting
from db.writes import delete_where, insert_once, update_where
from venue import clock
from venue.acts import Act, act
from venue.errors import Invalid
from venue.profile import CHOICE, Venue, venue_of
from venue.roles import Permission, require

MOST_WORDINGS = 10
LONGEST_REWARD, LEAST_VISITS, MOST_VISITS = 60, 2, 100
LEAST_MONTHS, MOST_MONTHS = 6, 120


def read_wordings(typed: str) -> list[str]:
    """Parse wordings, one on each line. Raises ValueError with what to type."""
    wordings = [line.strip() for line in typed.splitlines() if line.strip()]
    if not 1 <= len(wordings) <= MOST_WORDINGS:
        raise ValueError(f"give 1 to {MOST_WORDINGS} wordings, each on a line of its own")
    if max(map(len, wordings)) > NOTES_LENGTH:
        raise ValueError(f"a wording has at most {NOTES_LENGTH:,} characters")
    return wordings


def read_months(typed: str) -> int:
    """Parse for how many months customers are kept. Raises ValueError with what to type."""
    months = int(typed) if typed.strip().isdecimal() else 0
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise ValueError(f"give {LEAST_MONTHS} to {MOST_MONTHS} months")
    return months


def read_reward(typed: str) -> str:
    """Parse what customers are given for coming often. Raises ValueError with what to type."""
    if not typed.strip() or len(typed.strip()) > LONGEST_REWARD:
        raise ValueError(f"give a name of at most {LONGEST_REWARD} characters, like: a free pint")
    return typed.strip()


def read_reward_every(typed: str) -> int:
    """Parse after every how many visits a reward is due. Raises ValueError with what to type."""
    visits = int(typed) if typed.strip().isdecimal() and len(typed) < 9 else 0
    if not LEAST_VISITS <= visits <= MOST_VISITS:
        raise ValueError(f"give {LEAST_VISITS} to {MOST_VISITS} visits")
    return visits


# By name: the function that parses a setting, which raises ValueError with what to type, and the one that formats it.
READ: dict[str, Callable[[str], Any]] = {
    "sending_hours": clock.read_hours,
    "consent_wordings": read_wordings,
    "retention_months": read_months,
    "reward_name": read_reward,
    "reward_every": read_reward_every,
}
WORDS: dict[str, Callable[[Venue], str]] = {
    "sending_hours": lambda venue: clock.format_hours(venue.hours),
    "consent_wordings": lambda venue: "\n".join(venue.consent_wordings),
    "retention_months": lambda venue: str(venue.retention_months),
    "reward_name": lambda venue: venue.reward_name,
    "reward_every": lambda venue: str(venue.reward_every),
}


def listed(session: Session) -> dict[str, str]:
    """Each setting's name, and its current value as text."""
    require(session, Permission.READ)
    venue = venue_of(session)
    venue.choices.read(session)
    return {name: words(venue.current()) for name, words in WORDS.items()}


@act(Act.SETTING_CHANGED)
def save(session: Session, name: str, typed: str, *, now: datetime) -> None:
    """Change a setting. Raises Invalid, by the setting's name, for an unknown name or a value that cannot be used."""
    require(session, Permission.SETTINGS)
    try:
        _reader(name)(typed)
    except ValueError as problem:
        words = str(problem)
        raise Invalid(**{name: words[0].upper() + words[1:]}) from problem
    row = {"name": f"{CHOICE}{name}", "value": typed.strip(), "updated_at": now}
    if not insert_once(session, VenueSetting, [row]):
        update_where(session, VenueSetting, VenueSetting.name == row["name"], row)


@act(Act.SETTING_RESET)
def reset(session: Session, name: str, *, now: datetime) -> None:
    """Go back to the value in the environment. Raises Invalid, by the setting's name, for an unknown name."""
    require(session, Permission.SETTINGS)
    _reader(name)
    delete_where(session, VenueSetting, VenueSetting.name == f"{CHOICE}{name}")


def _reader(name: str) -> Callable[[str], Any]:
    if name not in READ:
        raise Invalid(**{name: f"{name} cannot be set here: choose {' or '.join(READ)}"})
    return READ[name]
