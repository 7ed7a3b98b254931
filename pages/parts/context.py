"""What screens need to call the rules: the venue, the current user, the time, and transactions."""

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
    """The user of this browser. Sign-in will change this function."""
    return DESK


def forget_actor() -> None:
    """Read the user of this browser again the next time: they have just confirmed who they are."""


def now() -> datetime:
    return clock.now()


def transaction(who: Actor) -> AbstractContextManager[Session]:
    """A transaction for one command. Draw nothing inside: a rerun would roll it back."""
    return venue().transaction(who)


def reading(who: Actor) -> AbstractContextManager[Session]:
    return venue().reading(who)
