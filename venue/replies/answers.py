"""One tap on a proposal: the act that the guest asked for, which also marks their reply as answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Message
from venue import bookings, waitlist
from venue.acts import Act, act
from venue.bookings import edit
from venue.errors import Invalid, NotFound
from venue.messages import needs_call
from venue.messages.actions import locked
from venue.replies.meanings import Meaning
from venue.replies.proposal import Proposal
from venue.roles import Permission, require


def carry_out(session: Session, proposal: Proposal, *, now: datetime) -> bool:
    """Do what is proposed, by one of the acts below. Raises Invalid if there is nothing to do."""
    require(session, Permission.BOOKINGS)
    require(session, Permission.TEXTS)
    message_id, meaning = proposal.message_id, proposal.meaning
    if proposal.entry_id is not None:
        accepts = meaning is Meaning.YES
        return answer_offer(session, message_id, entry_id=proposal.entry_id, accepts=accepts, now=now)
    if proposal.booking_id is None or proposal.version is None:
        raise Invalid(message_id=proposal.problem or "Nothing can be done for this reply but to answer it")
    known: dict[str, Any] = {"booking_id": proposal.booking_id, "version": proposal.version, "now": now}
    if meaning is Meaning.CANCEL:
        return cancel_booking(session, message_id, **known)
    if meaning is Meaning.LATE:
        return mark_late(session, message_id, minutes=proposal.minutes, **known)
    if not proposal.seats:
        raise Invalid(message_id="This reply does not say how many seats they want")
    return change_seats(session, message_id, seats=proposal.seats, **known)


@act(Act.BOOKING_DELETED)
def cancel_booking(session: Session, message_id: UUID, *, booking_id: UUID, version: int, now: datetime) -> bool:
    """Cancel the booking that a reply is about, and text the customer so. False, and nothing is done, if the actor
    answered this reply already. Raises NotFound, and Invalid if someone else did, or changed the booking."""
    if not _take(session, message_id, booking_id=booking_id, version=version, now=now):
        return False
    bookings.delete(session, booking_id, now=now, tell_customer=True)
    return True


@act(Act.BOOKING_CHANGED)
def change_seats(
    session: Session, message_id: UUID, *, booking_id: UUID, version: int, seats: int, now: datetime
) -> bool:
    """Give a booking the seats that a reply asks for, and text the customer so. Like `cancel_booking`, and raises
    Invalid if there are too few seats."""
    if not _take(session, message_id, booking_id=booking_id, version=version, now=now):
        return False
    bookings.update(session, booking_id, version=version, seats=seats, now=now)
    return True


@act(Act.LATE_MARKED)
def mark_late(
    session: Session, message_id: UUID, *, booking_id: UUID, version: int, minutes: int | None = None, now: datetime
) -> bool:
    """Mark a customer as running late, by the minutes that a reply says. Like `cancel_booking`, but they are not
    texted."""
    if not _take(session, message_id, booking_id=booking_id, version=version, now=now):
        return False
    bookings.mark_late(session, booking_id, minutes=minutes, now=now)
    return True


@act(Act.WAITLIST_ANSWERED)
def answer_offer(session: Session, message_id: UUID, *, entry_id: UUID, accepts: bool, now: datetime) -> bool:
    """Book the party of the waitlist that accepts an offer, or note that they declined. Like `cancel_booking`, and
    raises Invalid if the seats are not free any more."""
    actor = require(session, Permission.BOOKINGS)
    require(session, Permission.TEXTS)
    if _is_answered(session, message_id, by=actor.name):
        return False
    # It locks the event and the entry. The same answer a second time changes nothing.
    waitlist.answer(session, entry_id, accepts=accepts, now=now)
    locked(session, message_id)
    if _is_answered(session, message_id, by=actor.name):
        return False
    needs_call.mark_handled(session, [message_id], now=now)
    return True


def _take(session: Session, message_id: UUID, *, booking_id: UUID, version: int, now: datetime) -> bool:
    """Mark the reply as answered by the actor. False if they did that already, as by a double tap. Raises NotFound, and
    Invalid if someone else did, or if the booking changed since it was read."""
    actor = require(session, Permission.BOOKINGS)
    require(session, Permission.TEXTS)
    if _is_answered(session, message_id, by=actor.name):
        return False
    # The booking first, then its texts: the order in which every command locks them.
    booking, _event, _customer = edit.locked(session, booking_id)
    locked(session, message_id)
    if _is_answered(session, message_id, by=actor.name):
        return False
    if booking.version != version:
        raise Invalid(booking_id="Someone else changed this booking just now: look at it again")
    needs_call.mark_handled(session, [message_id], now=now)
    return True


def _is_answered(session: Session, message_id: UUID, *, by: str) -> bool:
    reply = session.execute(select(Message.handled_at, Message.handled_by).where(Message.id == message_id)).first()
    if reply is None:
        raise NotFound("This text no longer exists.")
    if reply.handled_at is None:
        return False
    if reply.handled_by != by:
        raise Invalid(message_id=f"{reply.handled_by} has already dealt with this reply")
    return True
