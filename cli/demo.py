"""`manage.py demo`."""

import click

import settings
from cli.common import plain_errors
from cli.database import bring_up_to_date
from cli.sample.load import load
from venue import clock
from venue.imports.report import Outcome


@click.command()
def demo() -> None:
    """Load the sample venue, with a year of its history. In a venue that has customers, it does nothing."""
    with plain_errors():
        configured = settings.load()
        bring_up_to_date(configured)
        is_new = False
        for name, report in load(settings.open_venue(configured), now=clock.now()):
            is_new = True
            click.echo(f"{name}: {report.counts[Outcome.NEW]} new")
        if not is_new:
            click.echo("There are customers already: nothing was added")
