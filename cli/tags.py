"""`manage.py tags`."""

import json

import click

from cli.common import JSON, open_venue, plain_errors
from venue import clock
from venue import tags as rules
from venue.roles import COMMAND_LINE
from venue.tags import COLOURS, CountedTag
from venue.wording import counted

NAME = click.argument("name")
COLOUR = click.Choice(COLOURS)


@click.group()
def tags() -> None:
    """Make tags of customers, such as ‘Regular’ or ‘Nut allergy’. A tag is given by its name."""


@tags.command("list")
@JSON
def list_tags(as_json: bool) -> None:
    """List the tags, with how many customers have each today."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            rows = rules.listed(session, today=clock.today(clock.now(), venue.zone))
    if as_json:
        click.echo(json.dumps(list(map(_plain, rows)), ensure_ascii=False))
        return
    for tag in rows:
        at_door = ", shown at the door" if tag.at_door else ""
        click.echo(f"{tag.name} ({tag.colour}{at_door}), {counted(tag.customers, 'customer')}")


@tags.command("add")
@NAME
@click.option("--colour", type=COLOUR, default=COLOURS[0], help="Grey by default.")
@click.option("--at-door", is_flag=True, help="Show it beside the guest on the event page and the door list.")
def add(name: str, colour: str, at_door: bool) -> None:
    """Make a tag."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.add(session, name=name, colour=colour, at_door=at_door, now=clock.now())


@tags.command("rename")
@NAME
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Rename a tag. Customers who have it keep it."""
    with plain_errors():
        venue = open_venue()
        with venue.transaction(COMMAND_LINE) as session:
            tag_id = rules.named(session, name).id
            listed = rules.listed(session, today=clock.today(clock.now(), venue.zone))
            version = next(tag.version for tag in listed if tag.id == tag_id)
            rules.update(session, tag_id, version=version, name=new_name, now=clock.now())


@tags.command("merge")
@NAME
@click.argument("into")
@click.option("--yes", is_flag=True, help="Do not ask.")
def merge(name: str, into: str, yes: bool) -> None:
    """Give all who have a tag another one INTO, and delete the tag."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            tag, other = rules.named(session, name), rules.named(session, into)
            count = rules.count(session, tag.id, today=clock.today(clock.now(), venue.zone))
        if not yes:
            words = f"Give {counted(count, 'customer')} with {tag.name} the tag {other.name}, and delete {tag.name}?"
            click.confirm(words, abort=True)
        with venue.transaction(COMMAND_LINE) as session:
            moved = rules.merge(session, into=other.id, tag_id=tag.id, now=clock.now())
    click.echo(f"{tag.name} merged into {other.name}: {counted(moved, 'customer')}.")


@tags.command("delete")
@NAME
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete a tag, and take it off all customers."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            tag = rules.named(session, name)
            count = rules.count(session, tag.id, today=clock.today(clock.now(), venue.zone))
        if not yes:
            click.confirm(f"Delete {tag.name}, and take it off {counted(count, 'customer')}?", abort=True)
        with venue.transaction(COMMAND_LINE) as session:
            rules.delete(session, tag.id, now=clock.now())


def _plain(tag: CountedTag) -> dict[str, object]:
    return {
        "id": str(tag.id),
        "name": tag.name,
        "colour": tag.colour,
        "at_door": tag.at_door,
        "customers": tag.customers,
    }
