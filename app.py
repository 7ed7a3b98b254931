"""The web server: `streamlit run app.py`."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Route

import settings
from db.session import DatabaseUnavailable
from pages import screens
from pages.parts import context
from venue import logs
from venue.profile import Venue
from venue.roles import Actor
from web import (
    addresses,
    door_list,
    downloads,
    health,
    host_config,
    icon,
    links,
    memory,
    protection,
    proxies,
    twilio_callbacks,
)

log = logging.getLogger("anchor_desk")
HERE = Path(__file__).parent
STREAMLITS_INDEX = Path(st.__file__).parent / "static/index.html"


def open_venue() -> Venue:
    """The venue. Exits with status 2 and a sentence on standard error when it cannot be opened."""
    try:
        return context.opened_venue()
    except (settings.BadSettings, DatabaseUnavailable) as problem:
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(2) from None


def actor_of(_request: Request) -> Actor:
    """Who makes a request."""
    return context.actor()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    memory.limit_arenas()
    memory.freeze_imports()
    yield


def show_failure(error: Exception) -> bool:
    """Show staff a message with a reference in place of a traceback. The log has the traceback with the reference."""
    reference = uuid4().hex[:8]
    log.error("A screen failed, reference %s", reference, exc_info=error)
    st.error(
        "Something went wrong. Your last change may not have been saved: check it, then try again. "
        f"If it happens again, give this reference to your administrator: **{reference}**",
        icon=":material/sentiment_dissatisfied:",
    )
    return True


def callbacks(venue: Venue, configured: settings.Settings) -> list[Route]:
    """The routes for Twilio's callbacks; none when Twilio cannot reach us or its signature cannot be checked."""
    is_signed = settings.open_signature_check(configured)
    return twilio_callbacks.routes(venue, is_signed, configured.timing) if is_signed else []


venue = open_venue()
configured = settings.load()
logs.set_up(configured.log_level)
index = addresses.index_page(STREAMLITS_INDEX)
pages = door_list.routes(venue, actor_of)

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
    Middleware(
        addresses.KnownAddresses,
        screens=screens.ADDRESSES,
        index=index,
        own_routes=pages,
        base=st.get_option("server.baseUrlPath"),
    ),
    Middleware(host_config.HostConfig),
]
app = st.App(
    HERE / "pages/navigation.py",
    lifespan=lifespan,
    routes=[
        *links.routes,
        *icon.routes,
        *health.routes(venue),
        *downloads.routes(venue, actor_of),
        *callbacks(venue, configured),
        *pages,
    ],
    middleware=middleware,
    on_script_error=show_failure,
)
