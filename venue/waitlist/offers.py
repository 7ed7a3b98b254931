"""Offer free seats to the waitlist, and end the offers that were not answered: a job of the scheduler."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, PhoneNumber, WaitlistEntry
from db.types import AnyRow
from db.writes import insert_once
from sms.texts import Facts, Kind
from venue import events
from venue.events import offered_seats
from venue.messages import numbers, outbox, templates
from venue.messages.causes import Cause, Reason
from venue.messages.new_message import NewMessage
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.waitlist.answer_times import text_useful_until
from venue.waitlist.passes import Change, Party, Place, decide
from venue.waitlist.states import OPEN, State

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Passed:
    """What one pass over a waitlist did: how many parties were offered seats, and how many other entries changed."""

    offered: int = 0
    changed: int = 0


def offer_all(transaction: Transaction, *, now: datetime) -> None:
    """Make all offers that are due now, and end those that are over: each event in a transaction of its own."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        due = _events_due(session, now)
    for event_id in due:
        with transaction() as session:
            offer_next(session, event_id, now=now)


def offer_next(session: Session, event_id: UUID, *, now: datetime) -> Passed:
    """Offer an event's free seats to the first parties that fit, in the order they joined, and end the offers that are
    over. Parties that are passed over keep their place, and why is stored. An event that is cancelled, or no
    longer exists, is left alone."""
    require(session, Permission.BOOKINGS, Permission.DELIVERY)
    event = session.execute(
        select(Event.__table__).where(Event.__table__.c.id == event_id).with_for_update(key_share=True)
    ).first()
    if event is None or event.cancelled_at is not None:
        return Passed()
    customers = _lock_customers(session, event_id)
    entries = session.scalars(
        select(WaitlistEntry)
        .where(WaitlistEntry.event_id == event_id, WaitlistEntry.state.in_(OPEN))
        .order_by(WaitlistEntry.joined_at, WaitlistEntry.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_id = {entry.id: entry for entry in entries if entry.customer_id in customers}
    changes = _due(session, WaitlistEntry.event_id == event_id, now)
    changes = [change for change in changes if change.party.id in by_id]
    for change in changes:
        entry = by_id[change.party.id]
        _apply(session, entry, change, now)
        if change.state is State.OFFERED:
            queue_text(session, entry, event, customers[entry.customer_id], now=now)
    session.flush()
    offered = sum(change.state is State.OFFERED for change in changes)
    return Passed(offered, len(changes) - offered)


def _lock_customers(session: Session, event_id: UUID) -> dict[UUID, AnyRow]:
    """The customers on the waitlist, locked before their entries: in the order of all commands."""
    table = Customer.__table__
    waiting = select(WaitlistEntry.customer_id).where(WaitlistEntry.event_id == event_id, WaitlistEntry.state.in_(OPEN))
    locked = select(table).where(table.c.id.in_(waiting)).order_by(table.c.id).with_for_update(key_share=True)
    return {row.id: row for row in session.execute(locked)}


def _apply(session: Session, entry: WaitlistEntry, change: Change, now: datetime) -> None:
    if entry.state == State.OFFERED and change.state is not State.OFFERED:
        offered_seats.skip_texts(
            session, Message.dedupe_key == offer_key(entry), Reason(Cause.REPLACED, "the offer is over"), now=now
        )
    entry.state, entry.cause, entry.answer_by = change.state.value, change.cause, change.answer_by
    entry.updated_at = now
    if change.state is State.OFFERED:
        entry.offers += 1
        entry.offered_at = now
    elif change.state is not State.WAITING:
        entry.ended_at = now


def queue_text(
    session: Session, entry: WaitlistEntry, event: AnyRow | Event, customer: AnyRow | Customer, *, now: datetime
) -> None:
    """Queue the text with the offer that was just made to a party. Its event must be locked."""
    require(session, Permission.BOOKINGS, Permission.DELIVERY)
    if entry.answer_by is None:
        raise ValueError("an offer without an end")
    venue = venue_of(session)
    message = NewMessage(
        kind=Kind.WAITLIST_OFFER,
        dedupe_key=offer_key(entry),
        customer_id=customer.id,
        event_id=event.id,
        mobile_number=customer.mobile_number,
        due_at=now,
        # It says "today", so it only goes today.
        useful_until=text_useful_until(now, entry.answer_by, zone=venue.zone, hours=venue.hours),
        now=now,
        body=words(session, entry, event, customer, ends=entry.answer_by, now=now),
    )
    insert_once(session, Message, [message.columns()])


def words(
    session: Session,
    entry: WaitlistEntry,
    event: AnyRow | Event,
    customer: AnyRow | Customer,
    *,
    ends: datetime,
    now: datetime,
) -> str:
    """The text with an offer that ends at this instant."""
    require(session, Permission.READ)
    venue = venue_of(session)
    facts = Facts(
        first_name=customer.first_name,
        last_name=customer.last_name,
        event_name=event.short_name or event.name,
        event_starts_at=event.starts_at,
        seats=entry.seats,
        venue_name=venue.name,
        venue_phone=venue.phone,
        answer_by=ends,
    )
    template = templates.body_of(session, Kind.WAITLIST_OFFER)
    return outbox.render_template(venue, Kind.WAITLIST_OFFER, template, facts, now=now)


def offer_key(entry: Any) -> str:
    """The key of the text with the latest offer to a party."""
    return f"{Kind.WAITLIST_OFFER}:{entry.id.hex}:{entry.offers}"


# Finding what is due


def _events_due(session: Session, now: datetime) -> Sequence[UUID]:
    open_events = session.scalars(
        select(WaitlistEntry.event_id)
        .join(Event, Event.id == WaitlistEntry.event_id)
        .where(WaitlistEntry.state.in_(OPEN), Event.cancelled_at.is_(None))
        .distinct()
    ).all()
    return [each for each in open_events if _due(session, WaitlistEntry.event_id == each, now)]


def _due(session: Session, which: ColumnElement[bool], now: datetime) -> list[Change]:
    """What `decide` says about the one event of these entries."""
    rows = session.execute(_OPEN_PARTIES.where(which)).all()
    if not rows:
        return []
    texts = _texts(session, [offer_key(row) for row in rows if row.state == State.OFFERED])
    venue = venue_of(session)
    first = rows[0]
    place = Place(first.starts_at, first.capacity, events.seats_taken(session, first.event_id))
    return decide(place, [_party(row, texts) for row in rows], now=now, zone=venue.zone, hours=venue.hours)


_OPEN_PARTIES = (
    select(
        *(WaitlistEntry.id, WaitlistEntry.event_id, WaitlistEntry.seats, WaitlistEntry.state, WaitlistEntry.cause),
        *(WaitlistEntry.updated_at, WaitlistEntry.answer_by, WaitlistEntry.offers),
        *(Event.starts_at, Event.capacity, Booking.seats.label("booked")),
        numbers.is_blocked().label("is_blocked"),
    )
    .join(Event, Event.id == WaitlistEntry.event_id)
    .join(Customer, Customer.id == WaitlistEntry.customer_id)
    .outerjoin(PhoneNumber, PhoneNumber.mobile_number == Customer.mobile_number)
    .outerjoin(
        Booking, and_(Booking.event_id == WaitlistEntry.event_id, Booking.customer_id == WaitlistEntry.customer_id)
    )
    .where(WaitlistEntry.state.in_(OPEN), Event.cancelled_at.is_(None))
    .order_by(WaitlistEntry.joined_at, WaitlistEntry.id)
)


def _texts(session: Session, keys: Sequence[str]) -> dict[str, AnyRow]:
    if not keys:
        return {}
    query = select(Message.dedupe_key, Message.state, Message.cause).where(Message.dedupe_key.in_(keys))
    return {row.dedupe_key: row for row in session.execute(query)}


def _party(row: AnyRow, texts: dict[str, AnyRow]) -> Party:
    text = texts.get(offer_key(row))
    return Party(
        id=row.id,
        seats=row.seats,
        state=row.state,
        cause=row.cause,
        updated_at=row.updated_at,
        answer_by=row.answer_by,
        booked=row.booked or 0,
        is_blocked=bool(row.is_blocked),
        text_state=text.state if text else None,
        text_cause=text.cause if text else None,
    )
