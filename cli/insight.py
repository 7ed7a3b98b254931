"""`manage.py insight`."""

from datetime import date
from typing import BinaryIO, TextIO
from uuid import UUID

import click

from cli.common import day, open_venue, plain_errors
from cli.exporting import FORMAT, OUTPUT, run_export
from venue import clock
from venue.acts import Act
from venue.insight import tables
from venue.insight.letter import as_text, letter
from venue.roles import COMMAND_LINE


@click.group()
def insight() -> None:
    """How many came, how events fill and who comes back: the figures of the screen Insight."""


@insight.command("export")
@click.argument("chart", type=click.Choice(list(tables.CHARTS)))
@click.option("--from", "first", callback=day, metavar="DAY", help="The first day, like 2026-12-30.")
@click.option("--until", "last", callback=day, metavar="DAY", help="The last day; today by default.")
@click.option("--event", "event_id", type=click.UUID, metavar="ID", help="The event, for its pace.")
@OUTPUT
@FORMAT
def export(
    chart: str, first: date | None, last: date | None, event_id: UUID | None, output: BinaryIO, typed_format: str | None
) -> None:
    """Write the table of a chart, of the last 12 weeks by default. Days are in the venue's zone."""
    query = {"from": str(first or ""), "until": str(last or ""), "event": str(event_id or "")}
    run_export(
        output,
        typed_format,
        Act.INSIGHT_EXPORTED,
        lambda session: tables.export(session, chart, query, now=clock.now()),
        filters=[chart],
    )


@insight.command("letter")
@click.option("--week", callback=day, metavar="DAY", help="A day of the week it is for; this week by default.")
@click.option("--output", type=click.File("w"), default="-", help="Where to write; standard output by default.")
def print_letter(week: date | None, output: TextIO) -> None:
    """Print the Monday letter: last week against the usual, and what is on this week."""
    now = clock.now()
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            written = letter(session, week=week or clock.today(now, venue.zone), now=now)
    output.write(as_text(written))
