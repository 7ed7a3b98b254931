"""Undo the cancellation of an event: bookings, texts and reminders are restored as far as possible."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, not_, or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow
from db.writes import update_where
from sms.texts import Kind
from venue import messages, reminders
from venue.acts import Act, act
from venue.customers import booking_status
from venue.events import edit
from venue.messages import actions, planning
from venue.messages.causes import Cause, Reason
from venue.messages.states import LOST, WENT, State
from venue.roles import Permission, require

NOT_RECEIVED = (*LOST, State.SKIPPED)


def notified_guests(session: Session, event_id: UUID) -> Sequence[AnyRow]:
    """The guests who were, or may have been, texted that the event is cancelled: rows of `booking_id`,
    `first_name` and `last_name`."""
    require(session, Permission.READ)
    rows = session.execute(
        select(Booking.id.label("booking_id"), Customer.first_name, Customer.last_name)
        .join(Customer, Customer.id == Booking.customer_id)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Event.id == event_id,
            select(Message.id)
            .where(
                Message.booking_id == Booking.id,
                # While an event is cancelled, no other text about a booking is sent again.
                or_(Message.kind == Kind.EVENT_CANCELLED.value, Message.again_of_id.is_not(None)),
                Message.state.in_(WENT),
                Message.created_at >= Event.cancelled_at,
            )
            .exists(),
        )
        .order_by(Customer.sort_key)
    )
    return rows.all()


@act(Act.EVENT_RESTORED)
def undo(session: Session, event_id: UUID, *, now: datetime, tell_customers: bool = False) -> Event:
    """Undo a cancellation, and return the event. Calling it again does nothing. Raises NotFound.

    Texts about the cancellation that have not been sent are skipped. Texts that the cancellation skipped are scheduled
    again if they are still useful, and missing reminders are scheduled. With `tell_customers`, guests who were texted
    about the cancellation are texted that the event is on again.
    """
    require(session, Permission.EVENTS)
    event = edit.locked(session, event_id)
    if event.cancelled_at is None:
        return event
    cancelled_at = event.cancelled_at
    notify = tell_customers and event.starts_at > now
    notified = [row.booking_id for row in notified_guests(session, event_id)] if notify else []
    booking_status.lock_event_customers(session, event.id)
    event.cancelled_at, event.updated_at = None, now
    session.flush()
    _withdraw_texts(session, event, now)
    _plan_again(session, event, cancelled_at, now)
    edit.extend_useful_until(session, event)
    if event.starts_at > now:
        planning.plan_event(session, event.id, now=now)
    edit.notify_guests(session, event, Kind.EVENT_ON_AGAIN, Booking.id.in_(notified), now=now)
    edit.refresh_guests(session, event, now=now)
    return event


def _withdraw_texts(session: Session, event: Event, now: datetime) -> None:
    # Cancelling skipped all other texts, so every text still queued, including a resent one, is about the cancellation.
    about_it = and_(Message.event_id == event.id, not_(messages.of_deleted_booking()))
    messages.skip_planned(session, about_it, Reason(Cause.EVENT_ON_AGAIN), now=now)
    # Guests no longer need a call about a cancellation that was undone.
    actor = require(session, Permission.EVENTS)
    not_received = and_(
        Message.event_id == event.id,
        Message.kind == Kind.EVENT_CANCELLED.value,
        Message.state.in_(NOT_RECEIVED),
        Message.handled_at.is_(None),
    )
    update_where(session, Message, not_received, {"handled_at": now, "handled_by": actor.name})


def _plan_again(session: Session, event: Event, cancelled_at: datetime, now: datetime) -> None:
    """Schedule again the texts that this cancellation skipped. Those that were paused are paused again."""
    wanted = or_(Message.kind.not_in(reminders.KINDS), planning.still_wanted())
    was_held: Any = Message.handled_by.is_not(None)
    skipped = and_(
        Message.event_id == event.id,
        Message.booking_id.is_not(None),
        Message.state == State.SKIPPED.value,
        Message.cause == Cause.EVENT_CANCELLED.value,
        Message.final_at == cancelled_at,
        Message.handled_at.is_(None),
        wanted,
    )
    planning.retime(session, skipped, now=now)
    skipped = and_(skipped, or_(Message.useful_until.is_(None), Message.useful_until > now))
    again = {
        "state": case((was_held, State.HELD.value), else_=State.PLANNED.value),
        "cause": None,
        "reason": case((was_held, actions.HELD_BY + Message.handled_by), else_=""),
        "handled_by": None,
        "final_at": None,
        "updated_at": now,
    }
    update_where(session, Message, skipped, again)
