"""What is checked of every request before anything else, and the security headers of every response."""

import re
from base64 import b64encode
from collections.abc import Collection
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import cookies

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HSTS = "max-age=31536000"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Protection:
    """ASGI middleware that refuses unknown hosts and requests from other sites' pages, and adds the headers.

    `hosts` are the host names by which this server is known. `public_origin` is the origin of PUBLIC_URL, or empty.
    `index` is Streamlit's index page. `unchecked` is the beginning of the paths that other
    servers may post to.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        index: str,
        public_origin: str = "",
        unchecked: str = "",
    ):
        self.app = app
        self.hosts = frozenset(hosts)
        self.public_origin = public_origin
        self.unchecked = unchecked
        self.scripts = script_hashes(index)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif problem := self._problem(scope):
            await self._refuse(problem, scope, receive, send)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, self._with_headers(scope, send))

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        """The status and sentence with which a request is refused."""
        headers = Headers(scope=scope)
        if len(headers.getlist("host")) != 1 or host_name(headers["host"]) not in self.hosts:
            return 400, "This server is not known by this name. An administrator can add it to ALLOWED_HOSTS."
        if self._must_be_ours(scope) and not self._is_ours(headers):
            return 403, "This request did not come from this server's own pages. Reload the page and try again."
        return None

    def _must_be_ours(self, scope: Scope) -> bool:
        """Whether another site's page must not make this request: those that change something, and the websocket."""
        if scope["type"] == "websocket":
            return True
        is_unchecked = bool(self.unchecked) and scope["path"].startswith(self.unchecked)
        return scope["method"] not in SAFE_METHODS and not is_unchecked

    def _is_ours(self, headers: Headers) -> bool:
        """Every browser sends an Origin with these requests."""
        origin = headers.get("origin", "")
        return origin in (f"http://{headers['host']}", f"https://{headers['host']}", self.public_origin or None)

    async def _refuse(self, problem: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
        status, sentence = problem
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(sentence, status)(scope, receive, self._with_headers(scope, send))

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self._policy(scope))
                headers.update(HEADERS)
                if cookies.is_https(scope):
                    headers["Strict-Transport-Security"] = HSTS
                    headers["Cross-Origin-Opener-Policy"] = "same-origin"
            await send(message)

        return with_headers

    def _policy(self, scope: Scope) -> str:
        """What Streamlit's page needs: its own files, WebAssembly for large numbers, its inline scripts, inline styles,
        and our components as blobs."""
        host = Headers(scope=scope).get("host", "")
        # Older browsers do not count a websocket to the same host as 'self'.
        websocket = f"wss://{host}" if cookies.is_https(scope) else f"ws://{host}"
        return (
            f"default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval' {self.scripts}; "
            "style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
            f"connect-src 'self' {websocket}; worker-src 'self' blob:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )


def host_name(host: str) -> str:
    """The name in a Host header, in lower case and without the port; empty when it is malformed."""
    matched = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?", host.lower())
    return matched[1].strip("[]") if matched else ""


def origin_of(url: str) -> str:
    """The origin of an address, as browsers send it; empty for an empty address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}" if url else ""


def script_hashes(page: str) -> str:
    """The hashes by which a policy allows a page's inline scripts."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
