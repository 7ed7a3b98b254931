"""Who comes to what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow, Id
from db.writes import insert_once, insert_one
from sms.texts import Kind
from venue import clock, concurrent_edits, events, messages
from venue.customers import booking_status
from venue.errors import AlreadyBooked, Invalid, NotFound
from venue.messages import numbers, planning
from venue.messages.causes import Cause, Reason
from venue.notes import checked_notes
from venue.profile import venue_of
from venue.roles import Permission, require

LARGEST_BOOKING = 10_000
_booking, _customer, _event = Booking.__table__.c, Customer.__table__.c, Event.__table__.c


@dataclass(frozen=True)
class CustomerBookings:
    """A customer's bookings: coming with seats, coming without, and those of days gone by or of cancelled events."""

    active: Sequence[AnyRow]
    reminders: Sequence[AnyRow]
    history: Sequence[AnyRow]


def get(session: Session, booking_id: UUID) -> Booking:
    """One booking. Raises NotFound."""
    require(session, Permission.READ)
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound("This booking no longer exists.")
    return booking


def row(session: Session, booking_id: UUID) -> AnyRow:
    """One booking, with the names of who is booked and on what. Raises NotFound."""
    require(session, Permission.READ)
    found = session.execute(
        select(
            *(_booking.id, _booking.customer_id, _booking.event_id, _booking.seats, _booking.notes, _booking.version),
            *(_customer.first_name, _customer.last_name, _event.name.label("event_name")),
        )
        .join(Customer.__table__, _customer.id == _booking.customer_id)
        .join(Event.__table__, _event.id == _booking.event_id)
        .where(_booking.id == booking_id)
    ).first()
    if found is None:
        raise NotFound("This booking no longer exists.")
    return found


def book(
    session: Session,
    *,
    customer_id: UUID,
    event_id: UUID,
    seats: int,
    notes: str = "",
    now: datetime,
    tell_customer: bool = True,
    reason: str = "",
) -> Booking:
    """Book a customer onto an event, and queue the text that tells them. No seats is reminder only.

    Raises AlreadyBooked, and Invalid for what does not fit. A manager may book onto an event of a day gone by, with
    a reason, which is kept in the notes; nobody is texted about the past.
    """
    require(session, Permission.BOOKINGS)
    event = _open_event(session, event_id, reason, now)
    customer = _held_customer(session, customer_id)
    notes = _checked_notes(f"{notes}\n{reason}".strip())
    coming = event.starts_at > now
    told_at = now if tell_customer and coming else None
    booking = _booked_once(session, customer, event, now=now, seats=seats, notes=notes, told_at=told_at)
    if coming:
        _queue_texts(session, booking, event, customer, now=now)
    booking_status.refresh(session, [customer_id])
    return booking


def update(
    session: Session,
    booking_id: UUID,
    *,
    version: int,
    now: datetime,
    was: Mapping[str, Any] | None = None,
    tell_customer: bool | None = None,
    seats: int | None = None,
    notes: str | None = None,
) -> Booking:
    """Change seats or notes; what is not given stays. The customer is texted if their seats change, or as
    `tell_customer` says. `was` holds what the fields were in the version that was read: see `merging.to_write`. Raises
    Invalid, and Conflict for what somebody else changed since that version."""
    require(session, Permission.BOOKINGS)
    booking, event, customer = _locked(session, booking_id)
    values: dict[str, Any] = {} if seats is None else {"seats": seats}
    if notes is not None:
        values["notes"] = _checked_notes(notes)
    changed = concurrent_edits.to_write(booking, values, version=version, was=was)
    if not changed:
        return booking
    if "seats" in changed:
        _check_seats(session, event, changed["seats"], already=booking.seats)
    for name, value in changed.items():
        setattr(booking, name, value)
    booking.updated_at = now
    # Notes are the venue's own: a guest is not texted because staff wrote one.
    asked = "seats" in changed if tell_customer is None else tell_customer
    tell = asked and event.starts_at > now and event.cancelled_at is None
    if tell:
        booking.told_at = now
    session.flush()
    if tell:
        _tell_of_change(session, booking, event, customer, now)
    booking_status.refresh(session, [customer.id])
    return booking


