"""Move a booking to another customer: it was made for the wrong one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow
from db.writes import update_where
from sms.texts import Kind
from venue import messages
from venue.acts import Act, act
from venue.bookings.edit import already_booked, end_waiting, locked, withdraw_cancellation
from venue.customers import booking_status, visit_counts
from venue.errors import Invalid, NotFound
from venue.messages import channels, facts, planning
from venue.messages.states import State
from venue.roles import Permission, require


@act(Act.BOOKING_MOVED)
def move(
    session: Session, booking_id: UUID, *, customer_id: UUID, version: int, tell_customer: bool = False, now: datetime
) -> Booking:
    """Move a booking to another customer, who is sent the confirmation if `tell_customer`. The one it was made for by
    mistake gets no text about it any more; a reminder that was sent already is not sent again.

    Raises NotFound, AlreadyBooked if the other is booked on this event already, and Invalid if the booking was changed
    since that version.
    """
    require(session, Permission.BOOKINGS)
    # Locked before its version is compared, so that no change in between is overlooked.
    those = _locked(session, booking_id, customer_id)
    if those.booking.version != version:
        raise Invalid(version="Someone changed this booking since you opened it. Check it, then move it.")
    return _hand_over(session, those, tell_customer=tell_customer, now=now)


def hand_over(session: Session, booking_id: UUID, *, customer_id: UUID, now: datetime) -> Booking:
    """As `move`, within an act in progress, whatever the booking's version."""
    require(session, Permission.BOOKINGS)
    return _hand_over(session, _locked(session, booking_id, customer_id), tell_customer=False, now=now)


def _hand_over(session: Session, those: "_Locked", *, tell_customer: bool, now: datetime) -> Booking:
    booking, event, wrong, right = those.booking, those.event, those.wrong, those.right
    if wrong.id == right.id:
        return booking
    booked = already_booked(session, right, event)
    if booked is not None:
        raise booked
    booking.customer_id = right.id
    booking.updated_at = now
    tell = tell_customer and event.starts_at > now and event.cancelled_at is None
    if tell:
        booking.told_at = now
    session.flush()
    end_waiting(session, booking, now=now)
    withdraw_cancellation(session, booking, now=now)
    _move_texts(session, booking.id, right, now)
    if tell:
        messages.queue(session, Kind.CONFIRMATION, booking, event, right, now=now)
    booking_status.refresh(session, [wrong.id, right.id])
    if event.starts_at <= now or booking.arrived is not None:
        visit_counts.refresh(session, [wrong.id, right.id], now=now)
    return booking


@dataclass(frozen=True)
class _Locked:
    """A booking, its event, the customer it was made for by mistake, and the right one."""

    booking: Booking
    event: AnyRow
    wrong: AnyRow
    right: AnyRow


def _locked(session: Session, booking_id: UUID, customer_id: UUID) -> _Locked:
    """The booking, its event, and both customers, locked in the order of all commands: the event, then customers by
    id. Raises NotFound."""
    keys = session.execute(select(Booking.event_id, Booking.customer_id).where(Booking.id == booking_id)).first()
    if keys is not None:
        session.execute(select(Event.id).where(Event.id == keys.event_id).with_for_update(key_share=True))
        booking_status.lock(session, Customer.id.in_([customer_id, keys.customer_id]))
    booking, event, wrong = locked(session, booking_id)
    right = session.execute(select(Customer.__table__).where(Customer.__table__.c.id == customer_id)).first()
    if right is None:
        raise NotFound("This customer no longer exists.")
    return _Locked(booking, event, wrong, right)


def _move_texts(session: Session, booking_id: UUID, right: AnyRow, now: datetime) -> None:
    about_booking = Message.booking_id == booking_id
    follows = and_(about_booking, Message.kind.in_([kind.value for kind in facts.ABOUT_THE_EVENT]))
    refused = and_(Message.state == State.FAILED.value, Message.provider_id.is_(None))
    not_gone = or_(Message.state.in_(messages.NOT_YET_GONE), messages.skipped_for_its_number(), refused)
    to_right = {"customer_id": right.id, "mobile_number": right.mobile_number}
    update_where(session, Message, and_(follows, not_gone), to_right)
    if not channels.why_unreachable(session, right):
        planning.plan_again(session, about_booking, refused_too=True, now=now)
    messages.skip_planned(session, and_(about_booking, Message.customer_id != right.id), facts.MOVED, now=now)
