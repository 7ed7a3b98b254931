"""`manage.py customers tag` and `untag`."""

from datetime import date
from uuid import UUID

import click

from cli.common import day, open_venue, plain_errors, present_id
from venue import clock, tags
from venue.roles import COMMAND_LINE

ID = click.argument("customer_id", type=click.UUID, metavar="ID")
NAME = click.argument("name", metavar="TAG")


@click.command("tag")
@ID
@NAME
@click.option("--until", "last_day", callback=day, metavar="DAY", help="The last day on which it counts.")
def tag(customer_id: UUID, name: str, last_day: date | None) -> None:
    """Put a tag on a customer."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        tag_id = tags.named(session, name).id
        tags.put_on(session, present_id(session, customer_id), tag_id, last_day=last_day, now=clock.now())


@click.command("untag")
@ID
@NAME
def untag(customer_id: UUID, name: str) -> None:
    """Take a tag off a customer."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        tags.take_off(session, present_id(session, customer_id), tags.named(session, name).id, now=clock.now())
