"""What screens need to call the rules: the venue, the current user, the time, and transactions."""

import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date, datetime

import streamlit as st
from sqlalchemy.orm import Session

import settings
from pages.parts.signed_in import SignedIn
from venue import clock
from venue.profile import Venue
from venue.roles import Actor
from venue.staff.tokens import HOST_ONLY, SESSION_COOKIE


@functools.cache
def opened_venue() -> Venue:
    """The venue of this process as its environment has it, opened once."""
    return settings.open_venue(settings.load())


def venue() -> Venue:
    """The venue as it is now: what another process chose is seen within half a minute."""
    return opened_venue().current()


@functools.cache
def is_demo() -> bool:
    """Whether everyone is signed in without a password (SIGN_IN=demo)."""
    return settings.load().is_demo


@functools.cache
def signed_in() -> SignedIn:
    return SignedIn(opened_venue())


def actor() -> Actor:
    """The user of this browser. When their sign-in has ended, the run of the screen stops here: the server then closes
    the websocket, and the browser goes to the sign-in page."""
    found = signed_in().actor(session_token(), is_use=not _is_watching.get())
    if found is None:
        st.stop()
    _begin_again_for(found)
    return found


@contextmanager
def watching() -> Iterator[None]:
    """What an open screen reads in it again and again does not count as use of the sign-in."""
    token = _is_watching.set(True)
    try:
        yield
    finally:
        _is_watching.reset(token)


_is_watching = ContextVar("is_watching", default=False)


def _begin_again_for(user: Actor) -> None:
    """Forget what the session holds when it is another sign-in's, and run the screen again.

    Streamlit keeps the session of a closed tab for two minutes, and gives it to the tab when it connects again: with
    another cookie, when someone else has signed in by then.
    """
    if st.session_state.setdefault("sign_in", user.sign_in_id) != user.sign_in_id:
        st.session_state.clear()
        st.session_state["sign_in"] = user.sign_in_id
        st.rerun()


def session_token() -> str:
    """The token in the cookie with which this browser's websocket was opened; empty without one."""
    cookies = st.context.cookies
    return cookies.get(f"{HOST_ONLY}{SESSION_COOKIE}") or cookies.get(SESSION_COOKIE) or ""


def forget_actor() -> None:
    """Read the user of this browser again the next time: they have just confirmed who they are."""
    signed_in().forget(session_token())


def now() -> datetime:
    return clock.now()


def today() -> date:
    """The venue's day."""
    return clock.today(now(), venue().zone)


def transaction(who: Actor) -> AbstractContextManager[Session]:
    """A transaction for one command. Draw nothing inside: a rerun would roll it back.

    Raises Busy, a sentence for staff, when a large change of another process holds it up for too long, and
    ChangedJustNow when someone else changed the same rows at the same moment.
    """
    return venue().transaction_for_staff(who)


def reading(who: Actor) -> AbstractContextManager[Session]:
    return venue().reading(who)


def reading_at_length(who: Actor) -> AbstractContextManager[Session]:
    """For a search through everything, which has no time limit."""
    return venue().reading_at_length(who)
