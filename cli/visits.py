"""`manage.py visits`."""

import json
from typing import Any
from uuid import UUID

import click

from cli.common import JSON, open_venue, plain_errors
from venue import bookings, clock, events
from venue.customers.visit_counts import is_forgotten
from venue.roles import COMMAND_LINE
from venue.rows import GuestRow
from venue.visits import rewards
from venue.wording import counted, full_name, late_in_words

MARKS = {"arrived": True, "no-show": False, "unmarked": None}
WORDS = {arrived: words for words, arrived in MARKS.items()}


@click.group()
def visits() -> None:
    """Who came to an event: marks, running late, walk-ins."""


@visits.command("guests")
@click.argument("event_id", type=click.UUID, metavar="EVENT")
@JSON
def list_guests(event_id: UUID, as_json: bool) -> None:
    """List an event's guests with seats, whether they came, and the ids of their bookings."""
    with plain_errors(), open_venue().reading(COMMAND_LINE) as session:
        guests = [row for row in bookings.for_event(session, event_id) if row.seats]
        event = events.row(session, event_id)
    unnamed_seats, knows_marks = event.unnamed_seats, not is_forgotten(event.starts_at, now=clock.now())
    if as_json:
        listed = {"guests": [_plain(row, knows_marks) for row in guests], "walk_ins_without_number": unnamed_seats}
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    for row in guests:
        late = f", {late_in_words(row)}" if row.late_since and row.arrived is None else ""
        click.echo(f"{full_name(row)}, {counted(row.seats, 'seat')}, {_mark(row, knows_marks)}{late} ({row.id})")
    if unnamed_seats:
        click.echo(f"{counted(unnamed_seats, 'walk-in')} without a number")


@visits.command("mark")
@click.argument("booking_id", type=click.UUID, metavar="BOOKING")
@click.argument("mark", type=click.Choice(list(MARKS)))
@click.option("--seats", type=int, help="How many came, if not as many as are booked.")
def mark(booking_id: UUID, mark: str, seats: int | None) -> None:
    """Mark a guest as arrived or as a no-show, or remove the mark. `journal undo` undoes it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bookings.mark_arrived(session, booking_id, arrived=MARKS[mark], seats=seats, now=clock.now())


@visits.command("late")
@click.argument("booking_id", type=click.UUID, metavar="BOOKING")
@click.option("--no", "is_not", is_flag=True, help="They are not running late.")
@click.option("--minutes", type=int, help="By how many minutes, if they said so.")
def late(booking_id: UUID, is_not: bool, minutes: int | None) -> None:
    """Mark a guest as running late, which is shown at the door. `journal undo` undoes it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bookings.mark_late(session, booking_id, late=not is_not, minutes=minutes, now=clock.now())


@visits.command("walk-in")
@click.argument("event_id", type=click.UUID, metavar="EVENT")
@click.argument("customer_id", type=click.UUID, metavar="CUSTOMER")
@click.argument("seats", type=int)
def walk_in(event_id: UUID, customer_id: UUID, seats: int) -> None:
    """Add a customer who came to an event of today without a booking. No text is sent."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bookings.walk_in(session, event_id, customer_id=customer_id, seats=seats, now=clock.now())


@visits.command("count-walk-ins")
@click.argument("event_id", type=click.UUID, metavar="EVENT")
@click.argument("seats", type=click.IntRange(min=1))
@click.option("--take-back", is_flag=True, help="They were counted by mistake.")
def count_walk_ins(event_id: UUID, seats: int, take_back: bool) -> None:
    """Count guests who came to an event of today without a booking and gave no number. `journal undo` undoes it."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        bookings.count_walk_ins(session, event_id, seats=-seats if take_back else seats, now=clock.now())


@visits.command("give-reward")
@click.argument("customer_id", type=click.UUID, metavar="CUSTOMER")
def give_reward(customer_id: UUID) -> None:
    """Record that a customer was given the reward that is due. `journal undo` undoes it. The settings reward_name and
    reward_every say what it is, and after how many visits."""
    with plain_errors(), open_venue().transaction(COMMAND_LINE) as session:
        click.echo(f"Reward given: {rewards.give(session, customer_id, now=clock.now()).name}")


def _mark(row: GuestRow, knows_marks: bool) -> str:
    return WORDS[row.arrived if row.arrived or knows_marks else None]


def _plain(row: GuestRow, knows_marks: bool) -> dict[str, Any]:
    return {
        "booking_id": str(row.id),
        "customer_id": str(row.customer_id),
        "name": full_name(row),
        "seats": row.seats,
        "mark": _mark(row, knows_marks),
        "arrived_seats": row.arrived_seats,
        "walked_in": row.walked_in,
        "late_minutes": row.late_minutes,
        "late_since": row.late_since.isoformat() if row.late_since else None,
    }
