"""Undo the deletion of a booking: the customer is booked again with their seats and notes, if these are still free.

The booking is a new one, so its reminders are scheduled again. The text that says that the old one is cancelled does
not go if it has not gone yet; if it has, the undo says so. A late cancellation is forgotten.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, LateCancellation, Message
from db.types import AnyRow
from sms.texts import Kind
from venue import acts, bookings, messages
from venue.bookings import late_cancellations
from venue.journal import entries
from venue.journal.entries import EntryRow, Value
from venue.messages.causes import Cause, Reason
from venue.messages.states import NOT_YET_GONE, State
from venue.roles import Permission, require
from venue.wording import counted, full_name

# In the details of the undo's entry.
BOOKED_AGAIN = "booked_again"
WAS_TOLD = "The text that the booking is cancelled was sent: let them know that it is not"
_NEVER_GONE = (*NOT_YET_GONE, State.SKIPPED, State.FAILED)


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
    told = [WAS_TOLD] if _was_told(session, value) else []
    return [f"{full_name(row)} at {row.event_name}: booked again, {_seats(was)}"], told


def carry_out(session: Session, entry: EntryRow, *, now: datetime) -> tuple[list[str], list[str]]:
    """Book the customer again. Returns what `look` does. Raises Invalid if the seats are not free any more."""
    require(session, Permission.BOOKINGS)
    restores, leaves = look(session, entry, now=now)
    value, was = _deleted(session, entry)
    if not restores or value is None or was is None:
        return restores, leaves
    keys: dict[str, Any] = {"customer_id": value.customer_id, "event_id": value.event_id}
    booking = bookings.book(
        session, **keys, seats=was["seats"], notes=was.get("notes") or "", now=now, tell_customer=False
    )
    not_gone = and_(_says_cancelled(value), Message.state.in_(NOT_YET_GONE))
    messages.skip_planned(session, not_gone, Reason(Cause.REPLACED, "they are booked again"), now=now)
    # It may have gone since.
    leaves = [WAS_TOLD] if _was_told(session, value) else []
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
        ).where(Customer.id == value.customer_id, Event.id == value.event_id)
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


def _says_cancelled(value: Value) -> ColumnElement[bool]:
    """The text about this deletion. Its booking is gone, so it is found by its key."""
    return Message.dedupe_key == f"{Kind.CANCELLATION}:{UUID(value.row_id).hex}"


def _was_told(session: Session, value: Value) -> bool:
    never_gone = [state.value for state in _NEVER_GONE]
    gone = and_(_says_cancelled(value), Message.state.not_in(never_gone))
    return session.scalar(select(Message.id).where(gone).limit(1)) is not None


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
