"""The addresses that exist: those of screens and of Streamlit's own files. All others get "Page not found".

Streamlit serves its index page at every address, and only the browser finds out that there is no such screen.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import html, theme

# Files, some of which are HTML.
FILES = ("/media/", "/component/")

# Streamlit's client looks for its server below the screen's own address first, which costs two 404s on each screen but
# the first. This tells it where the server is: all screens have flat addresses, so it is one level up.
SERVER = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href }</script>'
# Whose page it is, for signed_out.js.
SIGN_IN = '<meta name="anchor-sign-in" content="{}">'
# What is seen until Streamlit draws, and what its theme cannot say: its main buttons have white words on primaryColor,
# what is chosen among several has words in primaryColor, and no colour is legible as both on a dark page.
THEME = f"""<style>{theme.COLOURS}html {{ background: var(--page); }}
button[data-selected] {{ color: var(--link) !important; }}</style>"""
SIGNED_OUT = Path(__file__).with_name("signed_out.js")


def index_page(file: Path) -> str:
    """Streamlit's index page, which has our theme, knows where its server is, and leaves when its sign-in has ended."""
    scripts = (theme.CHOSEN_FOR_STREAMLIT, SIGNED_OUT.read_text(encoding="utf-8"))
    ours = "\n    ".join([SIGN_IN, THEME, SERVER, *(f"<script>{script}</script>" for script in scripts), ""])
    return file.read_text(encoding="utf-8").replace("<script>", f"{ours}<script>", 1)


class KnownAddresses:
    """ASGI middleware that serves Streamlit's index page at the addresses of screens, and a 404 page elsewhere.

    `index` is that page. `own_routes` are our own web pages, which are not screens. `base` is the path below which
    Streamlit serves (`server.baseUrlPath`), if there is one.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        screens: Collection[str],
        index: str,
        own_routes: Sequence[BaseRoute] = (),
        base: str = "",
    ):
        self.app = app
        self.own_routes = own_routes
        self.screens = {f"/{screen}" for screen in screens}
        self.index = index
        self.base = f"/{base.strip('/')}" if base.strip("/") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        root = scope.get("root_path", "") + self.base
        path = scope["path"].removeprefix(root)
        if path in self.screens:
            # Not kept by the browser: after signing out, Back asks the server again.
            index = self.index.replace(SIGN_IN, SIGN_IN.format(_sign_in_id(scope)))
            await HTMLResponse(index, headers={"Cache-Control": "no-store"})(scope, receive, send)
        elif path.startswith(FILES) or any(route.matches(scope)[0] is Match.FULL for route in self.own_routes):
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, _NotFoundForIndex(scope, receive, send, home=f"{root}/"))


class _NotFoundForIndex:
    """Passes a response on, but sends "Page not found" instead of an HTML page, which here is always the index."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, home: str):
        self.scope, self.receive, self.send, self.home = scope, receive, send, home
        self.is_index = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            self.is_index = message["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html")
            if self.is_index:
                await _not_found(self.home)(self.scope, self.receive, self.send)
        if not self.is_index:
            await self.send(message)


def _sign_in_id(scope: Scope) -> str:
    actor = scope.get("actor")
    return str(actor.sign_in_id) if actor is not None else ""


def _not_found(home: str) -> HTMLResponse:
    sentence = "This link is incomplete or mistyped."
    return html.message("Page not found", sentence, status_code=404, link=(home, "Today"))
