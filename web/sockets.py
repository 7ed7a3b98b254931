"""The open websockets of each sign-in, which are closed as soon as the sign-in ends."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Send

log = logging.getLogger(__name__)
# The close code for a websocket whose sign-in has ended, like HTTP's 401. Codes from 4000 are for applications.
SIGNED_OUT = 4401
CLOSE = {"type": "websocket.close", "code": SIGNED_OUT, "reason": "Signed out"}
CLOSE_SECONDS = 1
WATCH_SECONDS = 0.5

# Which of these sign-ins have ended.
Ended = Callable[[Collection[UUID]], Collection[UUID]]


class Socket:
    """One open websocket: passes messages on until it is ended."""

    def __init__(self, receive: Receive, send: Send):
        self._receive, self._send = receive, send
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> Message:
        incoming = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait((incoming, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if self._ended.done():
                return {"type": "websocket.disconnect", "code": SIGNED_OUT}
            return incoming.result()
        finally:
            incoming.cancel()

    async def send(self, message: Message) -> None:
        if not self._ended.done():
            await self._send(message)

    async def end(self) -> None:
        """Pass nothing on any more, report to the application that the browser has left, and close it there too."""
        if self._ended.done():
            return
        self._ended.set_result(None)
        try:
            # A browser that reads nothing must not hold up the others.
            await asyncio.wait_for(self._send(CLOSE), CLOSE_SECONDS)
        except (OSError, RuntimeError, TimeoutError):
            log.debug("A websocket was closed already, or its browser does not read")


class OpenSockets:
    """All open websockets of this process, by sign-in."""

    def __init__(self) -> None:
        self._open: defaultdict[UUID, set[Socket]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    async def serve(
        self, sign_in_id: UUID, receive: Receive, send: Send, application: Callable[[Receive, Send], Awaitable[None]]
    ) -> None:
        """Run the application with a websocket that ends with this sign-in."""
        socket = Socket(receive, send)
        self._open[sign_in_id].add(socket)
        try:
            await application(socket.receive, socket.send)
        finally:
            self._open[sign_in_id].discard(socket)
            if not self._open[sign_in_id]:
                del self._open[sign_in_id]

    async def end(self, sign_in_id: UUID) -> None:
        await asyncio.gather(*(socket.end() for socket in list(self._open.get(sign_in_id, ()))))

    async def watch(self, ended: Ended, *, seconds: float = WATCH_SECONDS) -> None:
        """Every half second, close the websockets of sign-ins that have ended anywhere. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.end_those(ended)
            except Exception:
                log.exception("The open websockets could not be checked")

    async def end_those(self, ended: Ended) -> None:
        if self._open:
            await asyncio.gather(*map(self.end, await run_in_threadpool(ended, set(self._open))))
