"""Who came to an event: arrived or not, with how many, running late, and walk-ins."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Event
from db.types import AnyRow
from venue.acts import Act, act
from venue.bookings.edit import LARGEST_BOOKING, book, locked, locked_to_mark, seats_problem, update
from venue.bookings.guests import count_for_event
from venue.customers import visit_counts
from venue.errors import Invalid, NotFound
from venue.events import find as events
from venue.events import offered_seats
from venue.profile import venue_of
from venue.roles import Permission, require

LONGEST_DELAY = 600


@act(Act.ARRIVAL_MARKED)
def mark_arrived(
    session: Session, booking_id: UUID, *, arrived: bool | None, seats: int | None = None, now: datetime
) -> Booking:
    """Record that a customer arrived (True), did not (False), or that it is not known (None). `seats` is how many came,
    without it as many as are booked. Marking what is marked already changes nothing, unless it says other seats.
    Raises NotFound, and Invalid for seats that cannot be."""
    require(session, Permission.BOOKINGS)
    if seats is not None:
        _check_came(seats)
    booking, event, customer = locked_to_mark(session, booking_id, now=now)
    came = (seats or booking.seats or 1) if arrived else None
    if booking.arrived == arrived and (seats is None or booking.arrived_seats == came):
        return booking
    if booking.arrived != arrived:
        booking.arrived_at = now if arrived else None
    booking.arrived, booking.arrived_seats = arrived, came
    booking.updated_at = now
    session.flush()
    visit_counts.refresh_marked(session, event, customer.id, now=now)
    return booking


@act(Act.LATE_MARKED)
def mark_late(
    session: Session, booking_id: UUID, *, late: bool = True, minutes: int | None = None, now: datetime
) -> Booking:
    """Record that a customer is running late, since now and by this number of minutes if they said so, or that they are
    not. It is shown at the door until they are marked as arrived or not. Marking it again changes nothing, unless it
    says other minutes. Raises NotFound, and Invalid when they are marked already or the event is over or cancelled, and
    for minutes that cannot be."""
    require(session, Permission.BOOKINGS)
    if minutes is not None and not 1 <= minutes <= LONGEST_DELAY:
        raise Invalid(minutes=f"Enter the minutes that they are late, from 1 to {LONGEST_DELAY}")
    booking, event, _customer = locked(session, booking_id)
    if late == (booking.late_since is not None) and minutes in (None, booking.late_minutes):
        return booking
    if late:
        _check_may_be_late(session, booking, event, now)
    booking.late_since = now if late else None
    booking.late_minutes = minutes if late else None
    booking.updated_at = now
    session.flush()
    return booking


@act(Act.WALK_IN_ADDED)
def walk_in(session: Session, event_id: UUID, *, customer_id: UUID, seats: int, now: datetime) -> Booking:
    """Book a customer who came to the event of today without a booking, and mark them as arrived. They are not texted.
    A reminder-only booking of theirs gets the seats. They may take the seats of guests who are marked as no-shows, or
    who came with fewer. Raises NotFound, AlreadyBooked, and Invalid when it does not fit or the event is on another
    day or cancelled."""
    require(session, Permission.BOOKINGS)
    _check_came(seats)
    event = _locked_event(session, event_id)
    _check_is_on(session, event, now)
    theirs = session.scalar(select(Booking).where(Booking.event_id == event_id, Booking.customer_id == customer_id))
    unused = count_for_event(session, event_id).unused_seats
    if theirs is None or not theirs.seats:
        _check_fits(session, event, customer_id, seats, unused)
    how: dict[str, Any] = {"seats": seats, "unused_seats": unused, "now": now, "tell_customer": False}
    if theirs is not None and not theirs.seats:
        booking = update(session, theirs.id, version=theirs.version, **how)
    else:
        booking = book(session, customer_id=customer_id, event_id=event_id, **how)
    booking.walked_in = booking.arrived = True
    booking.arrived_at, booking.arrived_seats = now, seats
    session.flush()
    visit_counts.refresh(session, [customer_id], now=now)
    return booking


@act(Act.WALK_INS_COUNTED)
def count_walk_ins(session: Session, event_id: UUID, *, seats: int, now: datetime) -> Event:
    """Count guests who came to the event of today without a booking and gave no number, so that they are no customers.
    Less than 0 takes as many back. They take seats, even of a full event: they are there, and others stayed away.
    Raises NotFound, and Invalid for a number that cannot be or when the event is on another day or cancelled."""
    require(session, Permission.BOOKINGS)
    event = _locked_event(session, event_id)
    if seats >= 0:
        _check_came(seats)
        _check_is_on(session, event, now)
    elif event.unnamed_seats + seats < 0:
        raise Invalid(seats=f"Only {event.unnamed_seats} were counted without a number")
    event.unnamed_seats += seats
    event.updated_at = now
    session.flush()
    return event


def _check_came(seats: int) -> None:
    problem = seats_problem(seats) or ("At least 1 seat" if seats < 1 else "")
    if problem:
        raise Invalid(seats=f"{problem}: enter how many came, from 1 to {LARGEST_BOOKING:,}")


def _check_may_be_late(session: Session, booking: Booking, event: AnyRow, now: datetime) -> None:
    if booking.arrived is not None:
        marked = "as arrived" if booking.arrived else "as a no-show"
        raise Invalid(booking_id=f"They are already marked {marked}: unmark them first")
    if event.cancelled_at is not None:
        raise Invalid(booking_id=f"{event.name} is cancelled")
    if events.is_over(event, now=now, zone=venue_of(session).zone):
        raise Invalid(booking_id=f"{event.name} is over")


def _locked_event(session: Session, event_id: UUID) -> Event:
    event = session.get(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)
    if event is None:
        raise NotFound("This event no longer exists.")
    return event


def _check_is_on(session: Session, event: Event, now: datetime) -> None:
    if event.cancelled_at is not None:
        raise Invalid(event_id=f"{event.name} is cancelled")
    zone = venue_of(session).zone
    if events.is_over(event, now=now, zone=zone) or not events.takes_marks(event, now=now, zone=zone):
        raise Invalid(event_id=f"{event.name} is not today: add a booking instead")


def _check_fits(session: Session, event: Event, customer_id: UUID, seats: int, unused: int) -> None:
    if event.capacity is None:
        return
    theirs = offered_seats.of_customer(session, event.id, customer_id) or 0
    left = max(0, event.capacity - events.seats_taken(session, event.id) + theirs + unused)
    if seats > left:
        only = "No seats are" if left == 0 else "Only 1 seat is" if left == 1 else f"Only {left} seats are"
        raise Invalid(seats=f"{only} left for {event.name}: mark who did not come, then their seats are free")
