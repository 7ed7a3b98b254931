"""Undo what an act did to a party on a waitlist, where it makes sense: no seat is promised twice, and a text that left
stays true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.models import Booking, Event, Message, WaitlistEntry
from db.recorded import parsed
from sms.texts import Kind
from venue import bookings, events, messages
from venue.messages.causes import Cause, Reason
from venue.messages.states import WENT
from venue.roles import Permission, require
from venue.waitlist.edit import locked
from venue.waitlist.states import GONE, OPEN, State

ENDED_BY_THEM = (State.LEFT, State.DECLINED)


@dataclass(frozen=True)
class Done:
    """What an act did to an entry, at this instant: its values before and after as the journal holds them, `before` is
    None if it was added. The booking that it made or changed was `booked` before, None if there was none, and is
    `booked_as` since."""

    entry_id: UUID
    at: datetime
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    booking_id: UUID | None = None
    booked: Mapping[str, Any] | None = None
    booked_as: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Plan:
    """What becomes of the entry, as a sentence, or why it stays."""

    state: State | None = None
    words: str = ""
    why_not: str = ""


def look(session: Session, done: Done, *, now: datetime) -> Plan:
    """What undoing it would do."""
    require(session, Permission.READ)
    entry = session.get(WaitlistEntry, done.entry_id, populate_existing=True)
    if entry is None:
        return Plan(why_not=GONE)
    return _plan(session, entry, session.get_one(Event, entry.event_id), done, now)


def look_at_place(session: Session, done: Done, *, now: datetime) -> Plan:
    """What becomes of a party that was taken off the list as booked, once the booking is as before by its own rules."""
    require(session, Permission.READ)
    entry = session.get(WaitlistEntry, done.entry_id, populate_existing=True)
    if entry is None:
        return Plan(why_not=GONE)
    why_not = _why_no_place(session, entry, session.get_one(Event, entry.event_id), now)
    return Plan(why_not=why_not) if why_not else Plan(State.WAITING, WAITS)


def give_place_back(session: Session, done: Done, *, now: datetime) -> Plan:
    """As `look_at_place`, in the act in progress, after the booking was undone. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    event, entry = locked(session, done.entry_id)
    why_not = _why_no_place(session, entry, event, now) or _why_booked(session, entry)
    if why_not:
        return Plan(why_not=why_not)
    entry.state, entry.updated_at, entry.ended_at = State.WAITING.value, now, None
    session.flush()
    return Plan(State.WAITING, WAITS)


def _why_no_place(session: Session, entry: WaitlistEntry, event: Event, now: datetime) -> str:
    if entry.state != State.BOOKED:
        return "was changed since"
    return _why_not_on(event, now) or _why_waiting(session, entry)


def carry_out(session: Session, done: Done, *, now: datetime) -> Plan:
    """Undo it, in the act in progress. Raises NotFound."""
    require(session, Permission.BOOKINGS)
    event, entry = locked(session, done.entry_id)
    plan = _plan(session, entry, event, done, now)
    if plan.state is None:
        return plan
    if done.after.get("state") == State.BOOKED:
        _unbook(session, done, now)
        session.refresh(entry)
    theirs = and_(Message.event_id == entry.event_id, Message.customer_id == entry.customer_id)
    off = and_(theirs, Message.kind == Kind.OFFER_WITHDRAWN.value)
    messages.skip_planned(session, off, Reason(Cause.REPLACED, "the offer was undone"), now=now)
    before = done.before or {}
    entry.state, entry.cause, entry.updated_at = plan.state.value, None, now
    entry.answer_by = _stored(before, "answer_by") if plan.state is State.OFFERED else None
    entry.ended_at = None if plan.state in OPEN else _stored(before, "ended_at") or now
    session.flush()
    return plan


def _plan(session: Session, entry: WaitlistEntry, event: Event, done: Done, now: datetime) -> Plan:
    before, after = (done.before or {}).get("state"), done.after.get("state")
    if entry.state != after or (done.before is None and entry.offered_at is not None):
        return Plan(why_not="was changed since")
    if done.before is None:
        return Plan(State.LEFT, "no longer waits")
    if before in ENDED_BY_THEM and after in OPEN:
        return Plan(State(before), "no longer waits")
    if after not in (*ENDED_BY_THEM, State.WAITING, State.BOOKED) or before not in (*OPEN, State.EXPIRED):
        return Plan(why_not="do it again instead")
    why_not = _why_not_waiting(session, entry, event, done, now)
    if why_not:
        return Plan(why_not=why_not)
    if before == State.EXPIRED:
        return Plan(State.EXPIRED, "is not booked")
    if before == State.WAITING:
        return Plan(State.WAITING, WAITS)
    return _offer_again(session, entry, event, done, now)


