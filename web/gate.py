"""Lets only signed-in staff through: to pages, files and the websocket alike.

Pure ASGI, because Starlette's BaseHTTPMiddleware never sees a websocket.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.session import is_away
from venue import logs
from venue.roles import Actor
from web import cookies, html
from web.sockets import SIGNED_OUT, OpenSockets

log = logging.getLogger(__name__)
SIGN_IN = "/sign-in"
TRY_AGAIN_LATER = 1013
SIGNED_OUT_FORM = "Nothing was changed. Sign in and try again."
# What a tab asks when its websocket was closed: signed_out.js.
HEALTH = "/_stcore/health"
# Streamlit reads the user of a session from it (server.trustedUserHeaders): who has the id of another user's session,
# which is in the browser, cannot go on with it.
SIGN_IN_HEADER = b"x-anchor-sign-in"

# The actor whose sign-in has this token; None when there is no such sign-in, or it has ended.
FindActor = Callable[[str], Actor | None]
RawHeaders = list[tuple[bytes, bytes]]


class Gate:
    """ASGI middleware. `open_routes` are the only ones that answer without sign-in.

    Routes behind it read the actor with `actor_of`.
    """

    def __init__(self, app: ASGIApp, *, find_actor: FindActor, open_routes: Sequence[BaseRoute], sockets: OpenSockets):
        self.app = app
        self.find_actor = find_actor
        self.open_routes = open_routes
        self.sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_open(scope):
            await self.app(scope, receive, send)
            return
        try:
            actor = await self._actor(scope)
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("The database cannot be used: %s", logs.describe_away(error))
            await _unavailable(scope, receive, send)
            return
        if actor is None:
            await _refuse(scope, receive, send)
            return
        scope = {**scope, "actor": actor, "headers": _with_sign_in(scope["headers"], actor)}
        if scope["type"] == "websocket" and actor.sign_in_id is not None:
            await self.sockets.serve(actor.sign_in_id, receive, send, partial(self.app, scope))
        elif scope["path"].endswith(HEALTH):
            await self.app(scope, receive, _naming(actor, send))
        else:
            await self.app(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        return scope["type"] == "http" and any(route.matches(scope)[0] is Match.FULL for route in self.open_routes)

    async def _actor(self, scope: Scope) -> Actor | None:
        token = cookies.session_token(scope)
        return await run_in_threadpool(self.find_actor, token) if token else None


def actor_of(request: Request) -> Actor:
    """The actor of a request that has passed the gate."""
    actor: Actor = request.scope["actor"]
    return actor


def sign_in_address(address: str) -> str:
    """Where to sign in and come back to this address."""
    address = safe_next(address)
    return SIGN_IN if address == "/" else f"{SIGN_IN}?next={quote(address, safe='')}"


def safe_next(address: str) -> str:
    """The address if it is a path on this server, else "/". Browsers read "//host" and "/\\host" as another server."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address.isprintable() and "\\" not in address else "/"


def _naming(actor: Actor, send: Send) -> Send:
    """Add which sign-in it is, so that a tab notices when it is another's."""

    async def naming(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Anchor-Sign-In"] = str(actor.sign_in_id)
        await send(message)

    return naming


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Before it is accepted, the server answers with 403.
        await send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "Not signed in"})
        return
    response: Response = PlainTextResponse("Sign in first.", 401, headers={"Cache-Control": "no-store"})
    if _is_form(scope):
        response = html.message("You are signed out", SIGNED_OUT_FORM, status_code=401, link=(SIGN_IN, "Sign in"))
    elif _is_page(scope):
        response = RedirectResponse(sign_in_address(_address(scope)), 303, headers={"Cache-Control": "no-store"})
    await response(scope, receive, send)


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": "Try again later"})
        return
    sentence = "The database cannot be reached at the moment. Try again in a minute."
    page = html.message("Not available", sentence, status_code=503, link=(_address(scope), "Try again"))
    await page(scope, receive, send)


def _with_sign_in(headers: RawHeaders, actor: Actor) -> RawHeaders:
    """The headers of a request with the id of its sign-in, whatever the browser sent as such."""
    others = [(name, value) for name, value in headers if name.lower() != SIGN_IN_HEADER]
    return [*others, (SIGN_IN_HEADER, str(actor.sign_in_id).encode())]


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for a page to show, not for a file that is part of one."""
    headers = Headers(scope=scope)
    return scope["method"] in ("GET", "HEAD") and (
        headers.get("sec-fetch-mode") == "navigate"
        or ("sec-fetch-mode" not in headers and "text/html" in headers.get("accept", ""))
    )


def _is_form(scope: Scope) -> bool:
    """Whether a browser sends the form of a page."""
    headers = Headers(scope=scope)
    return scope["method"] == "POST" and "text/html" in headers.get("accept", "")


def _address(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return quote(scope["path"], safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")
