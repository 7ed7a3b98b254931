"""`manage.py staff`."""

import json
import os
from dataclasses import asdict

import click

import settings
from cli.common import JSON, open_venue, plain_errors, plain_value
from venue import clock
from venue.roles import COMMAND_LINE, Role
from venue.staff import accounts, codes
from venue.staff.accounts import StaffRow
from venue.staff.codes import Purpose

NAME = click.argument("name")
ROLE = click.Choice([role.value for role in Role])


@click.group()
def staff() -> None:
    """Add, list, disable and reset the accounts of staff."""


@staff.command("add")
@NAME
@click.option("--role", type=ROLE, required=True, help="What they may do.")
@click.option("--email", default="", help="For signing in with OpenID Connect.")
def add(name: str, role: str, email: str) -> None:
    """Add an account, and print a code with which the person chooses a password within 24 hours."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        added = accounts.add(session, name=name, role=role, email=email, now=clock.now())
        code = codes.issue(session, Purpose.PASSWORD, staff_id=added.id, now=clock.now())
    _print_code(f"{added.name} added.", code)


@staff.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the accounts."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        rows = accounts.listed(session)
    if as_json:
        click.echo(json.dumps([{name: plain_value(value) for name, value in asdict(row).items()} for row in rows]))
    else:
        click.echo("\n".join(map(_line, rows)) or "No accounts yet. Start with: manage.py staff set-up")


@staff.command("disable")
@NAME
def disable(name: str) -> None:
    """Disable an account: the person is signed out everywhere at once."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        row = accounts.named(session, name)
        accounts.disable(session, row.id, now=clock.now())
    click.echo(f"{row.name} is disabled and signed out.")


@staff.command("enable")
@NAME
def enable(name: str) -> None:
    """Enable a disabled account again."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        row = accounts.named(session, name)
        accounts.enable(session, row.id, now=clock.now())
    click.echo(f"{row.name} is enabled.")


@staff.command("reset")
@NAME
@click.option("--without-app", is_flag=True, help="Also turn off their authenticator app, because the phone is lost.")
def reset(name: str, without_app: bool) -> None:
    """Print a code with which a person chooses a new password within 24 hours. The old password works until then."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        row = accounts.named(session, name)
        if without_app:
            accounts.turn_off_codes(session, row.id, now=clock.now())
        code = codes.issue(session, Purpose.PASSWORD, staff_id=row.id, now=clock.now())
    _print_code(f"A new password for {row.name}.", code)


@staff.command("role")
@NAME
@click.argument("role", type=ROLE)
def role(name: str, role: str) -> None:
    """Change what a person may do."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        row = accounts.named(session, name)
        accounts.update(session, row.id, version=row.version, role=role, now=clock.now())
    click.echo(f"{row.name} now has the role {role}.")


@staff.command("set-up")
@click.option("--if-new", is_flag=True, help="Print nothing when there are accounts already.")
def set_up(if_new: bool) -> None:
    """Print the code with which the first manager is added, within 24 hours. Earlier ones no longer work."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        if if_new and codes.has_accounts(session):
            return
        code = codes.issue(session, Purpose.SET_UP, now=clock.now())
    click.echo(f"To add the first manager, open {_address()}/set-up and enter this code:\n\n    {code}\n")


def _print_code(sentence: str, code: str) -> None:
    # What follows the # is never sent to a server, so the code is in no log.
    click.echo(f"{sentence} Give them this link, which works once, within 24 hours:\n")
    click.echo(f"    {_address()}/choose-password#{code}\n")


def _address() -> str:
    # Streamlit reads its port from the environment too.
    return settings.load().public_url or f"http://localhost:{os.environ.get('STREAMLIT_SERVER_PORT') or 8501}"


def _line(row: StaffRow) -> str:
    notes = ["disabled"] if row.disabled_at else [] if row.has_password or row.email else ["no password yet"]
    return ", ".join([row.name, row.role.value, *notes])