def delete(session: Session, booking_id: UUID, *, now: datetime, tell_customer: bool = False) -> None:
    """Remove a booking; its planned texts go, and telling the customer is a choice. Deleting again does nothing."""
    require(session, Permission.BOOKINGS)
    try:
        booking, event, customer = _locked(session, booking_id)
    except NotFound:
        return
    messages.skip_planned(session, Message.booking_id == booking.id, Reason(Cause.BOOKING_DELETED), now=now)
    if tell_customer and event.starts_at > now and event.cancelled_at is None:
        # The booking is gone when this is sent: the words are made now.
        body = messages.rendered(session, Kind.CANCELLATION, customer, event, booking.seats, now=now)
        messages.queue(session, Kind.CANCELLATION, booking, event, customer, now=now, body=body)
    session.delete(booking)
    booking_status.refresh(session, [customer.id])


def mark_arrived(session: Session, booking_id: UUID, *, arrived: bool | None, now: datetime) -> Booking:
    """Note that a customer came, did not come, or that nobody knows (None)."""
    require(session, Permission.BOOKINGS)
    booking = get(session, booking_id)
    if booking.arrived != arrived:
        booking.arrived = arrived
        booking.updated_at = now
        session.flush()
    return booking


_FOR_CUSTOMER = (
    select(
        _booking.id,
        _booking.event_id,
        _event.name.label("event_name"),
        _event.starts_at,
        _event.cancelled_at,
        _event.capacity,
        _booking.seats,
        _booking.notes,
        _booking.arrived,
        _booking.version,
        _booking.created_at,
    )
    .join(Event.__table__, _event.id == _booking.event_id)
    .where(_booking.customer_id == bindparam("customer_id", type_=Id()))
    .order_by(_event.starts_at, _booking.id)
)


def for_customer(session: Session, customer_id: UUID, *, now: datetime) -> CustomerBookings:
    """A customer's bookings in their sections; coming ones soonest first, history latest first."""
    require(session, Permission.READ)
    rows = session.execute(_FOR_CUSTOMER, {"customer_id": customer_id}).all()
    today = clock.start_of_today(now, venue_of(session).zone)
    coming: list[AnyRow] = []
    history: list[AnyRow] = []
    for row in rows:
        is_coming = row.starts_at >= today and row.cancelled_at is None
        (coming if is_coming else history).append(row)
    return CustomerBookings(
        active=[row for row in coming if row.seats > 0],
        reminders=[row for row in coming if row.seats == 0],
        history=history[::-1],
    )


def for_event(session: Session, event_id: UUID) -> Sequence[AnyRow]:
    """Who is on an event, by name; those with seats first."""
    require(session, Permission.READ)
    return session.execute(
        select(
            _booking.id,
            _booking.customer_id,
            _customer.first_name,
            _customer.last_name,
            _customer.mobile_number,
            _booking.seats,
            _booking.notes,
            _booking.arrived,
            _booking.version,
        )
        .join(Customer.__table__, _customer.id == _booking.customer_id)
        .where(_booking.event_id == event_id)
        .order_by(_booking.seats == 0, _customer.sort_key, _booking.id)
    ).all()


# Helpers


# What a booking only reads is read as rows.
_HELD_EVENT = select(Event.__table__).where(_event.id == bindparam("id", type_=Id())).with_for_update(key_share=True)
_HELD_CUSTOMER = (
    select(Customer.__table__).where(_customer.id == bindparam("id", type_=Id())).with_for_update(key_share=True)
)


def _open_event(session: Session, event_id: UUID, reason: str, now: datetime) -> AnyRow:
    """The event, its row locked so that two bookings cannot both take the last seats."""
    event = session.execute(_HELD_EVENT, {"id": event_id}).first()
    if event is None:
        raise NotFound("This event no longer exists.")
    if event.cancelled_at is not None:
        raise Invalid(event_id=why_cancelled(event.name))
    if events.is_over(event, now=now, zone=venue_of(session).zone):
        if not reason.strip():
            raise Invalid(event_id=f"{event.name} is over: choose a coming event")
        require(session, Permission.PAST_EVENTS)
    return event


def _held_customer(session: Session, customer_id: UUID) -> AnyRow:
    """The customer, held for the booking status that is kept with them; see `booking_state.hold`."""
    customer = session.execute(_HELD_CUSTOMER, {"id": customer_id}).first()
    if customer is None:
        raise NotFound("This customer no longer exists.")
    return customer


