"""The addresses that exist: those of screens and of Streamlit's own files. All others get "Page not found".

Streamlit serves its index page at every address, and only the browser finds out that there is no such screen.
"""

import re
from collections.abc import Collection
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Files, some of which are HTML.
FILES = ("/media/", "/component/", "/download/")

# Web pages of our own that are not Streamlit screens.
PAGES = re.compile(r"/events/[0-9a-fA-F-]{32,36}/door/print")

# Streamlit's client looks for its server below the screen's own address first, which costs two 404s on each screen but
# the first. This tells it where the server is: all screens have flat addresses, so it is one level up.
SERVER = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href }</script>\n    <script>'

NOT_FOUND = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page not found</title>
<style>
body { background: #fdfaf5; color: #1a1512; font: 18px/1.5 sans-serif; margin: 0; padding: 4rem 1.5rem; }
main { margin: 0 auto; max-width: 30rem; }
h1 { font-size: 1.75rem; margin: 0 0 0.5rem; }
a { background: #1f5f5b; border-radius: 0.5rem; color: #fdfaf5; display: inline-block; margin-top: 0.5rem;
    padding: 0.6rem 1.25rem; text-decoration: none; }
</style>
</head>
<body>
<main>
<h1>Page not found</h1>
<p>This link is incomplete or mistyped.</p>
<a href="HOME">Today</a>
</main>
</body>
</html>
"""


class KnownAddresses:
    """ASGI middleware that serves Streamlit's index page at the addresses of screens, and a 404 page elsewhere.

    `base` is the path below which Streamlit serves (`server.baseUrlPath`), if there is one.
    """

    def __init__(self, app: ASGIApp, *, screens: Collection[str], index: Path, base: str = ""):
        self.app = app
        self.screens = {f"/{screen}" for screen in screens}
        self.index = index.read_text(encoding="utf-8").replace("<script>", SERVER, 1)
        self.base = f"/{base.strip('/')}" if base.strip("/") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        root = scope.get("root_path", "") + self.base
        path = scope["path"].removeprefix(root)
        if path in self.screens:
            await HTMLResponse(self.index, headers={"Cache-Control": "no-cache"})(scope, receive, send)
        elif path.startswith(FILES) or PAGES.fullmatch(path):
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


def _not_found(home: str) -> HTMLResponse:
    return HTMLResponse(NOT_FOUND.replace("HOME", escape(home)), status_code=404, headers={"Cache-Control": "no-store"})
