"""Proposals for replies to an offer of the waitlist: to book the party, or to note that they declined."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, WaitlistEntry
from db.types import AnyRow
from sms.texts import event_day
from venue import bookings, clock, events
from venue.profile import venue_of
from venue.replies.meanings import Meaning
from venue.replies.proposal import Proposal
from venue.replies.questions import Asked
from venue.replies.reading import Reading
from venue.roles import Permission, require
from venue.waitlist.states import OPEN, State
from venue.wording import counted

_WORDS = {
    (Meaning.YES, True): "They accept",
    (Meaning.YES, False): "They may accept",
    (Meaning.NO, True): "They do not want",
    (Meaning.NO, False): "They may not want",
}


def about_offer(session: Session, asked: Asked, reading: Reading, *, now: datetime) -> Proposal | None:
    """The proposal for an answer to an offer, checked against what is true now. None if the entry was deleted."""
    require(session, Permission.READ)
    row = _latest_entry(session, asked)
    if row is None:
        return None
    certain = reading.is_certain and asked.is_alone
    seats = counted(row.seats, "seat")
    day = event_day(row.starts_at, now=now, zone=venue_of(session).zone)
    words = f"{_WORDS[reading.meaning, certain]} {seats} for {row.name} {day}."
    about = Proposal(asked.message_id, reading.meaning, certain, words)
    problem = _why_not(session, row, reading, now)
    if problem:
        return replace(about, problem=problem)
    label = f"Book {seats}" if reading.meaning is Meaning.YES else "Decline the offer"
    ended = _ended(session, row, now)
    return replace(about, label=label, problem=f"{ended} The seats are still free." if ended else "", entry_id=row.id)


def free_for(session: Session, event_id: UUID, customer_id: UUID, capacity: int) -> int:
    """The seats that are free for this customer: those offered to them are theirs."""
    require(session, Permission.READ)
    theirs = session.scalar(
        select(func.coalesce(func.sum(WaitlistEntry.seats), 0)).where(
            WaitlistEntry.event_id == event_id,
            WaitlistEntry.customer_id == customer_id,
            WaitlistEntry.state == State.OFFERED.value,
        )
    )
    return capacity - events.seats_taken(session, event_id) + (theirs or 0)


def _latest_entry(session: Session, asked: Asked) -> AnyRow | None:
    entry = WaitlistEntry.__table__.c
    return session.execute(
        select(
            entry.id,
            entry.seats,
            entry.state,
            entry.event_id,
            entry.customer_id,
            entry.answer_by,
            entry.ended_at,
            Event.name,
            Event.starts_at,
            Event.capacity,
            Event.cancelled_at,
            exists()
            .where(Booking.event_id == entry.event_id, Booking.customer_id == entry.customer_id, Booking.seats > 0)
            .label("is_booked"),
        )
        .join(Event, Event.id == entry.event_id)
        .where(entry.event_id == asked.event_id, entry.customer_id == asked.customer_id)
        .order_by(entry.joined_at.desc(), entry.id)
        .limit(1)
    ).first()


def _why_not(session: Session, row: AnyRow, reading: Reading, now: datetime) -> str:
    """Why the answer cannot be carried out, as a sentence; empty if it can."""
    if row.state == State.BOOKED and row.is_booked:
        return "They are booked already."
    if row.cancelled_at is not None:
        return f"{row.name} is cancelled."
    if row.starts_at <= now:
        return f"{row.name} has begun."
    if reading.meaning is Meaning.NO:
        return "" if row.state in OPEN else _ended(session, row, now) or "They are not on the waitlist any more."
    if row.capacity is None:
        return ""
    free = free_for(session, row.event_id, row.customer_id, row.capacity)
    if row.seats <= free:
        return ""
    return " ".join(filter(None, (_ended(session, row, now), f"{bookings.why_full(row.name, free)}.")))


def _ended(session: Session, row: AnyRow, now: datetime) -> str:
    """That the offer ended, and when; empty if it has not."""
    zone = venue_of(session).zone
    if row.state == State.EXPIRED and row.ended_at is not None:
        return f"The offer ended on {clock.format_instant(row.ended_at, zone)}."
    if row.state == State.OFFERED and row.answer_by is not None and row.answer_by <= now:
        return f"The offer ended on {clock.format_instant(row.answer_by, zone)}."
    if row.state == State.BOOKED:
        return "Their booking was cancelled since."
    return "The offer was taken back." if row.state == State.WAITING else ""
