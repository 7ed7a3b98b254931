"""What the pages around sign-in share: how they read forms, hash passwords and give a browser its cookies."""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse

from sign_in_settings import OpenID
from venue import clock
from venue.errors import VenueError
from venue.profile import Venue
from venue.roles import SIGN_IN, Actor
from venue.staff import current, devices, sign_ins
from venue.staff.begin import SignedIn
from web import cookies
from web.sockets import OpenSockets

log = logging.getLogger(__name__)
LARGEST_FORM = 16 * 1024
LONGEST_FIELD = 4_000
HASHED_AT_ONCE = 2
MOST_WAITING = 50

Result = TypeVar("Result")


class Busy(VenueError):
    """Too many others are signing in at this moment."""


@dataclass(frozen=True)
class Access:
    """What the pages around sign-in need.

    `find_actor` returns the actor of a sign-in's token. `forget` has it read that sign-in again, and `forget_ended`
    those that have ended. With `is_demo`, everyone is signed in without a password. `openid` is the provider with which
    staff can sign in, if there is one.
    """

    venue: Venue
    sockets: OpenSockets
    find_actor: Callable[[str], Actor | None]
    forget: Callable[[str], None]
    forget_ended: Callable[[Collection[UUID]], None]
    is_demo: bool = False
    openid: OpenID | None = None
    hashing: "Hashing" = field(default_factory=lambda: Hashing())  # noqa: PLW0108 (defined below)

    @property
    def hours(self) -> int:
        """How long a sign-in lasts that begins now."""
        return self.venue.current().sign_in_hours

    def transaction(self) -> AbstractContextManager[Session]:
        return self.venue.transaction(SIGN_IN)

    def reading(self) -> AbstractContextManager[Session]:
        return self.venue.reading(SIGN_IN)

    def ended_among(self, ids: Collection[UUID]) -> Collection[UUID]:
        """Which of these sign-ins have ended, in whichever process."""
        with self.reading() as session:
            ended = sign_ins.ended_among(session, ids, now=clock.now())
        # Else a tab whose websocket is closed could connect again for half a second.
        self.forget_ended(ended)
        return ended

    async def actor(self, request: Request) -> Actor | None:
        """The actor of this browser, also on pages that are open without sign-in."""
        token = cookies.session_token(request.scope)
        return await run_in_threadpool(self.find_actor, token) if token else None

    async def is_tablet(self, request: Request) -> bool:
        """Whether this browser is an enrolled shared tablet."""
        token = cookies.device_token(request.scope)
        return bool(token) and await run_in_threadpool(self._is_tablet, token)

    def _is_tablet(self, token: str) -> bool:
        with self.reading() as session:
            return devices.tablet_of(session, token) is not None

    async def hashed(self, request: Request, function: Callable[[], Result]) -> Result:
        """The result of a function that hashes a password. Raises Busy, and what the function raises."""
        token = cookies.device_token(request.scope)
        is_known = bool(token) and await run_in_threadpool(self._is_known, token)
        return await self.hashing.run(function, is_known=is_known)

    def _is_known(self, token: str) -> bool:
        with self.reading() as session:
            return devices.known(session, token) is not None

    async def let_in(self, request: Request, signed_in: SignedIn, address: str) -> RedirectResponse:
        """Send the browser to an address with the cookies of its new sign-in. An earlier sign-in of it ends."""
        await self.end(request)
        response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        cookies.set_session(response, request.scope, signed_in.token, hours=self.hours)
        cookies.set_device(response, request.scope, signed_in.device_token)
        return response

    async def end(self, request: Request) -> None:
        """End the sign-in of this browser, if there is one, and close its websockets at once."""
        token = cookies.session_token(request.scope)
        if not token:
            return
        actor = await self.actor(request)
        await run_in_threadpool(self._end, token)
        if actor is not None and actor.sign_in_id is not None:
            await self.sockets.end(actor.sign_in_id)

    def _end(self, token: str) -> None:
        with self.transaction() as session:
            current.end(session, token, now=clock.now())
        self.forget(token)


class Hashing:
    """Runs functions that hash passwords: a few at once, because each takes much memory and time.

    Browsers that have signed in before have their own threads, so that guessing from others does not slow them down.
    """

    def __init__(self) -> None:
        self._known = CapacityLimiter(HASHED_AT_ONCE)
        self._unknown = CapacityLimiter(HASHED_AT_ONCE)

    async def run(self, function: Callable[[], Result], *, is_known: bool) -> Result:
        limiter = self._known if is_known else self._unknown
        if limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise Busy("Too many people are signing in at the moment. Try again in a few seconds.")
        return await to_thread.run_sync(function, limiter=limiter)


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form. Those of a form that is too large, or is not a form, are empty, and so is one that is too
    long: a part of an address would lead elsewhere."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_FORM:
        return {}
    form = await request.form(max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str) and len(value) <= LONGEST_FIELD}


def user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")[:400]
