"""The actors of signed-in browsers, each remembered for half a second: a screen asks for its actor many times."""

import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from venue import clock
from venue.profile import Venue
from venue.roles import SIGN_IN, Actor
from venue.staff import current

log = logging.getLogger(__name__)
REMEMBERED_SECONDS = 0.5
TOUCHED_SECONDS = 20
MOST_REMEMBERED = 1000


class SignedIn:
    """Finds actors by the token of their sign-in. Used by all threads of the process."""

    def __init__(self, venue: Venue, *, monotonic: Callable[[], float] = time.monotonic):
        self._venue = venue
        self._monotonic = monotonic
        self._actors: dict[str, tuple[float, Actor]] = {}
        self._touched: dict[UUID, float] = {}
        self._background = ThreadPoolExecutor(1, thread_name_prefix="touch-sign-ins")

    def actor(self, token: str, *, is_use: bool = True) -> Actor | None:
        """The actor; None when the sign-in has ended. After it ends elsewhere, this is noticed in half a second. Unless
        it `is_use`, the sign-in may end as one that is not used."""
        read_at, actor = self._actors.get(token, (float("-inf"), None))
        if self._monotonic() < read_at + REMEMBERED_SECONDS:
            return actor
        return self._read(token, is_use)

    def forget(self, token: str) -> None:
        """Read this sign-in again the next time, because it was changed."""
        self._actors.pop(token, None)

    def forget_ended(self, sign_in_ids: Collection[UUID]) -> None:
        """Forget the actors of sign-ins that are known to have ended."""
        for token, (_, actor) in list(self._actors.items()):
            if actor.sign_in_id in sign_in_ids:
                self.forget(token)

    def _read(self, token: str, is_use: bool) -> Actor | None:
        read_at = self._monotonic()
        with self._venue.reading(SIGN_IN) as session:
            actor = current.actor_of(session, token, now=clock.now())
        if actor is None:
            self.forget(token)
            return None
        if len(self._actors) >= MOST_REMEMBERED:
            self._actors.clear()
        self._actors[token] = (read_at, actor)
        if is_use:
            self._touch(actor.sign_in_id, read_at)
        return actor

    def _touch(self, sign_in_id: UUID | None, at: float) -> None:
        """Note that a sign-in is used. In the background: a screen must not wait for another's long write."""
        if sign_in_id is None or at < self._touched.get(sign_in_id, float("-inf")) + TOUCHED_SECONDS:
            return
        if len(self._touched) >= MOST_REMEMBERED:
            self._touched.clear()
        self._touched[sign_in_id] = at
        self._background.submit(self._write_touch, sign_in_id)

    def _write_touch(self, sign_in_id: UUID) -> None:
        try:
            with self._venue.transaction(SIGN_IN) as session:
                current.touch(session, sign_in_id, now=clock.now())
        except Exception:
            log.warning("The last use of a sign-in could not be noted", exc_info=True)
