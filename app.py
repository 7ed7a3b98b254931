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
from venue.profile import Venue
from venue.roles import Actor
from web import addresses, door_list, downloads, health, host_config, icon, links, memory, twilio_callbacks

log = logging.getLogger("anchor_desk")
HERE = Path(__file__).parent
STREAMLITS_INDEX = Path(st.__file__).parent / "static/index.html"


def open_venue() -> Venue:
    """The venue, or a clear sentence and exit status 2."""
    try:
        return context.opened_venue()
    except (settings.BadSettings, DatabaseUnavailable) as problem:
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(2) from None


def actor_of(_request: Request) -> Actor:
    """Who asks for a download."""
    return context.actor()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    memory.share_free_memory()
    memory.warm_up()
    yield


def calm_words(error: Exception) -> bool:
    """What staff see of our own mistakes; the log has the rest under the same reference."""
    reference = uuid4().hex[:8]
    log.error("A screen failed, reference %s", reference, exc_info=error)
    st.error(
        f"Something went wrong, and it is not your fault. Nothing was half saved: look, then try again. "
        f"If it stays, tell whoever runs Anchor Desk the reference **{reference}**.",
        icon=":material/sentiment_dissatisfied:",
    )
    return True


def callbacks(venue: context.Venue) -> list[Route]:
    """Where Twilio tells what became of texts, if it can reach us and its signature can be checked."""
    configured = settings.load()
    is_signed = settings.open_signature_check(configured)
    return twilio_callbacks.routes(venue, is_signed, configured.timing) if is_signed else []


venue = open_venue()
known = Middleware(
    addresses.KnownAddresses,
    screens=screens.ADDRESSES,
    index=STREAMLITS_INDEX,
    base=st.get_option("server.baseUrlPath"),
)
app = st.App(
    HERE / "pages/navigation.py",
    lifespan=lifespan,
    routes=[
        *links.routes,
        *icon.routes,
        *health.routes(venue),
        *downloads.routes(venue, actor_of),
        *door_list.routes(venue, actor_of),
        *callbacks(venue),
    ],
    middleware=[known, Middleware(host_config.HostConfig)],
    on_script_error=calm_words,
)
