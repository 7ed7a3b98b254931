"""The client's address and the scheme of a request, through trusted proxies.

Anyone can send X-Forwarded-For and X-Forwarded-Proto. They are believed only when the connection comes from a proxy
in TRUSTED_PROXIES; each such proxy adds the address it was called from at the end of the list.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

import uvicorn.config
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network


class TrustedProxies:
    """ASGI middleware that sets `client` and `scheme` to those of the browser."""

    def __init__(self, app: ASGIApp, *, proxies: Sequence[Network]):
        self.app = app
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self._is_trusted((scope.get("client") or ("",))[0]):
            headers = Headers(scope=scope)
            scope = {**scope, "client": self._client(scope, headers), "scheme": _scheme(scope, headers)}
        await self.app(scope, receive, send)

    def _client(self, scope: Scope, headers: Headers) -> Any:
        """The last address in the list that is not a trusted proxy's."""
        forwarded = [each.strip() for value in headers.getlist("x-forwarded-for") for each in value.split(",")]
        others = [address for address in forwarded if address and not self._is_trusted(address)]
        return (others[-1], 0) if others else scope["client"]

    def _is_trusted(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self.proxies)


def _scheme(scope: Scope, headers: Headers) -> str:
    forwarded = headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower()
    is_secure = forwarded in ("https", "wss") if forwarded else scope["scheme"] in ("https", "wss")
    web = scope["type"] == "http"
    return ("https" if web else "wss") if is_secure else ("http" if web else "ws")


def turn_off_uvicorns() -> None:
    """Have uvicorn leave these headers to TrustedProxies. By default it believes them from any local connection.

    It reads its setting before our code is imported, and wraps our application in this class afterwards.
    """
    uvicorn.config.ProxyHeadersMiddleware = _unchanged  # type: ignore[attr-defined, assignment]


def _unchanged(app: ASGIApp, **_settings: object) -> ASGIApp:
    return app
