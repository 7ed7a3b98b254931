"""`manage.py fields`."""

import json
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors
from venue import clock
from venue import fields as rules
from venue.errors import Invalid
from venue.fields import FieldRow, Kind
from venue.roles import COMMAND_LINE
from venue.wording import counted

KINDS = [kind.value for kind in Kind]


@click.group()
def fields() -> None:
    """Make fields of customers, such as allergies or a birthday. A field is given by its name."""


@fields.command("list")
@JSON
def list_fields(as_json: bool) -> None:
    """List the fields, in their order, with how many customers have something in them."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        counts = [(field, rules.count(session, field)) for field in rules.listed(session)]
    if as_json:
        click.echo(json.dumps([_plain(field, count) for field, count in counts], ensure_ascii=False))
        return
    for field, count in counts:
        choices = f": {', '.join(choice.name for choice in field.offered)}" if field.choices else ""
        click.echo(f"{field.name} ({field.kind}{choices}), {counted(count, 'customer')}")


@fields.command("add")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.TEXT.value,
    help="What it holds; text by default.",
)
@click.option("--choice", "choices", multiple=True, help="An option of a choice. Repeatable.")
def add(name: str, kind: str, choices: tuple[str, ...]) -> None:
    """Make a field, after the others."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.add(session, name=name, kind=kind, choices=choices, now=clock.now())


@fields.command("rename")
@click.argument("name")
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Rename a field. What customers have in it stays."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.update(session, rules.named(session, name).id, name=new_name, now=clock.now())


@fields.command("move")
@click.argument("name")
@click.argument("position", type=click.IntRange(1))
def move(name: str, position: int) -> None:
    """Move a field to a place among the others, counted from 1."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.move(session, rules.named(session, name).id, position=position, now=clock.now())


@fields.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete a field, with what customers have in it."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            field = rules.named(session, name)
            count = rules.count(session, field)
        if not yes:
            click.confirm(f"Delete {field.name}, with what {counted(count, 'customer')} had in it?", abort=True)
        with venue.transaction(COMMAND_LINE) as session:
            rules.delete(session, field.id, now=clock.now())


@fields.command("add-choice")
@click.argument("name")
@click.argument("choice")
def add_choice(name: str, choice: str) -> None:
    """Add an option to a choice, or offer one again."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        rules.add_choice(session, rules.named(session, name).id, name=choice, now=clock.now())


@fields.command("remove-choice")
@click.argument("name")
@click.argument("choice")
def remove_choice(name: str, choice: str) -> None:
    """Stop offering an option. Customers who have it keep it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        field = rules.named(session, name)
        kept = rules.retire_choice(session, _choice(field, choice), now=clock.now())
    if kept:
        click.echo(f"{counted(kept, 'customer')} still {'has' if kept == 1 else 'have'} it")


def _choice(field: FieldRow, name: str) -> UUID:
    found = next((choice.id for choice in field.choices if choice.name.casefold() == name.casefold()), None)
    if found is None:
        raise Invalid(choice=f"{field.name} has no choice ‘{name}’")
    return found


def _plain(field: FieldRow, count: int) -> dict[str, object]:
    choices = [{"id": str(each.id), "name": each.name, "retired": each.is_retired} for each in field.choices]
    return {"id": str(field.id), "name": field.name, "kind": field.kind, "choices": choices, "customers": count}
