"""How a screen reaches the rules: the venue, who acts, and a transaction in their name."""

import functools
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.orm import Session

import settings
from venue import clock
from venue.profile import Venue
from venue.roles import DESK, Actor


@functools.cache
def opened_venue() -> Venue:
    """The venue of this process as its environment has it, opened once."""
    return settings.open_venue(settings.load())


def venue() -> Venue:
    """The venue as it is now: what another process chose is seen within half a minute."""
    return opened_venue().current()


def actor() -> Actor:
    """Whoever sits at this browser. Sign-in will change this one place."""
    return DESK


def now() -> datetime:
    return clock.now()


def transaction(who: Actor) -> AbstractContextManager[Session]:
    """One command, in somebody's name. Nothing is drawn inside: a rerun would roll it back."""
    return venue().transaction(who)


def reading(who: Actor) -> AbstractContextManager[Session]:
    return venue().reading(who)
