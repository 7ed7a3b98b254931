"""Which addresses exist: the screens, what Streamlit needs beside them, and "Page not found" for the rest.

Streamlit answers every address with its index page, and finds out in the browser that it has no such page.
"""

import re
from collections.abc import Collection
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Files by name, which may be HTML as well.
FILES = ("/media/", "/component/", "/download/")

# Web pages of our own, which are no screens of Streamlit's.
PAGES = re.compile(r"/events/[0-9a-fA-F-]{32,36}/door/print")

# Streamlit asks where its server is by trying the screen's own address first: two 404s before each screen but the
# first. All screens are flat, so the server is one step up.
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
    """Serves Streamlit's index page to the addresses of screens, and answers 404 where it would be served to others.

    `base` is the path that Streamlit serves below (`server.baseUrlPath`), if there is one.
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
            await self.app(scope, receive, _InPlaceOfTheIndex(scope, receive, send, home=f"{root}/"))


class _InPlaceOfTheIndex:
    """Sends on what is answered, or "Page not found" in place of a web page: only the index is one."""

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
