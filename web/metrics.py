"""`/metrics`, for Prometheus: figures from the database, read at each request, behind a token."""

import logging
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.session import is_away
from venue import clock, logs
from venue.backups import records
from venue.delivery import figures
from venue.delivery.figures import Figures, Texts
from venue.profile import Venue
from venue.roles import Actor, Permission

log = logging.getLogger(__name__)
METRICS = Actor("metrics", frozenset({Permission.READ, Permission.SETTINGS}))
PREFIX = "anchor_desk_"


def routes(venue: Venue, token: str) -> list[Route]:
    """The address of the figures. Without a token in the settings it answers 404, to everyone."""

    async def metrics(request: Request) -> Response:
        if not token:
            return PlainTextResponse("Not found", 404)
        if not compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode()):
            return PlainTextResponse("Give the token.", 401, headers={"WWW-Authenticate": "Bearer"})
        text = await run_in_threadpool(exposition, venue)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return [Route("/metrics", metrics, methods=["GET"])]


def exposition(venue: Venue) -> bytes:
    """The figures in Prometheus's text format; without the database, only that it is away.

    A registry of its own for each request: with several dashboards each shows the same, and none adds up anything.
    """
    registry = CollectorRegistry()
    try:
        with venue.reading(METRICS) as session:
            now = clock.now()
            _fill(registry, figures.figures(session, now=now))
            _fill_backup(registry, records.status(session, now=now).verified_at, now)
        _set(registry, "database_up", "Whether the database answers", 1)
    except Exception as error:
        if not is_away(error):
            raise
        log.warning("The database cannot be used: %s", logs.describe_away(error))
        registry = CollectorRegistry()
        _set(registry, "database_up", "Whether the database answers", 0)
    return generate_latest(registry)


def _fill(registry: CollectorRegistry, found: Figures) -> None:
    _count(registry, "messages_open", "Messages that have not ended", found.open)
    _count(registry, "messages_last_day", "Messages that have ended and were due in the last 24 hours", found.last_day)
    _set(registry, "texts_due", "Texts that are due and have not gone", found.due)
    _set(registry, "texts_late", "Texts that were due over 5 minutes ago and have not gone", found.late)
    _set(registry, "emails_due", "E-mails that are due and have not gone", found.emails_due)
    _set(registry, "emails_late", "E-mails that were due over 30 minutes ago and have not gone", found.emails_late)
    away = found.provider_away.total_seconds()
    _set(registry, "provider_away_seconds", "Seconds for which Twilio has not answered, 0 while it does", away)
    unsure = sum(each.count for each in found.open if each.state == "unsure")
    _set(registry, "messages_unsure", "Messages of which it is not known whether they arrived", unsure)
    _set(registry, "schedulers", "Schedulers seen in the last 90 seconds", found.schedulers)
    _set(registry, "sending_paused", "Whether all texts are paused", found.paused)
    _set(registry, "sending_paused_countries", "Countries to which texts are paused", found.paused_countries)
    _set(registry, "sending_held", "Whether sending is on hold after a restored backup", found.held_after_restore)
    # Without any scheduler, or backup, there is no age: alert on its absence.
    if found.scheduler_seen is not None:
        age = found.scheduler_seen.total_seconds()
        _set(registry, "scheduler_seen_seconds", "Seconds since a scheduler was seen", age)


def _fill_backup(registry: CollectorRegistry, verified_at: datetime | None, now: datetime) -> None:
    if verified_at is not None:
        age = (now - verified_at).total_seconds()
        _set(registry, "backup_age_seconds", "Age of the last verified backup in seconds", age)


def _set(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(PREFIX + name, words, registry=registry).set(value)


def _count(registry: CollectorRegistry, name: str, words: str, texts: Sequence[Texts]) -> None:
    gauge = Gauge(PREFIX + name, words, ["state", "kind"], registry=registry)
    for each in texts:
        gauge.labels(each.state, each.kind).set(each.count)
