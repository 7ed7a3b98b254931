"""Undo the deletion of a booking: the customer is booked again with their seats and notes, if these are still free.

The booking is a new one, so its reminders are scheduled again; one that fell due while it was deleted goes at once. The
text that says that the old one is cancelled does not go if it has not gone yet. A late cancellation is forgotten.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, LateCancellation, Message
from db.types import AnyRow
from db.writes import update_where
from sms.texts import Kind
from venue import acts, bookings, reminders
from venue.bookings import late_cancellations
from venue.journal import entries
from venue.journal.entries import EntryRow, Value
from venue.journal.undo_texts import Told
from venue.messages import planning
from venue.messages.causes import Cause
from venue.messages.states import WENT, State
from venue.roles import Permission, require
from venue.wording import counted, full_name

# In the details of the undo's entry.
BOOKED_AGAIN = "booked_again"


def look(session: Session, entry: EntryRow, *, now: datetime) -> tuple[list[str], list[str]]:
    """What the undo would restore, and what it would leave or why nothing can be restored, as sentences."""
    require(session, Permission.READ)
    value, was = _deleted(session, entry)
    if value is None or was is None:
        return [], ["The old values were erased: this cannot be undone"]
    row = _customer_and_event(session, value)
    why_not = _why_not(session, value, row, now)
    if why_not or row is None:
        return [], [why_not]
    return [f"{full_name(row)} at {row.event_name}: booked again, {_seats(was)}"], []


def told(session: Session, entry: EntryRow) -> Told | None:
    """Whether the text that the booking is cancelled went, or may have gone, also when staff sent it again."""
    require(session, Permission.READ)
    value, _ = _deleted(session, entry)
    if value is None or not _was_told(session, value):
        return None
    return Told("they got a text that the booking is cancelled")


def carry_out(
    session: Session, entry: EntryRow, *, tell_customer: bool = False, now: datetime
) -> tuple[list[str], list[str]]:
    """Book the customer again, who is sent the confirmation if `tell_customer` and they were texted that the booking is
    cancelled. Returns what `look` does. Raises Invalid if the seats are not free any more."""
    require(session, Permission.BOOKINGS)
    restores, leaves = look(session, entry, now=now)
    value, was = _deleted(session, entry)
    if not restores or value is None or was is None:
        return restores, leaves
    was_told = told(session, entry)
    tell_customer = tell_customer and was_told is not None
    keys: dict[str, Any] = {"customer_id": value.customer_id, "event_id": value.event_id}
    booking = bookings.book(
        session, **keys, seats=was["seats"], notes=was.get("notes") or "", now=now, tell_customer=tell_customer
    )
    if not tell_customer:
        _plan_reminders(session, value, booking, now)
        leaves += [was_told.still_to_tell] if was_told else []
    if late_cancellations.WAS_LATE in entry.details:
        _forget_late_cancellation(session, value)
    acts.details(session, **{BOOKED_AGAIN: booking.id.hex})
    return restores, leaves


def _deleted(session: Session, entry: EntryRow) -> tuple[Value | None, Mapping[str, Any] | None]:
    value = next(iter(entries.values_of(session, entry.id, tables=["bookings"])), None)
    return value, None if value is None or value.is_erased else value.before


def _customer_and_event(session: Session, value: Value) -> AnyRow | None:
    return session.execute(
        select(
            Customer.first_name,
            Customer.last_name,
            Event.name.label("event_name"),
            Event.starts_at,
            Event.cancelled_at,
        )
        .select_from(Customer)
        .join(Event, Event.id == value.event_id)
        .where(Customer.id == value.customer_id)
    ).first()


def _why_not(session: Session, value: Value, row: AnyRow | None, now: datetime) -> str:
    if row is None:
        return "The customer or the event no longer exists"
    if row.cancelled_at is not None:
        return f"{row.event_name} is cancelled"
    if row.starts_at <= now:
        return f"{row.event_name} has begun: add them at the door"
    same = (Booking.customer_id == value.customer_id, Booking.event_id == value.event_id)
    if session.scalar(select(func.count()).select_from(Booking).where(*same)):
        return f"{full_name(row)} is booked for {row.event_name} again already"
    return ""


def _seats(was: Mapping[str, Any]) -> str:
    return counted(was["seats"], "seat") if was["seats"] else "reminder only"


def _was_told(session: Session, value: Value) -> bool:
    # Its booking is gone, so the text is found by its key.
    key = f"{Kind.CANCELLATION}:{UUID(value.row_id).hex}"
    says_it = select(Message.id).where(Message.dedupe_key == key).cte("says_it", recursive=True)
    says_it = says_it.union(select(Message.id).where(Message.again_of_id == says_it.c.id))
    went = select(Message.id).where(Message.id.in_(select(says_it.c.id)), Message.state.in_(WENT))
    return session.scalar(went.limit(1)) is not None


def _plan_reminders(session: Session, value: Value, booking: Booking, now: datetime) -> None:
    """A reminder that was still to come when the booking was deleted, and is due by now, is not too late for the guest,
    who booked long before."""
    revision = session.get_one(Event, booking.event_id).schedule_rev
    planned = {"state": State.PLANNED.value, "cause": None, "reason": "", "final_at": None, "updated_at": now}
    for kind in reminders.KINDS:
        old, new = (planning.key(kind, id_, revision) for id_ in (UUID(value.row_id), booking.id))
        was_to_come = and_(Message.dedupe_key == old, Message.cause == Cause.BOOKING_DELETED.value)
        too_late = and_(Message.dedupe_key == new, Message.cause == Cause.BOOKED_TOO_LATE.value)
        if session.scalar(select(Message.id).where(was_to_come)) is not None:
            update_where(session, Message, and_(too_late, Message.useful_until > now), planned)


def _forget_late_cancellation(session: Session, value: Value) -> None:
    """The latest of theirs for the event: there is none since, as they are not booked."""
    late = session.scalars(
        select(LateCancellation)
        .where(LateCancellation.customer_id == value.customer_id, LateCancellation.event_id == value.event_id)
        .order_by(LateCancellation.cancelled_at.desc())
        .limit(1)
    ).first()
    if late is not None:
        session.delete(late)
        session.flush()
