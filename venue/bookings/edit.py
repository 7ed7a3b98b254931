"""Book customers onto events; change, delete and list bookings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from db.types import AnyRow, Id
from db.writes import insert_once, insert_one
from sms.texts import Kind
from venue import acts, concurrent_edits, events, messages
from venue.acts import Act, act
from venue.bookings import late_cancellations
from venue.customers import booking_status, visit_counts
from venue.errors import AlreadyBooked, Invalid, NotFound
from venue.events import offered_seats
from venue.events.capacities import in_words
from venue.messages import channels, planning
from venue.messages.causes import Cause, Reason
from venue.notes import checked_notes
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow
from venue.wording import counted, full_name

LARGEST_BOOKING = 10_000
_customer, _event = Customer.__table__.c, Event.__table__.c


def get(session: Session, booking_id: UUID) -> Booking:
    """One booking, to change it: `row` is for those who may only read. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound("This booking no longer exists.")
    return booking


@act(Act.BOOKING_ADDED)
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
    unused_seats: int = 0,
) -> Booking:
    """Book a customer onto an event, and queue the confirmation and the reminders. With 0 seats it is reminder-only.

    Raises NotFound, AlreadyBooked, and Invalid when it does not fit. A manager may book onto a past event by giving a
    `reason`, which is added to the notes. No texts are sent about past events.
    `unused_seats` are booked by guests who stayed away: a walk-in may take them.
    """
    require(session, Permission.BOOKINGS)
    event = _open_event(session, event_id, reason, now)
    customer = _locked_customer(session, customer_id)
    notes = _checked_notes(f"{notes}\n{reason}".strip())
    has_not_begun = event.starts_at > now
    told_at = now if tell_customer and has_not_begun else None
    booking = _insert_booking(
        session, customer, event, now=now, seats=seats, unused_seats=unused_seats, notes=notes, told_at=told_at
    )
    end_waiting(session, booking, now=now)
    withdraw_cancellation(session, booking, now=now)
    if has_not_begun:
        _queue_texts(session, booking, event, customer, now=now)
    else:
        visit_counts.refresh(session, [customer_id], now=now)
    booking_status.refresh(session, [customer_id])
    return booking


@act(Act.BOOKING_CHANGED)
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
    unused_seats: int = 0,
) -> Booking:
    """Change the seats, the notes or both. The customer is texted if `tell_customer`, or if it is None and their seats
    change. `was` holds the fields' values in the version that was read; see `concurrent_edits.to_write`. `unused_seats`
    as for `book`. Raises Invalid, NotFound, and Conflict for fields that someone else changed since that version."""
    require(session, Permission.BOOKINGS)
    booking, event, customer = locked(session, booking_id)
    values: dict[str, Any] = {} if seats is None else {"seats": seats}
    if notes is not None:
        values["notes"] = _checked_notes(notes)
    changed = concurrent_edits.to_write(booking, values, version=version, was=was)
    if not changed:
        return booking
    if "seats" in changed:
        free = {"already": booking.seats, "unused": unused_seats}
        _check_seats(session, event, changed["seats"], customer_id=customer.id, **free)
    for name, value in changed.items():
        setattr(booking, name, value)
    booking.updated_at = now
    # Notes are for staff: changing them sends no text unless asked to.
    wanted = "seats" in changed if tell_customer is None else tell_customer
    notify = wanted and event.starts_at > now and event.cancelled_at is None
    if notify:
        booking.told_at = now
    session.flush()
    end_waiting(session, booking, now=now)
    if notify:
        _queue_change(session, booking, event, customer, now)
    if "seats" in changed and (event.starts_at <= now or booking.arrived is not None):
        visit_counts.refresh(session, [customer.id], now=now)
    booking_status.refresh(session, [customer.id])
    return booking


@act(Act.BOOKING_DELETED)
def delete(
    session: Session, booking_id: UUID, *, now: datetime, tell_customer: bool = False, by_mistake: bool = False
) -> None:
    """Delete a booking and skip its scheduled texts. The customer is texted only if `tell_customer`. In the last 24
    hours before the event it is a late cancellation of theirs, unless the booking was made `by_mistake`. Deleting a
    booking that does not exist does nothing."""
    require(session, Permission.BOOKINGS)
    try:
        booking, event, customer = locked_to_mark(session, booking_id, now=now)
    except NotFound:
        return
    messages.skip_planned(session, Message.booking_id == booking.id, Reason(Cause.BOOKING_DELETED), now=now)
    if tell_customer and event.starts_at > now and event.cancelled_at is None:
        # The booking no longer exists when this is sent, so the text is written now.
        body = messages.render(session, Kind.CANCELLATION, customer, event, booking.seats, now=now)
        messages.queue(session, Kind.CANCELLATION, booking, event, customer, now=now, body=body)
    if late_cancellations.is_late(booking, event, now=now) and not by_mistake:
        late_cancellations.note(session, booking, event, now=now)
    session.delete(booking)
    session.flush()
    if event.starts_at <= now or booking.arrived is not None:
        visit_counts.refresh_marked(session, event, customer.id, now=now)
    booking_status.refresh(session, [customer.id])


