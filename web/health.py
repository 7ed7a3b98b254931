"""Health checks: whether this process answers (`/healthz`), and whether it can do its work (`/readyz`)."""

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
    """The two health checks. A stopped scheduler is reported, but this process counts as ready: it can show screens."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        status = await run_in_threadpool(readiness, venue, clock.now())
        return JSONResponse(status, status_code=200 if status["ready"] else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def readiness(venue: Venue, now: datetime) -> dict[str, Any]:
    """The JSON of `/readyz`: one word each for the database, its schema, the scheduler and its clock."""
    status: dict[str, Any] = {"ready": False, "database": "away", "schema": "unknown"}
    status |= {"scheduler": "unknown", "clock": "unknown"}
    try:
        venue.database.check()
        status["database"] = "ok"
        schema.check(venue.database)
        status["schema"] = "ok"
        with venue.reading(HEALTH) as session:
            state = schedulers.state(session, now=now)
        status["scheduler"] = "alive" if state.alive else "away"
        status["clock"] = "wrong" if state.clocks else "ok"
        status["ready"] = True
    except schema.SchemaMismatch:
        status["schema"] = "another version's"
    except DatabaseUnavailable:
        log.warning("The database cannot be reached")
    return status
