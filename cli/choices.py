"""`manage.py settings`."""

import json
from dataclasses import asdict

import click

from cli.common import JSON, open_venue, plain_errors, plain_value
from venue import choices, clock
from venue.choices import SettingRow
from venue.roles import COMMAND_LINE


@click.group()
def settings() -> None:
    """Show and change the settings of the venue. Running processes follow within a minute."""


@settings.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the settings, their values, and who set them."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = choices.rows(session)
    if as_json:
        click.echo(json.dumps([{name: plain_value(value) for name, value in asdict(row).items()} for row in rows]))
    else:
        click.echo("\n".join(_line(row) for row in rows))


def _line(row: SettingRow) -> str:
    value = " | ".join(row.value.splitlines())
    if not row.is_set:
        source = f"from {row.variable} in the environment" if row.is_from_environment else "default"
        return f"{row.name} {value} ({source})".replace("  ", " ")
    who = f"set by {row.changed_by} on {row.changed_at:%Y-%m-%d}" if row.changed_at else "set here"
    return f"{row.name} {value} ({who})".replace("  ", " ")


@settings.command("show", hidden=True)
@JSON
def show(as_json: bool) -> None:
    """As `list`, with the names and values only."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        listed = choices.listed(session)
    click.echo(json.dumps(listed) if as_json else "\n".join(f"{name} {words}" for name, words in listed.items()))


@settings.command("set")
@click.argument("name")
@click.argument("value")
def set_(name: str, value: str) -> None:
    """Change a setting, like: settings set sending_hours 10:00-20:00"""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        choices.save(session, name, value, now=clock.now())


@settings.command("unset")
@click.argument("name")
def unset(name: str) -> None:
    """Use the default again: what the environment says, or Anchor Desk's own."""
    _unset(name)


@settings.command("reset", hidden=True)
@click.argument("name")
def reset(name: str) -> None:
    """As `unset`."""
    _unset(name)


def _unset(name: str) -> None:
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        choices.reset(session, name, now=clock.now())