def _booked_once(
    session: Session, customer: AnyRow, event: AnyRow, *, now: datetime, seats: int, **columns: Any
) -> Booking:
    try:
        _check_seats(session, event, seats)
    except Invalid as problem:
        # Whoever is on the event already is not to be told that it is full.
        raise _already_booked(session, customer, event) or problem from None
    about = {"customer_id": customer.id, "event_id": event.id, "created_at": now, "updated_at": now}
    booking = insert_one(session, Booking, {**about, "seats": seats, **columns})
    if booking is None:
        raise _already_booked(session, customer, event) or NotFound("This booking was deleted just now: try again")
    return booking


def _already_booked(session: Session, customer: AnyRow, event: AnyRow) -> AlreadyBooked | None:
    booked = session.scalar(select(Booking.id).where(Booking.customer_id == customer.id, Booking.event_id == event.id))
    if booked is None:
        return None
    words = f"{customer.first_name} {customer.last_name} is already booked on {event.name}: change that booking instead"
    return AlreadyBooked(words, booked)


def _check_seats(session: Session, event: AnyRow, seats: int, *, already: int = 0) -> None:
    problem = seats_problem(seats)
    if problem:
        raise Invalid(seats=problem)
    if event.capacity is None or seats <= already:
        return
    left = event.capacity - events.seats_taken(session, event.id) + already
    if seats > left:
        raise Invalid(seats=why_full(event.name, left, already=already))


def seats_problem(seats: Any) -> str:
    """Why this cannot be the seats of a booking, whatever the event; or nothing."""
    if not isinstance(seats, int):
        return "Enter a whole number of seats, or 0 for a reminder only"
    if seats < 0:
        return "Seats cannot be less than 0"
    return f"{LARGEST_BOOKING:,} seats are the most for one booking" if seats > LARGEST_BOOKING else ""


def seats_left(event: AnyRow, *, already: int = 0) -> str:
    """How many seats a row of a list of events, which has a capacity, has for a booking that holds some already."""
    return why_full(event.name, event.capacity - event.seats_taken + already, already=already)


def why_cancelled(event_name: str) -> str:
    """Why a cancelled event takes no bookings."""
    return f"{event_name} is cancelled: choose another event"


def why_full(event_name: str, left: int, *, already: int = 0) -> str:
    """Why a booking does not fit into the seats that are left, of which it holds some `already`."""
    if left <= 0:
        return f"{event_name} is full: choose 0 seats for a reminder only, or another event"
    words = f"Only 1 seat is left for {event_name}" if left == 1 else f"Only {left} seats are left for {event_name}"
    return f"{words}, including the {already} of this booking" if already else words


def _checked_notes(notes: str) -> str:
    try:
        return checked_notes(notes)
    except ValueError as problem:
        raise Invalid(notes=str(problem)) from problem


def _locked(session: Session, booking_id: UUID) -> tuple[Booking, AnyRow, AnyRow]:
    """The booking, held in the order event, customer, booking everywhere: so nobody waits in a circle."""
    found = session.execute(select(Booking.event_id, Booking.customer_id).where(Booking.id == booking_id)).first()
    if found is None:
        raise NotFound("This booking no longer exists.")
    event = session.execute(_HELD_EVENT, {"id": found.event_id}).first()
    customer = _held_customer(session, found.customer_id)
    booking = session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None or event is None:
        raise NotFound("This booking no longer exists.")
    return booking, event, customer


def _queue_texts(session: Session, booking: Booking, event: AnyRow, customer: AnyRow, *, now: datetime) -> None:
    """The reminders, and the confirmation for those who are to be told, in one go."""
    blocked = numbers.why_unreachable(session, customer.mobile_number)
    texts = planning.about(session, booking, event, customer, now=now, skipped=blocked)
    if booking.told_at is not None:
        texts.append(messages.about(Kind.CONFIRMATION, booking, event, customer, now=now, skipped=blocked))
    insert_once(session, Message, texts)


def _tell_of_change(session: Session, booking: Booking, event: AnyRow, customer: AnyRow, now: datetime) -> None:
    """A change that the customer has heard nothing of yet is told by the text that is still to go."""
    waiting = select(Message.id).where(
        Message.booking_id == booking.id,
        Message.kind.in_((Kind.CONFIRMATION.value, Kind.CHANGE.value)),
        Message.state.in_(messages.NOT_YET_GONE),
    )
    # Held: a scheduler that is taking it just now has read the booking as it was, and then the change must be told.
    told_by = session.scalars(waiting.with_for_update()).first()
    reason = Reason(Cause.REPLACED, "the text still waiting to go says it") if told_by else None
    messages.queue(session, Kind.CHANGE, booking, event, customer, now=now, skipped=reason)
