"""Whether this process answers (`/healthz`), and whether it can do its work (`/readyz`)."""

import logging
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from db import schema
from db.session import DatabaseUnavailable
from venue import clock
from venue.delivery import schedulers
from venue.profile import Venue
from venue.roles import Actor, Permission

log = logging.getLogger(__name__)
HEALTH = Actor("health check", frozenset({Permission.READ}))


def routes(venue: Venue) -> list[Route]:
    """A scheduler that is away is told, but does not make this process unready: its work is to show screens."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        found = await run_in_threadpool(look, venue, clock.now())
        return JSONResponse(found, status_code=200 if found["ready"] else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def look(venue: Venue, now: datetime) -> dict[str, Any]:
    """The state of the database, its schema, the scheduler and its clock, each as a word."""
    found: dict[str, Any] = {"ready": False, "database": "away", "schema": "unknown"}
    found |= {"scheduler": "unknown", "clock": "unknown"}
    try:
        venue.database.check()
        found["database"] = "ok"
        schema.check(venue.database)
        found["schema"] = "ok"
        with venue.reading(HEALTH) as session:
            state = schedulers.state(session, now=now)
        found["scheduler"] = "alive" if state.alive else "away"
        found["clock"] = "wrong" if state.clocks else "ok"
        found["ready"] = True
    except schema.SchemaMismatch:
        found["schema"] = "another version's"
    except DatabaseUnavailable:
        log.warning("The database cannot be reached")
    return found
