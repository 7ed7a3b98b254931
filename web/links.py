"""Nested addresses for sharing, which redirect to the flat addresses of the screens."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

Endpoint = Callable[[Request], Awaitable[Response]]

# "/customers", "/events", "/messages" and "/settings" are screens themselves. Fixed words come before ids, since the
# first match counts.
SCREENS = {
    "/customers/new": "/add_customer",
    "/customers/duplicates": "/duplicates",
    "/customers/{id:uuid}": "/customer",
    "/customers/{id:uuid}/edit": "/edit_customer",
    "/events/new": "/add_event",
    "/events/{id:uuid}": "/event",
    "/events/{id:uuid}/edit": "/edit_event",
    "/events/{id:uuid}/door": "/door_list",
    "/messages/{id:uuid}": "/message",
    "/data/requests": "/requests",
    "/data/retention": "/retention",
    "/data/requests/{id:uuid}": "/request",
    "/data/import": "/imports",
    "/data/import/{id:uuid}": "/import",
}


def _to(screen: str) -> Endpoint:
    async def redirect(request: Request) -> Response:
        query = parse_qsl(request.url.query, keep_blank_values=True)
        if "id" in request.path_params:
            query = [("id", str(request.path_params["id"])), *(pair for pair in query if pair[0] != "id")]
        root = request.scope.get("root_path", "")
        address = quote(root + screen) + (f"?{urlencode(query)}" if query else "")
        return RedirectResponse(address, status_code=307)

    return redirect


routes = [Route(path, _to(screen), methods=["GET"]) for path, screen in SCREENS.items()]