# Rows, not objects: a booking only reads its event and customer.
_LOCKED_EVENT = select(Event.__table__).where(_event.id == bindparam("id", type_=Id())).with_for_update(key_share=True)
_LOCKED_CUSTOMER = (
    select(Customer.__table__).where(_customer.id == bindparam("id", type_=Id())).with_for_update(key_share=True)
)


def _open_event(session: Session, event_id: UUID, reason: str, now: datetime) -> AnyRow:
    """The event, locked so that two bookings cannot both take the last seats. Raises NotFound, Invalid, NotAllowed."""
    event = session.execute(_LOCKED_EVENT, {"id": event_id}).first()
    if event is None:
        raise NotFound("This event no longer exists.")
    if event.cancelled_at is not None:
        raise Invalid(event_id=why_cancelled(event.name))
    if events.is_over(event, now=now, zone=venue_of(session).zone):
        if not reason.strip():
            raise Invalid(event_id=f"{event.name} is over: choose an upcoming event")
        require(session, Permission.PAST_EVENTS)
    return event


def _locked_customer(session: Session, customer_id: UUID) -> AnyRow:
    """The customer, locked because their booking status will be updated; see `booking_status.lock`. Raises NotFound."""
    customer = session.execute(_LOCKED_CUSTOMER, {"id": customer_id}).first()
    if customer is None:
        raise NotFound("This customer no longer exists.")
    return customer


def _insert_booking(
    session: Session, customer: AnyRow, event: AnyRow, *, now: datetime, seats: int, unused_seats: int, **columns: Any
) -> Booking:
    try:
        _check_seats(session, event, seats, unused=unused_seats, customer_id=customer.id)
    except Invalid as problem:
        # For a customer who is already booked, "already booked" is more helpful than "full".
        raise already_booked(session, customer, event) or problem from None
    keys = {"customer_id": customer.id, "event_id": event.id, "created_at": now, "updated_at": now}
    booking = insert_one(session, Booking, {**keys, "seats": seats, **columns})
    if booking is None:
        raise already_booked(session, customer, event) or NotFound("This booking was just deleted: try again")
    return booking


def already_booked(session: Session, customer: AnyRow, event: AnyRow) -> AlreadyBooked | None:
    """The error for a customer who is booked on this event already, or None."""
    require(session, Permission.BOOKINGS)
    booked = session.scalar(select(Booking.id).where(Booking.customer_id == customer.id, Booking.event_id == event.id))
    if booked is None:
        return None
    return AlreadyBooked(
        f"{full_name(customer)} is already booked on {event.name}: change that booking instead", booked
    )


def _check_seats(
    session: Session, event: AnyRow, seats: int, *, already: int = 0, unused: int = 0, customer_id: UUID
) -> None:
    problem = seats_problem(seats)
    if problem:
        raise Invalid(seats=problem)
    if event.capacity is None or seats <= already:
        return
    # What is offered to this customer is theirs to book.
    theirs = offered_seats.of_customer(session, event.id, customer_id) or 0
    left = event.capacity - events.seats_taken(session, event.id) + theirs + already + unused
    if seats > left:
        offered = events.seats_offered(session, event.id) - theirs
        raise Invalid(seats=why_full(event.name, left, already=already, offered=offered))


def end_waiting(session: Session, booking: Booking, *, now: datetime) -> None:
    """Take the customer of a booking with seats off the waitlist of its event, which must be locked."""
    require(session, Permission.BOOKINGS)
    if booking.seats and offered_seats.of_customer(session, booking.event_id, booking.customer_id) is not None:
        offered_seats.end_when_booked(session, booking.event_id, booking.customer_id, now=now)


def withdraw_cancellation(session: Session, booking: Booking, *, now: datetime) -> None:
    """Skip the text that an earlier booking of this customer for the event is cancelled, if it has not gone."""
    require(session, Permission.BOOKINGS)
    theirs = and_(Message.customer_id == booking.customer_id, Message.event_id == booking.event_id)
    waiting = and_(theirs, messages.of_deleted_booking())
    messages.skip_planned(session, waiting, Reason(Cause.REPLACED, "they are booked again"), now=now)


