"""Add, change, move, cancel and delete events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, select, true
from sqlalchemy.orm import Session

from db.models import NAME_LENGTH, Booking, Customer, Event, Message
from db.writes import add_once, update_where
from sms import segments
from sms.texts import Kind
from venue import concurrent_edits, messages, reminders
from venue.acts import Act, act
from venue.customers import booking_status, names, visit_counts
from venue.errors import Invalid, NotFound
from venue.events import capacities, offered_seats, withdrawn_offers
from venue.messages import channels, planning
from venue.messages.causes import Cause, Reason
from venue.messages.states import State
from venue.notes import checked_notes
from venue.roles import Permission, require
from venue.wording import full_name

LARGEST_CAPACITY = 100_000


@dataclass(frozen=True)
class MovePreview:
    """What moving an event would do: the number of guests texted, the names of guests who cannot be texted, the
    number of scheduled reminders that are replaced, and of guests who are texted that their offer is off."""

    guests_texted: int
    unreachable: Sequence[str]
    reminders_replaced: int
    offers_taken_back: int = 0


def get(session: Session, event_id: UUID) -> Event:
    """One event. Raises NotFound."""
    require(session, Permission.READ)
    event = session.get(Event, event_id)
    if event is None:
        raise NotFound("This event no longer exists.")
    return event


@act(Act.EVENT_ADDED)
def add(
    session: Session,
    *,
    name: str,
    starts_at: datetime,
    now: datetime,
    short_name: str = "",
    capacity: int | None = None,
    category: str = "",
    notes: str = "",
    form_token: str | None = None,
) -> Event:
    """Add an event. Without a capacity it is unlimited. A form token that was used before returns the event it added.

    Raises Invalid with every problem at once.
    """
    require(session, Permission.EVENTS)
    if form_token is not None:
        event = session.scalar(select(Event).where(Event.form_token == form_token))
        if event is not None:
            return event
    fields = check(name=name, short_name=short_name, capacity=capacity, category=category, notes=notes)
    return add_checked(session, **fields, starts_at=starts_at, now=now, form_token=form_token)


def add_checked(session: Session, *, now: datetime, form_token: str | None = None, **fields: Any) -> Event:
    """Add an event whose fields, apart from `starts_at`, were returned by `check`."""
    require(session, Permission.EVENTS)
    return add_once(session, Event(**fields, created_at=now, updated_at=now, form_token=form_token))


@act(Act.EVENT_CHANGED)
def update(
    session: Session,
    event_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    tell_customers: bool = True,
    overbooked_reason: str = "",
    **fields: Any,
) -> Event:
    """Change only the given fields. A new `starts_at` moves the event: guests are texted unless `tell_customers` is
    False, and reminders are replaced. `was` holds the fields' values in the version that was read; see
    `concurrent_edits.to_write`. A manager may set a capacity below the seats that are taken by giving an
    `overbooked_reason`. Raises Invalid (Overbooked for such a capacity), NotFound, and Conflict for fields that someone
    else changed since that version."""
    require(session, Permission.EVENTS)
    event = locked(session, event_id)
    values = check(**fields)
    if values.get("short_name") == "":
        values["short_name"] = short_name_of(values.get("name", event.name))
    changed = concurrent_edits.to_write(event, values, version=version, was=was)
    write(session, event, changed, now=now, tell_customers=tell_customers, overbooked_reason=overbooked_reason)
    return event


@act(Act.EVENT_CANCELLED)
def cancel(session: Session, event_id: UUID, *, now: datetime, tell_customers: bool = True) -> Event:
    """Cancel an event: each booking gets one text, unless `tell_customers` is False, and all other texts are skipped.
    So does who holds an offer of the waitlist.

    Calling it again does nothing. Raises NotFound.
    """
    require(session, Permission.EVENTS)
    event = locked(session, event_id)
    if event.cancelled_at is not None:
        return event
    booking_status.lock_event_customers(session, event.id)
    event.cancelled_at = event.updated_at = now
    session.flush()
    _remember_paused(session, event)
    offered_to = withdrawn_offers.holders(session, event.id)
    offered_seats.take_back(session, event.id, Reason(Cause.EVENT_CANCELLED), now=now)
    about_it = and_(Message.event_id == event.id, not_(messages.of_deleted_booking()))
    messages.skip_planned(session, about_it, Reason(Cause.EVENT_CANCELLED), now=now)
    if tell_customers and event.starts_at > now:
        notify_guests(session, event, Kind.EVENT_CANCELLED, now=now)
        withdrawn_offers.tell(session, event, offered_to, withdrawn_offers.Why.EVENT_CANCELLED, now=now)
    refresh_guests(session, event, now=now)
    return event


@act(Act.EVENT_DELETED)
def delete(session: Session, event_id: UUID, *, now: datetime) -> None:
    """Delete an event that has no bookings, with its waitlist. Raises Invalid when it has some, or when guests hold a
    text that offers them seats: cancel it instead. Raises NotFound."""
    require(session, Permission.EVENTS)
    event = locked(session, event_id)
    booked = session.scalar(select(func.count()).where(Booking.event_id == event_id)) or 0
    if booked:
        raise Invalid(event_id=f"{event.name} has {booked} booked and cannot be deleted: cancel it instead")
    offered = len(withdrawn_offers.holders(session, event_id))
    if offered:
        hold = "guest holds" if offered == 1 else "guests hold"
        raise Invalid(event_id=f"{offered} {hold} a text that offers seats at {event.name}: cancel it instead")
    session.delete(event)
    session.flush()


def preview_move(session: Session, event_id: UUID, *, starts_at: datetime, now: datetime) -> MovePreview:
    """What moving the event to this start would do. Changes nothing. Raises NotFound."""
    event = get(session, event_id)
    booked = session.execute(
        select(Customer.first_name, Customer.last_name, Customer.mobile_number, Customer.email)
        .join(Booking, Booking.customer_id == Customer.id)
        .where(Booking.event_id == event.id)
    ).all()
    unreachable = [full_name(row) for row in booked if channels.why_unreachable(session, row)]
    planned = session.scalar(
        select(func.count()).where(
            Message.event_id == event.id,
            Message.kind.in_(reminders.KINDS),
            Message.state.in_(messages.NOT_YET_GONE),
        )
    )
    if event.cancelled_at is not None or starts_at == event.starts_at or starts_at <= now:
        return MovePreview(0, [], planned or 0)
    offered = len(withdrawn_offers.holders(session, event_id))
    return MovePreview(len(booked) - len(unreachable), unreachable, planned or 0, offered)


def write(
    session: Session,
    event: Event,
    changed: Mapping[str, Any],
    *,
    now: datetime,
    tell_customers: bool,
    overbooked_reason: str = "",
) -> None:
    """Write fields that differ from those of the event, which is locked, as `update` does. Raises Overbooked."""
    require(session, Permission.EVENTS)
    if not changed:
        return
    if "capacity" in changed:
        event.overbooked_reason = capacities.check(session, event, changed["capacity"], overbooked_reason)
    for field, value in changed.items():
        if field != "starts_at":
            setattr(event, field, value)
    event.updated_at = now
    if "starts_at" in changed:
        _move(session, event, changed["starts_at"], now=now, tell_customers=tell_customers)
    session.flush()


def check(**fields: Any) -> dict[str, Any]:
    """The fields as they are stored. Raises Invalid with every problem at once."""
    problems = {name: problem for name, value in fields.items() if (problem := _problem(name, value))}
    if problems:
        raise Invalid(**problems)
    values = {
        name: (checked_notes if name == "notes" else names.clean)(value) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    if "name" in values and "short_name" in values and not values["short_name"]:
        values["short_name"] = short_name_of(values["name"])
    return values


def short_name_of(name: str) -> str:
    """The short name of an event that was given none."""
    return segments.straighten(name)


def _problem(name: str, value: Any) -> str | None:
    if name == "name" and not names.clean(value or ""):
        return "Enter the event's name"
    if name in ("name", "short_name", "category") and len(value) > NAME_LENGTH:
        return f"This is {len(value)} characters long. The limit is {NAME_LENGTH}"
    if name == "notes":
        return _notes_problem(value)
    if isinstance(value, str) and "\x00" in value:
        return "This contains a character that cannot be stored: type it again"
    if name == "capacity" and value is not None and not (isinstance(value, int) and 0 < value <= LARGEST_CAPACITY):
        return f"Enter a whole number from 1 to {LARGEST_CAPACITY:,}, or leave it empty for unlimited"
    return None


def _notes_problem(notes: str) -> str | None:
    try:
        checked_notes(notes)
    except ValueError as problem:
        return str(problem)
    return None


def locked(session: Session, event_id: UUID) -> Event:
    event = session.get(Event, event_id, with_for_update=booking_status.ROW_LOCK, populate_existing=True)
    if event is None:
        raise NotFound("This event no longer exists.")
    return event


def _move(session: Session, event: Event, starts_at: datetime, *, now: datetime, tell_customers: bool) -> None:
    booking_status.lock_event_customers(session, event.id)
    event.starts_at = starts_at
    event.schedule_rev += 1
    session.flush()
    # The text of an offer names the old time: seats are offered again with the new one.
    offered_to = withdrawn_offers.holders(session, event.id)
    offered_seats.take_back(session, event.id, Reason(Cause.REPLACED, "the event has moved"), now=now)
    about_moving = Message.kind.in_([Kind.EVENT_MOVED.value, Kind.OFFER_WITHDRAWN.value])
    superseded = and_(Message.event_id == event.id, about_moving)
    messages.skip_planned(session, superseded, Reason(Cause.REPLACED, "the event has moved again"), now=now)
    if event.cancelled_at is None:
        # A resent text names the old time. A text without a booking only says that the booking is cancelled.
        resent = and_(Message.event_id == event.id, Message.again_of_id.is_not(None), Message.booking_id.is_not(None))
        messages.skip_planned(session, resent, Reason(Cause.REPLACED, "the event has moved"), now=now)
    extend_useful_until(session, event)
    if tell_customers and starts_at > now and event.cancelled_at is None:
        notify_guests(session, event, Kind.EVENT_MOVED, now=now)
        withdrawn_offers.tell(session, event, offered_to, withdrawn_offers.Why.EVENT_MOVED, now=now)
    else:
        # What guests were told last names another time: a reminder soon after it says something new.
        update_where(session, Booking, Booking.event_id == event.id, {"told_at": None})
    planning.replace(session, event, now=now)
    refresh_guests(session, event, now=now)


def refresh_guests(session: Session, event: Event, *, now: datetime) -> None:
    """Store the booking status and the visits of an event's customers, which are locked, after it was moved, cancelled
    or is on again."""
    require(session, Permission.EVENTS)
    booking_status.refresh_event(session, event.id)
    visit_counts.refresh_event(session, event.id, now=now)


def extend_useful_until(session: Session, event: Event) -> None:
    """Make queued texts about the event expire at its new start. Reminders and manual texts keep their own expiry."""
    require(session, Permission.EVENTS)
    waiting = and_(
        Message.event_id == event.id,
        Message.state.in_(messages.NOT_YET_GONE),
        Message.kind.not_in((*reminders.KINDS, Kind.MANUAL)),
    )
    update_where(session, Message, waiting, {"useful_until": event.starts_at})


def _remember_paused(session: Session, event: Event) -> None:
    """Record who paused each text, so that undoing the cancellation can pause the skipped texts again."""
    held = and_(Message.event_id == event.id, Message.state == State.HELD.value)
    update_where(session, Message, held, {"handled_by": require(session, Permission.EVENTS).name})


def notify_guests(
    session: Session, event: Event, kind: Kind, which: ColumnElement[bool] | None = None, *, now: datetime
) -> None:
    """Queue a text of this kind for every booking of an event, or for those that match `which`."""
    require(session, Permission.EVENTS)
    to_notify = and_(Booking.event_id == event.id, true() if which is None else which)
    booked = select(Booking, Customer).join(Customer, Customer.id == Booking.customer_id).where(to_notify)
    for booking, customer in session.execute(booked).all():
        messages.queue(session, kind, booking, event, customer, now=now)
    update_where(session, Booking, to_notify, {"told_at": now})
