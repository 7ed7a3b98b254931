"""`manage.py settings`."""

import json

import click

from cli.common import JSON, open_venue, plain_errors
from venue import choices, clock
from venue.roles import COMMAND_LINE


@click.group()
def settings() -> None:
    """Show and change the settings of the venue. Running processes follow within a minute."""


@settings.command("show")
@JSON
def show(as_json: bool) -> None:
    """Show what may be chosen, and what it is now."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        listed = choices.listed(session)
    click.echo(json.dumps(listed) if as_json else "\n".join(f"{name} {words}" for name, words in listed.items()))


@settings.command("set")
@click.argument("name")
@click.argument("value")
def set_(name: str, value: str) -> None:
    """Choose, like: settings set sending_hours 10:00-20:00"""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        choices.save(session, name, value, now=clock.now())


@settings.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Go back to what the environment says."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        choices.reset(session, name, now=clock.now())