def seats_problem(seats: Any) -> str:
    """Why this is not a valid number of seats for any event, as a sentence for staff, or an empty string."""
    if not isinstance(seats, int):
        return "Enter a whole number of seats, or 0 for a reminder only"
    if seats < 0:
        return "Seats cannot be less than 0"
    return f"The limit for one booking is {LARGEST_BOOKING:,} seats" if seats > LARGEST_BOOKING else ""


def seats_left(event: EventRow, *, already: int = 0) -> str:
    """A sentence saying how many seats an event with a capacity has left for a booking that
    already has `already` seats."""
    left = (event.capacity or 0) - event.seats_taken + already
    return why_full(event.name, left, already=already, offered=event.seats_offered)


def why_cancelled(event_name: str) -> str:
    """The error for booking onto a cancelled event."""
    return f"{event_name} is cancelled: choose another event"


def why_full(event_name: str, left: int, *, already: int = 0, offered: int = 0) -> str:
    """The error for a booking that does not fit into the `left` seats, which include the `already` seats it has.
    `offered` are seats that are offered to the waitlist."""
    if left < already:
        over = already - left
        return f"{event_name} has {in_words(over)}: no more seats can be booked"
    if left <= 0:
        full = f"{event_name} is full: choose 0 seats for a reminder only, or another event"
        return f"{full}. {_why_offered(offered)}" if offered else full
    only = f"Only 1 seat is left for {event_name}" if left == 1 else f"Only {left} seats are left for {event_name}"
    only = f"{only}, including the {already} of this booking" if already else only
    return f"{only}. {_why_offered(offered)}" if offered else only


def _why_offered(offered: int) -> str:
    verb = "is" if offered == 1 else "are"
    return f"{counted(offered, 'seat')} {verb} offered to the waitlist: take an offer back to book them for others"


def _checked_notes(notes: str) -> str:
    try:
        return checked_notes(notes)
    except ValueError as problem:
        raise Invalid(notes=str(problem)) from problem


def locked(session: Session, booking_id: UUID) -> tuple[Booking, AnyRow, AnyRow]:
    """The booking, its event and its customer, locked. Every command locks event, customer and booking in this order,
    to avoid deadlocks. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    keys = session.execute(select(Booking.event_id, Booking.customer_id).where(Booking.id == booking_id)).first()
    if keys is None:
        raise NotFound("This booking no longer exists.")
    event = session.execute(_LOCKED_EVENT, {"id": keys.event_id}).first()
    customer = _locked_customer(session, keys.customer_id)
    booking = session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None or event is None:
        raise NotFound("This booking no longer exists.")
    return booking, event, customer


def locked_to_mark(session: Session, booking_id: UUID, *, now: datetime) -> tuple[Booking, AnyRow, AnyRow]:
    """As `locked`, before the mark of the booking changes: of a past event all its customers are locked, whose visits
    may change with it."""
    require(session, Permission.BOOKINGS)
    event_id = session.scalar(select(Booking.event_id).where(Booking.id == booking_id))
    if event_id is not None:
        visit_counts.lock_to_mark(session, event_id, now=now)
    return locked(session, booking_id)


def _queue_texts(session: Session, booking: Booking, event: AnyRow, customer: AnyRow, *, now: datetime) -> None:
    """Queue the reminders and, if the customer is to be notified, the confirmation, in one insert."""
    blocked = channels.why_unreachable(session, customer)
    texts = planning.about(session, booking, event, customer, now=now, skipped=blocked)
    if booking.told_at is not None:
        texts.append(messages.about(Kind.CONFIRMATION, booking, event, customer, now=now, skipped=blocked))
        acts.count(session, notified=0 if blocked else 1)
    insert_once(session, Message, texts)


def _queue_change(session: Session, booking: Booking, event: AnyRow, customer: AnyRow, now: datetime) -> None:
    """Queue the text about a change. It is skipped if an earlier text is still queued, which will include the
    change."""
    queued = select(Message.id).where(
        Message.booking_id == booking.id,
        Message.kind.in_((Kind.CONFIRMATION.value, Kind.CHANGE.value)),
        Message.state.in_(messages.NOT_YET_GONE),
    )
    # Locked: if the scheduler is claiming the earlier text right now, that text has the old booking in it, and then the
    # change needs a text of its own.
    earlier = session.scalars(queued.with_for_update()).first()
    acts.count(session, notified=1 if earlier else 0)
    reason = Reason(Cause.REPLACED, "an earlier text, not sent yet, includes it") if earlier else None
    messages.queue(session, Kind.CHANGE, booking, event, customer, now=now, skipped=reason)
