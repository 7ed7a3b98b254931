"""Seats that are offered to parties on the waitlist: until they answer, these count as taken (venue/waitlist)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from db.models import Message, WaitlistEntry
from db.writes import update_where
from sms.texts import Kind
from venue import messages
from venue.messages.causes import Cause, Reason
from venue.roles import Permission, require

OPEN = ("waiting", "offered")


def of_customer(session: Session, event_id: UUID, customer_id: UUID) -> int | None:
    """The seats that are offered to this customer, 0 if they only wait, or None if they are not on the waitlist."""
    require(session, Permission.BOOKINGS)
    is_theirs = and_(WaitlistEntry.event_id == event_id, WaitlistEntry.customer_id == customer_id)
    row = session.execute(
        select(WaitlistEntry.state, WaitlistEntry.seats).where(is_theirs, WaitlistEntry.state.in_(OPEN))
    ).first()
    if row is None:
        return None
    return int(row.seats) if row.state == "offered" else 0


def end_when_booked(session: Session, event_id: UUID, customer_id: UUID, *, now: datetime) -> None:
    """Take a customer who is booked now off the event's waitlist; the text about an offer is not sent any more. The
    event must be locked."""
    require(session, Permission.BOOKINGS)
    theirs = and_(
        WaitlistEntry.event_id == event_id,
        WaitlistEntry.customer_id == customer_id,
        WaitlistEntry.state.in_(OPEN),
    )
    _change(session, theirs, {"state": "booked", "cause": None, "answer_by": None, "ended_at": now}, now)
    texts = and_(Message.event_id == event_id, Message.customer_id == customer_id)
    skip_texts(session, texts, Reason(Cause.REPLACED, "they are booked"), now=now)


def take_back(session: Session, event_id: UUID, why: Reason, *, now: datetime) -> None:
    """Take back all open offers of an event that was moved or cancelled: the parties wait again, in their places. The
    event must be locked."""
    require(session, Permission.EVENTS)
    offered = and_(WaitlistEntry.event_id == event_id, WaitlistEntry.state == "offered")
    _change(session, offered, {"state": "waiting", "cause": None, "answer_by": None}, now)
    skip_texts(session, Message.event_id == event_id, why, now=now)


def skip_texts(session: Session, which: ColumnElement[bool], why: Reason, *, now: datetime) -> None:
    """Skip those of the texts that are offers and have not been sent."""
    require(session, Permission.BOOKINGS, Permission.EVENTS, Permission.DELIVERY)
    messages.skip_planned(session, and_(which, Message.kind == Kind.WAITLIST_OFFER.value), why, now=now)


def _change(session: Session, which: ColumnElement[bool], values: dict[str, object], now: datetime) -> None:
    update_where(session, WaitlistEntry, which, {**values, "updated_at": now, "version": WaitlistEntry.version + 1})
