"""The confirmations and reminders of past bookings, as the scheduler would have sent them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow
from db.writes import insert_once
from sms import error_codes, texts
from sms.texts import Facts, Kind
from venue import reminders
from venue.messages import templates
from venue.messages.new_message import NewMessage
from venue.messages.states import State
from venue.profile import Venue, venue_of

DAY = timedelta(days=1)
# Out of a thousand texts, and the error that came back.
LOST = ((12, State.UNDELIVERED, "30003"), (5, State.UNDELIVERED, "30005"), (3, State.FAILED, "30008"))


def write(session: Session, random: Random, *, until: datetime) -> int:
    """Store the texts about events that began before `until`, and return how many."""
    venue, bodies = venue_of(session), templates.bodies(session)
    rows = [row for booking in _bookings(session, until) for row in _texts(booking, venue, bodies, random)]
    return insert_once(session, Message, rows)


def _bookings(session: Session, until: datetime) -> list[AnyRow]:
    query = (
        select(
            *(Booking.id, Booking.seats, Booking.created_at, Booking.customer_id, Booking.event_id),
            *(Customer.first_name, Customer.last_name, Customer.mobile_number),
            *(Event.name, Event.short_name, Event.starts_at),
        )
        .join_from(Booking, Customer)
        .join(Event)
        .where(Event.starts_at < until)
        .order_by(Event.starts_at, Event.name, Customer.mobile_number)
    )
    return list(session.execute(query))


def _texts(booking: AnyRow, venue: Venue, bodies: dict[str, str], random: Random) -> Iterator[dict[str, Any]]:
    due = {Kind.CONFIRMATION: booking.created_at}
    for kind in reminders.KINDS:
        at = reminders.due_at(kind, booking.starts_at, zone=venue.zone, hours=venue.hours)
        if at > booking.created_at + DAY:
            due[Kind(kind)] = at
    for kind, due_at in due.items():
        yield _text(booking, kind, due_at, _body(booking, bodies[kind], due_at, venue), random)


def _body(booking: AnyRow, template: str, sent_at: datetime, venue: Venue) -> str:
    facts = Facts(
        first_name=booking.first_name,
        last_name=booking.last_name,
        event_name=booking.short_name or booking.name,
        event_starts_at=booking.starts_at,
        seats=booking.seats,
        venue_name=venue.name,
        venue_phone=venue.phone,
    )
    return texts.render(template, facts, now=sent_at, zone=venue.zone)


def _text(booking: AnyRow, kind: Kind, due_at: datetime, body: str, random: Random) -> dict[str, Any]:
    sent_at = due_at + timedelta(seconds=random.randrange(2, 50))
    ended_at = sent_at + timedelta(seconds=random.randrange(2, 30))
    state, code = _outcome(random)
    message = NewMessage(
        kind=kind,
        dedupe_key=f"{kind}:{booking.id.hex}:1",
        customer_id=booking.customer_id,
        booking_id=booking.id,
        event_id=booking.event_id,
        mobile_number=booking.mobile_number,
        body=body,
        due_at=due_at,
        useful_until=booking.starts_at,
        state=state,
        reason=error_codes.explain(code) if code else "",
        account="simulated",
        provider_id=f"SIM{random.getrandbits(128):032x}",
        provider_status=state.value,
        created_at=due_at if kind is Kind.CONFIRMATION else booking.created_at,
        sent_at=sent_at,
        final_at=ended_at,
        handled_at=ended_at + timedelta(hours=2) if code else None,
        handled_by="Priya" if code else None,
        now=ended_at,
    )
    return message.columns() | {"error_code": code}


def _outcome(random: Random) -> tuple[State, str | None]:
    number = random.randrange(1000)
    for share, state, code in LOST:
        if number < share:
            return state, code
        number -= share
    return State.DELIVERED, None
