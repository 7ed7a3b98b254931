"""Guests who were texted about what an undo takes back: they believe the wrong thing unless they are texted again.

docs/decisions/0068 says when an undo texts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message
from sms.texts import Kind
from venue.events import cancellations
from venue.messages.states import WENT
from venue.roles import Permission, require
from venue.wording import counted

# In the details of an undo's entry: it undid the cancellation of an event.
ON_AGAIN = "on_again"


@dataclass(frozen=True)
class Told:
    """What those know who were, or may have been, texted about a change, like "3 guests got a text that it is
    cancelled". With `can_be_texted` an undo can text them again."""

    sentence: str
    can_be_texted: bool = True

    @property
    def still_to_tell(self) -> str:
        """What staff must do if they are not texted again."""
        return f"{self.sentence}: let them know"


def told(session: Session, row: Any, old: Mapping[str, Any], *, since: datetime, now: datetime) -> Told | None:
    """Who was texted about a change of this row, made at `since`, that is undone by writing these old values. None if
    no one was, or if it makes no difference any more, as the event has begun."""
    require(session, Permission.READ)
    if isinstance(row, Event):
        return _about_event(session, row, old, since, now)
    return _about_booking(session, row, old, since, now) if isinstance(row, Booking) else None


def _about_event(session: Session, event: Event, old: Mapping[str, Any], since: datetime, now: datetime) -> Told | None:
    starts_at = old.get("starts_at", event.starts_at)
    if starts_at <= now:
        return None
    if "cancelled_at" in old:
        notified = len(cancellations.notified_guests(session, event.id))
        return Told(f"{counted(notified, 'guest')} got a text that it is cancelled") if notified else None
    if "starts_at" not in old or event.cancelled_at is not None:
        return None
    texted = _texted(session, Message.event_id == event.id, Kind.EVENT_MOVED, since=since)
    return Told(f"{counted(texted, 'guest')} got a text with the other date") if texted else None


def _about_booking(
    session: Session, booking: Booking, old: Mapping[str, Any], since: datetime, now: datetime
) -> Told | None:
    event = session.get_one(Event, booking.event_id)
    if event.starts_at <= now or event.cancelled_at is not None or not {"seats", "customer_id"} & old.keys():
        return None
    theirs = (Message.booking_id == booking.id) & (Message.customer_id == booking.customer_id)
    if not _texted(session, theirs, Kind.CONFIRMATION, Kind.CHANGE, since=since):
        return None
    if "customer_id" in old:
        return Told("the other guest got a text that they are booked", can_be_texted=False)
    return Told("they got a text with the other seats")


def _texted(session: Session, which: ColumnElement[bool], *kinds: Kind, since: datetime) -> int:
    """The number of bookings whose texts of these went since then. One that was sent again by staff says the same."""
    says_it = or_(Message.kind.in_([kind.value for kind in kinds]), Message.again_of_id.is_not(None))
    went = (Message.created_at >= since, Message.state.in_(WENT), Message.booking_id.is_not(None))
    return session.scalar(select(func.count(Message.booking_id.distinct())).where(which, says_it, *went)) or 0
