"""`manage.py duplicates`."""

from threading import Event
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors, print_json_array
from sms import phone
from venue import clock
from venue import duplicates as rules
from venue.duplicates import Answer, Pair, Side
from venue.duplicates.work import DuplicateFinder
from venue.errors import VenueError
from venue.roles import COMMAND_LINE
from venue.wording import counted, join_names

MOST = 1_000


@click.group()
def duplicates() -> None:
    """Find and decide customers who may be the same person."""


@duplicates.command("list")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="At most this many pairs.")
@JSON
def list_pairs(limit: int, as_json: bool) -> None:
    """List the pairs to decide, the likeliest first."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            pairs = rules.queue(session, now=clock.now(), limit=limit)
            count = rules.count_open(session, now=clock.now())
    if as_json:
        print_json_array(_as_json(pair) for pair in pairs)
        return
    for pair in pairs:
        click.echo(f"{_shown(pair.first, venue.region)}\n{_shown(pair.second, venue.region)}\n  {pair.reasons}\n")
    click.echo(counted(count, "pair") + " to decide")


@duplicates.command("decide")
@click.argument("first_id", type=click.UUID)
@click.argument("second_id", type=click.UUID)
@click.argument("answer", type=click.Choice([answer.value for answer in Answer]))
@click.option("--unite", is_flag=True, help="With household: also if they are in two, which become one.")
def decide(first_id: UUID, second_id: UUID, answer: str, unite: bool) -> None:
    """Say about two customers, by their ids, what they are. `customers merge` makes them one."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.decide(session, first_id, second_id, answer=answer, unite=unite, now=clock.now())
    click.echo("Decided")


@duplicates.command("find")
def find() -> None:
    """Look for duplicates among all customers now. The scheduler does so every night."""
    with plain_errors():
        venue = open_venue()
        if not DuplicateFinder(venue, clock=clock.now, stopping=Event()).run(everyone=True):
            raise VenueError("The scheduler is looking for duplicates now. Try again in a few minutes.")
        with venue.reading(COMMAND_LINE) as session:
            count = rules.count_open(session, now=clock.now())
    click.echo(counted(count, "pair") + " to decide")


def _shown(side: Side, region: str) -> str:
    name = join_names(side.first_name, side.last_name)
    return f"{side.id}  {name}, {phone.display(side.mobile_number, region=region)}"


def _as_json(pair: Pair) -> dict[str, object]:
    return {"first": _side(pair.first), "second": _side(pair.second), "reasons": pair.reasons}


def _side(side: Side) -> dict[str, object]:
    return {
        "id": str(side.id),
        "first_name": side.first_name,
        "last_name": side.last_name,
        "mobile_number": side.mobile_number,
        "bookings": side.bookings,
        "last_visit": side.last_visit.isoformat() if side.last_visit else None,
        "tags": [tag.name for tag in side.tags],
    }