WAITS = "waits again, in their place"


def _why_not_waiting(session: Session, entry: WaitlistEntry, event: Event, done: Done, now: datetime) -> str:
    why_not = _why_not_on(event, now)
    if why_not:
        return why_not
    if done.after.get("state") == State.BOOKED:
        return _why_not_unbooked(session, done)
    return _why_waiting(session, entry) or _why_booked(session, entry)


def _why_not_on(event: Event, now: datetime) -> str:
    if event.cancelled_at is not None:
        return "the event is cancelled"
    return "the event has begun" if event.starts_at <= now else ""


def _why_waiting(session: Session, entry: WaitlistEntry) -> str:
    others = select(WaitlistEntry.id).where(
        *(WaitlistEntry.event_id == entry.event_id, WaitlistEntry.customer_id == entry.customer_id),
        *(WaitlistEntry.state.in_(OPEN), WaitlistEntry.id != entry.id),
    )
    return "they are on the waitlist again" if session.scalar(others) is not None else ""


def _why_booked(session: Session, entry: WaitlistEntry) -> str:
    booked = select(Booking.id).where(
        Booking.event_id == entry.event_id, Booking.customer_id == entry.customer_id, Booking.seats > 0
    )
    return "they are booked" if session.scalar(booked) is not None else ""


def _why_not_unbooked(session: Session, done: Done) -> str:
    booking = session.get(Booking, done.booking_id, populate_existing=True) if done.booking_id else None
    if booking is None:
        return "the booking was deleted since"
    now_has = {name: getattr(booking, name) for name in ("seats", "notes")}
    if any((done.booked_as or {}).get(name, value) != value for name, value in now_has.items()):
        return "the booking was changed since"
    if booking.arrived is not None or booking.late_since is not None:
        return "they were marked on the guest list since"
    told = Message.kind.in_([Kind.CONFIRMATION.value, Kind.CHANGE.value])
    if _went(session, and_(Message.booking_id == booking.id, told, Message.claimed_at >= done.at)):
        return "they were texted that they are booked: delete the booking instead"
    return ""


def _offer_again(session: Session, entry: WaitlistEntry, event: Event, done: Done, now: datetime) -> Plan:
    """The offer stands again, if it can; otherwise the party waits again."""
    theirs = and_(Message.event_id == entry.event_id, Message.customer_id == entry.customer_id)
    of_kind = Message.kind == Kind.WAITLIST_OFFER.value
    has_text = _went(session, and_(theirs, of_kind, Message.created_at == entry.offered_at))
    told = and_(theirs, Message.kind == Kind.OFFER_WITHDRAWN.value, Message.created_at >= entry.offered_at)
    ends = _stored(done.before or {}, "answer_by")
    if not has_text:
        # They do not know of the offer: they get the next one.
        return Plan(State.WAITING, f"{WAITS}, and is offered seats as they become free")
    why_not = ""
    if _went(session, told):
        why_not = "they were texted that the offer is off"
    elif ends is None or ends <= now:
        why_not = "the offer would have ended by now"
    elif not _fits(session, entry, event, done):
        why_not = "the seats are gone"
    if not why_not:
        return Plan(State.OFFERED, "has the offer again")
    was_withdrawn = done.after.get("state") == State.WAITING
    return Plan(why_not=why_not) if was_withdrawn else Plan(State.WAITING, f"{WAITS}: {why_not}")


def _fits(session: Session, entry: WaitlistEntry, event: Event, done: Done) -> bool:
    if event.capacity is None or done.after.get("state") == State.BOOKED:
        return True
    return entry.seats <= event.capacity - events.seats_taken(session, event.id)


def _went(session: Session, which: Any) -> bool:
    return session.scalar(select(Message.id).where(which, Message.state.in_(WENT)).limit(1)) is not None


def _unbook(session: Session, done: Done, now: datetime) -> None:
    """Delete the booking, or leave it as it was for reminders only."""
    booking_id = done.booking_id
    if booking_id is None:
        return
    if done.booked is None:
        bookings.delete(session, booking_id, by_mistake=True, now=now)
        return
    of_change = Message.kind == Kind.CHANGE.value, Message.created_at >= done.at
    change = and_(Message.booking_id == booking_id, *of_change)
    messages.skip_planned(session, change, Reason(Cause.REPLACED, "the change was undone"), now=now)
    booking = session.get_one(Booking, booking_id)
    old = {name: value for name, value in done.booked.items() if name in ("seats", "notes")}
    bookings.update(session, booking_id, version=booking.version, tell_customer=False, now=now, **old)


def _stored(values: Mapping[str, Any], name: str) -> Any:
    return parsed(WaitlistEntry.__tablename__, name, values.get(name))
