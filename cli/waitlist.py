"""`manage.py waitlist`."""

import json
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors, present_id
from venue import clock, waitlist
from venue.roles import COMMAND_LINE
from venue.waitlist import WaitingParty
from venue.wording import counted

EVENT = click.argument("event_id", type=click.UUID)
ENTRY = click.argument("entry_id", type=click.UUID)


@click.group("waitlist")
def group() -> None:
    """Show the waitlist of a full event, add to it, and answer offers."""


@group.command("list")
@EVENT
@JSON
def list_parties(event_id: UUID, as_json: bool) -> None:
    """List the parties on an event's waitlist, in the order in which they joined."""
    with plain_errors():
        venue = open_venue()
        with venue.reading(COMMAND_LINE) as session:
            parties = waitlist.listed(session, event_id)
    if as_json:
        click.echo(json.dumps([_as_json(party) for party in parties], ensure_ascii=False))
        return
    for party in parties:
        ends = party.answer_by and f"offered until {clock.format_instant(party.answer_by, venue.zone)}"
        click.echo(f"{party.id}  {party.name}, {counted(party.seats, 'seat')}: {ends or party.why}")
    click.echo(f"{counted(len(parties), 'party', 'parties')}. {waitlist.POLICY}")


@group.command("join")
@EVENT
@click.argument("customer_id", type=click.UUID)
@click.argument("seats", type=int)
@click.option("--notes", default="", help="What staff should know.")
def join(event_id: UUID, customer_id: UUID, seats: int, notes: str) -> None:
    """Put a customer on the waitlist of an event."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        customer_id = present_id(session, customer_id)
        entry = waitlist.join(
            session, event_id=event_id, customer_id=customer_id, seats=seats, notes=notes, now=clock.now()
        )
        click.echo(f"Joined: {entry.id}")


@group.command("leave")
@ENTRY
def leave(entry_id: UUID) -> None:
    """Take a party off the waitlist."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        waitlist.leave(session, entry_id, now=clock.now())
    click.echo("Removed from the waitlist")


@group.command("offer")
@ENTRY
def offer(entry_id: UUID) -> None:
    """Offer a party its seats now, out of its turn, by text."""
    with plain_errors():
        venue = open_venue()
        with venue.transaction(COMMAND_LINE) as session:
            ends = waitlist.offer(session, entry_id, now=clock.now()).answer_by
    click.echo(f"Offered until {clock.format_instant(ends, venue.zone)}" if ends else "Offered")


@group.command("accept")
@ENTRY
def accept(entry_id: UUID) -> None:
    """Book a party that accepts, and send the confirmation."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        waitlist.answer(session, entry_id, accepts=True, now=clock.now())
    click.echo("Booked")


@group.command("decline")
@ENTRY
def decline(entry_id: UUID) -> None:
    """Note that a party declined: the seats are offered to the next."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        waitlist.answer(session, entry_id, accepts=False, now=clock.now())
    click.echo("Declined")


@group.command("withdraw")
@ENTRY
@click.option("--no-text", is_flag=True, help="Do not text them that the offer is off.")
def withdraw(entry_id: UUID, no_text: bool) -> None:
    """Take an offer back; the party keeps its place. No seats of the event are offered for ten minutes."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        waitlist.withdraw(session, entry_id, tell_customer=not no_text, now=clock.now())
    click.echo("Offer taken back")


def _as_json(party: WaitingParty) -> dict[str, object]:
    return {
        "id": str(party.id),
        "customer_id": str(party.customer_id),
        "name": party.name,
        "seats": party.seats,
        "state": party.state,
        "why": party.why,
        "joined_at": party.joined_at.isoformat(),
        "answer_by": party.answer_by and party.answer_by.isoformat(),
    }
