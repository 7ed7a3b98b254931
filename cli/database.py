"""`manage.py migrate`."""

import click

import settings
from cli.common import plain_errors
from db import schema
from db.session import open_database
from settings import Settings
from venue import clock
from venue.messages import templates
from venue.roles import COMMAND_LINE


@click.command()
def migrate() -> None:
    """Create the database, or upgrade it to this version."""
    with plain_errors():
        bring_up_to_date(settings.load())
    click.echo("The database is up to date.")


def bring_up_to_date(configured: Settings) -> None:
    schema.migrate(open_database(configured.database_url))
    with settings.open_venue(configured).transaction(COMMAND_LINE) as session:
        templates.add_missing(session, now=clock.now())
