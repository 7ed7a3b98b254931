"""`manage.py demo`."""

import click

import settings
from cli import sample
from cli.common import plain_errors
from cli.database import bring_up_to_date
from venue import clock


@click.command()
def demo() -> None:
    """Load the sample venue: its customers, events and bookings. Running it again adds nothing."""
    with plain_errors():
        configured = settings.load()
        bring_up_to_date(configured)
        for name, counts in sample.load(settings.open_venue(configured), now=clock.now()):
            click.echo(f"{name}: {counts['new']} new, {counts['unchanged']} unchanged")
