"""`manage.py privacy requests`."""

import json
from dataclasses import asdict
from datetime import date
from uuid import UUID

import click

from cli.common import JSON, day, open_venue, plain_errors
from venue import clock
from venue.privacy import requests as asked
from venue.privacy.requests import RequestKind, RequestRow, Show
from venue.profile import venue_of
from venue.roles import COMMAND_LINE

REQUEST = click.argument("request_id", metavar="ID", type=click.UUID)


@click.group()
def requests() -> None:
    """What guests asked about their data: access, correction, erasure, complaints."""


@requests.command("list")
@click.option("--show", type=click.Choice([each.value for each in Show]), default=Show.OPEN.value, show_default=True)
@JSON
def list_(show: str, as_json: bool) -> None:
    """List requests, what must be done first at the top."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = asked.listed(session, show=show, now=clock.now())
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], default=str, ensure_ascii=False))
    else:
        click.echo("\n".join(map(_line, rows)) or "No requests.")


@requests.command("add")
@click.argument("kind", type=click.Choice([each.value for each in RequestKind]))
@click.argument("person")
@click.option("--contact", default="", help="How to reach them.")
@click.option("--details", default="", help="What exactly they ask.")
@click.option("--received", callback=day, metavar="DAY", help="The day it arrived; today by default.")
@click.option("--customer", "customer_id", type=click.UUID, metavar="ID", help="The customer it is about.")
def add(kind: str, person: str, contact: str, details: str, received: date | None, customer_id: UUID | None) -> None:
    """Add a request, and print its id and the day by which it must be answered."""
    now = clock.now()
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        added = asked.add(
            session,
            kind=kind,
            person=person,
            contact=contact,
            details=details,
            received_on=received or clock.today(now, venue_of(session).zone),
            customer_id=customer_id,
            now=now,
        )
        request = asked.get(session, added.id)
    click.echo(_line(request))


@requests.command("acknowledge")
@REQUEST
def acknowledge(request_id: UUID) -> None:
    """Record that the guest was told today that it arrived."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        asked.acknowledge(session, request_id, now=clock.now())


@requests.command("pause")
@REQUEST
def pause(request_id: UUID) -> None:
    """Stop the clock while you wait for something without which it cannot be answered."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        asked.pause(session, request_id, now=clock.now())


@requests.command("resume")
@REQUEST
def resume(request_id: UUID) -> None:
    """Start the clock again: the deadline moves by the days for which it was paused."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        asked.resume(session, request_id, now=clock.now())


@requests.command("answer")
@REQUEST
@click.argument("outcome")
def answer(request_id: UUID, outcome: str) -> None:
    """Record that the guest was answered today, and what came of it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        asked.answer(session, request_id, outcome=outcome, now=clock.now())


def _line(request: RequestRow) -> str:
    return f"{request.id}  {request.kind:<10}  {_next(request):<28}  {request.person or '(erased)'}"


def _next(request: RequestRow) -> str:
    if request.answered_on:
        return f"answered {request.answered_on}"
    if request.next_on is None:
        return f"paused since {request.paused_on}"
    return f"{'acknowledge' if request.must_acknowledge else 'answer'} by {request.next_on}"
