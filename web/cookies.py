"""The two cookies: the sign-in, and the device.

Under HTTPS their names begin with `__Host-`: a browser then accepts them only from this very host, under HTTPS, so
that no other site below the same domain can set them.
"""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from venue.staff.tokens import DEVICE_COOKIE, HOST_ONLY, SESSION_COOKIE

A_YEAR = 365 * 24 * 60 * 60


def session_token(scope: Scope) -> str:
    """The token of the sign-in; empty when there is none."""
    return _read(scope, SESSION_COOKIE)


def device_token(scope: Scope) -> str:
    """The token of the browser or tablet; empty when there is none."""
    return _read(scope, DEVICE_COOKIE)


def set_session(response: Response, scope: Scope, token: str, *, hours: float) -> None:
    _write(response, scope, SESSION_COOKIE, token, seconds=int(hours * 60 * 60))


def set_device(response: Response, scope: Scope, token: str) -> None:
    _write(response, scope, DEVICE_COOKIE, token, seconds=A_YEAR)


def end_session(response: Response, scope: Scope) -> None:
    _write(response, scope, SESSION_COOKIE, "", seconds=0)


def is_https(scope: Scope) -> bool:
    return scope["scheme"] in ("https", "wss")


def _name(scope: Scope, name: str) -> str:
    return f"{HOST_ONLY}{name}" if is_https(scope) else name


def _read(scope: Scope, name: str) -> str:
    """Of several, the last, as Starlette and so the screens read it. Browsers send those of a longer path first, which
    another server of the same host may have set."""
    wanted, found = _name(scope, name), ""
    for header in Headers(scope=scope).getlist("cookie"):
        for pair in header.split(";"):
            key, _, value = pair.strip().partition("=")
            if key == wanted:
                found = value
    return found


def _write(response: Response, scope: Scope, name: str, token: str, *, seconds: int) -> None:
    response.set_cookie(
        _name(scope, name), token, max_age=seconds, path="/", secure=is_https(scope), httponly=True, samesite="lax"
    )
