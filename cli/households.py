"""`manage.py households`."""

import json
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors
from sms import phone
from venue import clock
from venue import households as rules
from venue.households import Member
from venue.roles import COMMAND_LINE


@click.group()
def households() -> None:
    """Households: customers who share a phone or live together. Those with the same number get one reminder for an
    event."""


@households.command("list")
@JSON
def list_households(as_json: bool) -> None:
    """List the members of each household, with their numbers and ids, one household on each line."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            listed = rules.listed(session)
    if as_json:
        click.echo(json.dumps([_plain(id_, members) for id_, members in listed.items()], ensure_ascii=False))
        return
    for members in listed.values():
        click.echo(", ".join(_words(member, venue.region) for member in members))


@households.command("join")
@click.argument("customer_ids", type=click.UUID, nargs=-1, required=True, metavar="ID ID…")
@click.option("--unite", is_flag=True, help="Also if they are in different households: all of those become one.")
def join(customer_ids: tuple[UUID, ...], unite: bool) -> None:
    """Make these customers one household, with the one that some of them are in. `journal undo` undoes it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.join(session, customer_ids, unite=unite, now=clock.now())


@households.command("leave")
@click.argument("customer_id", type=click.UUID, metavar="ID")
def leave(customer_id: UUID) -> None:
    """Take a customer out of their household. The last one who is left is in none, either."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.leave(session, customer_id, now=clock.now())


def _words(member: Member, region: str) -> str:
    return f"{member.name}, {phone.display(member.mobile_number, region=region)} ({member.id})"


def _plain(household_id: UUID, members: list[Member]) -> dict[str, object]:
    people = [{"id": str(each.id), "name": each.name, "mobile_number": each.mobile_number} for each in members]
    return {"id": str(household_id), "members": people}
