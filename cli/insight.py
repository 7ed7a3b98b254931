"""`manage.py insight`."""

from datetime import date
from typing import BinaryIO
from uuid import UUID

import click

from cli.common import day
from cli.exporting import FORMAT, OUTPUT, run_export
from venue import clock
from venue.acts import Act
from venue.insight import tables


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
