"""`manage.py privacy`."""

import functools
import sys
from typing import BinaryIO
from uuid import UUID

import click

from cli.common import open_venue, plain_errors, present_id
from cli.consents import consent
from cli.requests import requests
from cli.retention import retention
from venue import clock
from venue import privacy as rules
from venue.privacy import ErasePlan
from venue.privacy.mentions import read_wanted
from venue.roles import COMMAND_LINE
from venue.wording import counted

CUSTOMER = click.argument("customer_id", metavar="CUSTOMER_ID", type=click.UUID)


@click.group()
def privacy() -> None:
    """What guests agreed to and asked for, and what is held about them."""


@privacy.command("export")
@CUSTOMER
@click.option("--output", type=click.File("wb"), required=True, help="The zip file to write.")
def export(customer_id: UUID, output: BinaryIO) -> None:
    """Write everything that is held about a customer to a zip file: a letter to read, and the data as JSON."""
    now = clock.now()
    with plain_errors():
        venue = open_venue()
        with venue.reading_at_length(COMMAND_LINE) as session:
            customer_id = present_id(session, customer_id)
            content = rules.archive(session, customer_id, now=now)
        with venue.transaction(COMMAND_LINE) as session:
            rules.note_archive(session, customer_id, now=now)
    output.write(content)


@privacy.command("erase")
@CUSTOMER
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(customer_id: UUID, dry_run: bool, yes: bool) -> None:
    """Erase a customer for good, with every mention of their name and number. No text is sent."""
    with plain_errors():
        venue = open_venue()
        with venue.reading_at_length(COMMAND_LINE) as session:
            customer_id = present_id(session, customer_id)
            plan = rules.erase_preview(session, customer_id)
        click.echo(_plan(plan))
        if dry_run:
            return
        if not yes:
            click.confirm("Erase them for good?", abort=True)
        rules.erase_in_steps(
            functools.partial(venue.reading_at_length, COMMAND_LINE),
            functools.partial(venue.transaction, COMMAND_LINE),
            customer_id,
            fingerprint=plan.fingerprint,
            now=clock.now(),
        )
    click.echo("Erased.")


@privacy.command("scan")
@click.argument("name_or_number", metavar="TEXT")
def scan(name_or_number: str) -> None:
    """Search every text of the database for a name or a number. The exit status is 1 if it is anywhere."""
    with plain_errors(), open_venue().reading_at_length(COMMAND_LINE) as session:
        wanted = read_wanted(session, name_or_number)
        hits = rules.scan(session, names=wanted.names, numbers=wanted.numbers)
    for hit in hits:
        click.echo(f"{hit.table}.{hit.column}  {' '.join(map(str, hit.key))}")
    click.echo(f"{counted(len(hits), 'hit')}." if hits else "Nothing was found.")
    sys.exit(1 if hits else 0)


def _plan(plan: ErasePlan) -> str:
    lines = [plan.name]
    lines += [f"  goes: {each}" for each in plan.goes]
    lines += [f"  stays without name and number: {each}" for each in plan.stays]
    lines += [
        f"  {'is deleted too' if mention.is_deleted else 'mentions are replaced'}: {mention.words}"
        for mention in plan.mentions
    ]
    lines += [f"  {sentence}" for sentence in plan.shared]
    return "\n".join([*lines, *(f"  change this first, it names them: {place}" for place in plan.blocked)])


privacy.add_command(consent)
privacy.add_command(requests)
privacy.add_command(retention)
