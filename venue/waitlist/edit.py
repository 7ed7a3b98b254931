"""Parties join the waitlist of a full event, leave it, and answer offers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import NOTES_LENGTH, Booking, Customer, Event, Message, WaitlistEntry
from db.writes import add_once
from venue import acts, bookings, clock, events
from venue.acts import Act, act
from venue.bookings.edit import LARGEST_BOOKING
from venue.errors import AlreadyBooked, Invalid, NotFound
from venue.events import offered_seats, withdrawn_offers
from venue.events.edit import locked as locked_event
from venue.messages.causes import Cause, Reason
from venue.notes import checked_notes
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.waitlist.offers import offer_key
from venue.waitlist.states import GONE, OPEN, PassedOver, State
from venue.wording import counted, full_name


@dataclass(frozen=True)
class Answered:
    """The entry after an answer, and the booking that was made or changed for it; None if they declined."""

    entry: WaitlistEntry
    booking: Booking | None = None


@act(Act.WAITLIST_JOINED)
def join(
    session: Session,
    *,
    event_id: UUID,
    customer_id: UUID,
    seats: int,
    notes: str = "",
    form_token: str | None = None,
    now: datetime,
) -> WaitlistEntry:
    """Put a customer on the waitlist of an event with too few free seats for them. They may have a reminder-only
    booking. A form token that was used before returns the entry it added.

    Raises NotFound, AlreadyBooked if they have seats already, and Invalid: also if their seats are free, and if they
    are on this waitlist already.
    """
    require(session, Permission.BOOKINGS)
    event = locked_event(session, event_id)
    earlier = _by_token(session, form_token)  # Once the event is locked: another tap may just be adding it.
    if earlier is not None:
        return earlier
    customer = session.get(Customer, customer_id, with_for_update={"key_share": True}, populate_existing=True)
    if customer is None:
        raise NotFound("This customer no longer exists.")
    _check_event(event, now)
    notes = _checked(session, event, seats, notes)
    _check_not_there(session, event, customer)
    entry = WaitlistEntry(
        event_id=event_id,
        customer_id=customer_id,
        seats=seats,
        notes=notes,
        cause=PassedOver.FULL,
        joined_at=now,
        updated_at=now,
        form_token=form_token,
    )
    return add_once(session, entry)


@act(Act.WAITLIST_LEFT)
def leave(session: Session, entry_id: UUID, *, now: datetime) -> WaitlistEntry:
    """Take a party off the waitlist; an offer to them ends. It does nothing for one whose waiting has ended. Raises
    NotFound."""
    require(session, Permission.BOOKINGS)
    _, entry = locked(session, entry_id)
    if entry.state in OPEN:
        _end(session, entry, State.LEFT, now)
    return entry


@act(Act.WAITLIST_ANSWERED)
def answer(session: Session, entry_id: UUID, *, accepts: bool, now: datetime) -> Answered:
    """Book a party that accepts, with the confirmation; or note that they declined. They may accept without an offer,
    or after it ended, if the seats are free now. The same answer again changes nothing.

    Raises NotFound, AlreadyBooked, and Invalid(seats=…) if the seats are not free any more.
    """
    require(session, Permission.BOOKINGS)
    event, entry = locked(session, entry_id)
    acts.details(session, accepts=accepts)
    booked = _booking(session, entry) if entry.state == State.BOOKED else None
    if booked is not None and booked.seats:
        return Answered(entry, booked)
    if not accepts:
        if entry.state in OPEN:
            _end(session, entry, State.DECLINED, now)
        return Answered(entry)
    try:
        booking = _book(session, entry, now)
    except Invalid as problem:
        if "seats" in problem.problems:
            raise Invalid(seats=_too_late(session, event, entry, problem)) from problem
        raise
    session.refresh(entry)
    if entry.state != State.BOOKED:  # It had ended before: booking them did not end it.
        entry.state, entry.cause, entry.ended_at, entry.updated_at = State.BOOKED.value, None, now, now
        session.flush()
    return Answered(entry, booking)


@act(Act.WAITLIST_WITHDRAWN)
def withdraw(session: Session, entry_id: UUID, *, tell_customer: bool = True, now: datetime) -> WaitlistEntry:
    """Take an offer back: the party waits again, in its place. For ten minutes no seats of the event are offered, so
    that staff can book them for others. If the text with the offer went, they get one that it is off, unless
    `tell_customer` is False. It does nothing for a party without an offer. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    event, entry = locked(session, entry_id)
    if entry.state == State.OFFERED:
        _skip_text(session, entry, now)
        if tell_customer:
            told = withdrawn_offers.holders(session, event.id, entry_id=entry.id)
            withdrawn_offers.tell(session, event, told, withdrawn_offers.Why.WITHDRAWN, now=now)
        entry.state, entry.cause = State.WAITING.value, PassedOver.WITHDRAWN
        entry.answer_by, entry.updated_at = None, now
        session.flush()
    return entry


