"""`manage.py privacy consent`."""

import json
from dataclasses import asdict
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors, plain_value, present_id
from venue import clock
from venue.privacy import consents
from venue.privacy.consents import Basis, Channel, ConsentLine
from venue.profile import venue_of
from venue.roles import COMMAND_LINE

CUSTOMER = click.argument("customer_id", metavar="CUSTOMER_ID", type=click.UUID)
CHANNEL = click.option(
    "--channel", type=click.Choice([each.value for each in Channel]), default=Channel.TEXT.value, show_default=True
)
BASES = [basis.value for basis in Basis if basis is not Basis.NOT_ASKED]


@click.group()
def consent() -> None:
    """Whether customers agreed to news and offers: a ledger that only grows."""


@consent.command("show")
@CUSTOMER
@CHANNEL
@JSON
def show(customer_id: UUID, channel: str, as_json: bool) -> None:
    """Show what counts now for a customer and channel, and the lines of the ledger, latest first."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        customer_id = present_id(session, customer_id)
        state = consents.state(session, customer_id, channel)
        lines = consents.history(session, customer_id, channel)
        allowed = consents.may_market(session, customer_id, channel)
        zone = venue_of(session).zone
    if as_json:
        now = {"basis": state.basis, "may_market": allowed, "stopped_at": plain_value(state.stopped_at)}
        click.echo(json.dumps({**now, "stopped_by": state.stopped_by, "lines": [_as_json(line) for line in lines]}))
        return
    click.echo(f"{state.basis.replace('_', ' ')}: news and offers {'may' if allowed else 'may not'} be sent")
    for line in lines:
        words = filter(None, [line.basis.replace("_", " "), line.how, line.wording, line.sale, f"by {line.actor}"])
        click.echo(f"  {clock.format_instant(line.at, zone)}  {'; '.join(words)}")


@consent.command("record")
@CUSTOMER
@CHANNEL
@click.option("--basis", type=click.Choice(BASES), required=True, help="What they answered.")
@click.option("--how", default="", help="How they answered, e.g. in person.")
@click.option("--wording", default="", help="What they were told.")
@click.option("--sale", default="", help="For a soft opt-in: the sale it rests on.")
def record(customer_id: UUID, channel: str, basis: str, how: str, wording: str, sale: str) -> None:
    """Add a line to the ledger."""
    line = {"channel": channel, "basis": basis, "how": how, "wording": wording, "sale": sale}
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        consents.record(session, present_id(session, customer_id), **line, now=clock.now())
    click.echo("Recorded.")


def _as_json(line: ConsentLine) -> dict[str, object]:
    return {name: plain_value(value) for name, value in asdict(line).items()}
