"""The web server: `streamlit run app.py`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import environment
import settings
from db.session import DatabaseUnavailable
from pages import screens
from pages.parts import context
from pages.parts.failure import show_failure
from venue import logs
from venue.profile import Venue
from web import (
    addresses,
    code_pages,
    confirm,
    door_list,
    downloads,
    gate,
    health,
    host_config,
    html,
    icon,
    letter,
    links,
    memory,
    metrics,
    openid,
    protection,
    proxies,
    sign_in,
    twilio_callbacks,
)
from web.access import Access
from web.sockets import OpenSockets

HERE = Path(__file__).parent
STREAMLITS_INDEX = Path(st.__file__).parent / "static/index.html"


def open_venue() -> Venue:
    """The venue. Exits with status 2 and a sentence on standard error when it cannot be opened."""
    try:
        return context.opened_venue()
    except (environment.BadSettings, DatabaseUnavailable) as problem:
        logs.cannot_start(problem, json_of=json_of)
        raise SystemExit(2) from None


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    memory.limit_arenas()
    memory.freeze_imports()
    watch = asyncio.create_task(sockets.watch(access.ended_among))
    yield
    watch.cancel()


async def show_error_page(_request: Request, _error: Exception) -> Response:
    """For what is not a screen. The server logs the error."""
    sentence = "Your last change may not have been saved: check it, then try again."
    page = html.message("Something went wrong", sentence, status_code=500, link=("/", "Today"))
    page.headers.update(protection.HEADERS)
    return page


def callbacks(venue: Venue, configured: settings.Settings) -> list[Route]:
    """The routes for Twilio's callbacks; none when Twilio cannot reach us or its signature cannot be checked."""
    is_signed = settings.open_signature_check(configured)
    return twilio_callbacks.routes(venue, is_signed, configured.timing) if is_signed else []


json_of = "dashboard" if environment.logs_as_json() else ""
logs.set_up("INFO", json_of=json_of)
venue = open_venue()
configured = settings.load()
logs.set_level(configured.log_level)
index = addresses.index_page(STREAMLITS_INDEX)
sockets = OpenSockets()
access = Access(
    venue=venue,
    sockets=sockets,
    find_actor=context.signed_in().actor,
    forget=context.signed_in().forget,
    forget_ended=context.signed_in().forget_ended,
    is_demo=configured.is_demo,
    openid=configured.openid,
)
sign_in_pages = [*sign_in.routes(access), *code_pages.routes(access), *openid.routes(access, configured.public_url)]
pages = [*confirm.routes(access), *door_list.routes(venue, gate.actor_of), *letter.routes(venue, gate.actor_of)]
checks = [*health.routes(venue), *metrics.routes(venue, configured.metrics_token)]
open_routes = [*sign_in_pages, *icon.routes, *checks, *callbacks(venue, configured)]

# From the outermost to the innermost.
proxies.turn_off_uvicorns()
middleware = [
    Middleware(proxies.TrustedProxies, proxies=configured.trusted_proxies),
    Middleware(
        protection.Protection,
        hosts=configured.hosts,
        index=index,
        public_origin=protection.origin_of(configured.public_url),
        unchecked=twilio_callbacks.PREFIX,
    ),
    Middleware(gate.Gate, find_actor=access.find_actor, open_routes=open_routes, sockets=sockets),
    Middleware(
        addresses.KnownAddresses,
        screens=screens.ADDRESSES,
        index=index,
        own_routes=[*sign_in_pages, *pages],
        base=st.get_option("server.baseUrlPath"),
    ),
    Middleware(host_config.HostConfig),
]
app = st.App(
    HERE / "pages/navigation.py",
    lifespan=lifespan,
    routes=[*open_routes, *pages, *links.routes, *downloads.routes(venue, gate.actor_of)],
    middleware=middleware,
    on_script_error=show_failure,
    exception_handlers={Exception: show_error_page},
)