def preview_withdrawal(session: Session, entry_id: UUID, *, now: datetime) -> str:
    """The text that a party gets when its offer is taken back now; empty if it has no offer, or the text with it did
    not go. Raises NotFound."""
    require(session, Permission.READ)
    entry = session.get(WaitlistEntry, entry_id)
    if entry is None:
        raise NotFound(GONE)
    if entry.state != State.OFFERED:
        return ""
    event = session.get_one(Event, entry.event_id)
    told = withdrawn_offers.holders(session, event.id, entry_id=entry.id)
    return withdrawn_offers.words(session, event, told[0], withdrawn_offers.Why.WITHDRAWN, now=now) if told else ""


def _by_token(session: Session, form_token: str | None) -> WaitlistEntry | None:
    if form_token is None:
        return None
    return session.scalar(select(WaitlistEntry).where(WaitlistEntry.form_token == form_token))


def _check_event(event: Event, now: datetime) -> None:
    if event.cancelled_at is not None:
        raise Invalid(event_id=bookings.why_cancelled(event.name))
    if event.starts_at <= now:
        raise Invalid(event_id=f"{event.name} has begun: choose another event")


def _checked(session: Session, event: Event, seats: int, notes: str) -> str:
    """The notes as they are stored. Raises Invalid with every problem at once."""
    problems = {}
    try:
        notes = checked_notes(notes)
    except ValueError as problem:
        problems["notes"] = str(problem)
    why_not = _seats_problem(session, event, seats)
    if why_not:
        problems["seats"] = why_not
    if problems:
        raise Invalid(**problems)
    return notes


def _seats_problem(session: Session, event: Event, seats: int) -> str:
    if not isinstance(seats, int) or not 0 < seats <= LARGEST_BOOKING:
        return "Enter how many seats they need: a whole number, at least 1"
    if event.capacity is None:
        return f"{event.name} has no limit: book them instead"
    if seats > event.capacity:
        return f"{event.name} has only {counted(event.capacity, 'seat')}"
    free = event.capacity - events.seats_taken(session, event.id)
    return f"{counted(free, 'seat')} {'is' if free == 1 else 'are'} free: book them instead" if seats <= free else ""


def _check_not_there(session: Session, event: Event, customer: Customer) -> None:
    booked = session.scalar(
        select(Booking).where(Booking.event_id == event.id, Booking.customer_id == customer.id, Booking.seats > 0)
    )
    if booked is not None and booked.seats:
        raise AlreadyBooked(
            f"{full_name(customer)} already has {counted(booked.seats, 'seat')} at {event.name}", booked.id
        )
    seats = session.scalar(
        select(WaitlistEntry.seats).where(
            WaitlistEntry.event_id == event.id,
            WaitlistEntry.customer_id == customer.id,
            WaitlistEntry.state.in_(OPEN),
        )
    )
    if seats is not None:
        raise Invalid(
            event_id=f"{full_name(customer)} is already on the waitlist for {event.name}, with {counted(seats, 'seat')}"
        )


def locked(session: Session, entry_id: UUID) -> tuple[Event, WaitlistEntry]:
    """The event, then its customer, then the entry: in the order of all commands. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    keys = session.execute(
        select(WaitlistEntry.event_id, WaitlistEntry.customer_id).where(WaitlistEntry.id == entry_id)
    ).first()
    if keys is None:
        raise NotFound(GONE)
    event = locked_event(session, keys.event_id)
    session.execute(select(Customer.id).where(Customer.id == keys.customer_id).with_for_update(key_share=True))
    entry = session.get(WaitlistEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound(GONE)
    return event, entry


def _end(session: Session, entry: WaitlistEntry, state: State, now: datetime) -> None:
    _skip_text(session, entry, now)
    entry.state, entry.cause, entry.answer_by = state.value, None, None
    entry.ended_at = entry.updated_at = now
    session.flush()


def _skip_text(session: Session, entry: WaitlistEntry, now: datetime) -> None:
    over = Reason(Cause.REPLACED, "the offer is over")
    offered_seats.skip_texts(session, Message.dedupe_key == offer_key(entry), over, now=now)


def _booking(session: Session, entry: WaitlistEntry) -> Booking | None:
    theirs = Booking.event_id == entry.event_id, Booking.customer_id == entry.customer_id
    return session.scalar(select(Booking).where(*theirs))


def _book(session: Session, entry: WaitlistEntry, now: datetime) -> Booking:
    existing = _booking(session, entry)
    if existing is not None and existing.seats == 0:
        return bookings.update(
            session,
            existing.id,
            version=existing.version,
            seats=entry.seats,
            notes=_both_notes(existing.notes, entry.notes),
            tell_customer=True,
            now=now,
        )
    return bookings.book(
        session,
        customer_id=entry.customer_id,
        event_id=entry.event_id,
        seats=entry.seats,
        notes=entry.notes,
        now=now,
    )


def _both_notes(booked: str, waiting: str) -> str:
    """The notes of a reminder-only booking and of the waitlist, as far as there is room."""
    return booked if waiting in booked else f"{booked}\n{waiting}".strip()[:NOTES_LENGTH]


def _too_late(session: Session, event: Event, entry: WaitlistEntry, problem: Invalid) -> str:
    """Why someone who accepts cannot be booked, for staff to tell them."""
    why = problem.problems["seats"]
    if entry.state != State.EXPIRED or entry.ended_at is None:
        return why
    zone = venue_of(session).zone
    return f"The offer ended on {clock.format_instant(entry.ended_at, zone)}. {why}"
