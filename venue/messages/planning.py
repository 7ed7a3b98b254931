"""Queue reminders: for a new booking, after an event moves, and by the scheduler where one is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Booking, Customer, Event, Message, PhoneNumber
from db.types import AnyRow, AnySelect
from db.writes import insert_once, update_where
from sms.texts import Kind
from venue import reminders
from venue.messages import numbers, outbox
from venue.messages.causes import Cause, Reason
from venue.messages.new_message import NewMessage
from venue.messages.states import MAYBE_GONE, WENT, State
from venue.profile import Venue, venue_of
from venue.roles import Permission, require

SWEPT_AT_ONCE = 2_000


@dataclass(frozen=True)
class Planned:
    """The number of reminders that a sweep queued."""

    reminders: int


def plan_again(session: Session, which: ColumnElement[bool], *, refused_too: bool = False, now: datetime) -> None:
    """Schedule again reminders that were skipped only because of their number, if they are still useful and were not
    resent; with `refused_too`, also those that the provider never accepted."""
    require(session, Permission.CUSTOMERS, Permission.TEXTS, Permission.DELIVERY)
    again = aliased(Message)
    refused = and_(Message.state == State.FAILED.value, Message.provider_id.is_(None))
    skipped = and_(
        which,
        Message.kind.in_(reminders.KINDS),
        or_(outbox.skipped_for_its_number(), refused) if refused_too else outbox.skipped_for_its_number(),
        ~exists().where(again.again_of_id == Message.id),
        still_wanted(),
    )
    planned = {
        "state": State.PLANNED.value,
        "cause": None,
        "reason": "",
        "error_code": None,
        "sent_with_id": None,
        "final_at": None,
        "handled_at": None,
        "handled_by": None,
        "updated_at": now,
    }
    retime(session, skipped, now=now)
    update_where(session, Message, and_(skipped, Message.useful_until > now), planned)


def retime(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """Let the reminders among these texts, which are not planned yet but will be, fall due as the settings of now say:
    they may have changed since."""
    require(session, Permission.CUSTOMERS, Permission.TEXTS, Permission.EVENTS, Permission.DELIVERY)
    venue, these = venue_of(session), and_(which, Message.kind.in_(reminders.KINDS))
    columns = (Message.event_id, Message.kind, Message.due_at, Event.starts_at)
    found = select(*columns).join(Event, Event.id == Message.event_id).where(these).distinct()
    for row in session.execute(found).all():
        due_at, useful_until = times(venue, row.kind, row.starts_at)
        if due_at != row.due_at and useful_until > now:
            itself = (Message.event_id == row.event_id, Message.kind == row.kind, Message.due_at == row.due_at)
            update_where(session, Message, and_(these, *itself), {"due_at": due_at, "useful_until": useful_until})


def still_wanted() -> ColumnElement[bool]:
    """A SQL condition: the reminder's booking still exists, and its event was neither cancelled nor moved."""
    reminds_of = or_(
        *(and_(Message.kind == kind.value, Message.dedupe_key == _key_in_sql(kind)) for kind in reminders.KINDS)
    )
    return exists(
        select(Booking.id)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.id == Message.booking_id, Event.cancelled_at.is_(None), reminds_of)
        .correlate(Message)
    )


def about(
    session: Session,
    booking: Booking,
    event: Event | AnyRow,
    customer: Customer | AnyRow,
    *,
    now: datetime,
    skipped: Reason | None = None,
) -> list[dict[str, Any]]:
    """The rows to insert for both reminders of a booking. They are scheduled, or skipped if `skipped` gives a
    reason."""
    facts = _BookingFacts(
        booking_id=booking.id,
        customer_id=customer.id,
        event_id=event.id,
        mobile_number=customer.mobile_number,
        starts_at=event.starts_at,
        schedule_rev=event.schedule_rev,
        told_at=booking.told_at,
        created_at=booking.created_at,
        reminded=frozenset(),
        blocked=skipped,
    )
    return _rows(session, [facts], now)


def plan_event(session: Session, event_id: UUID, *, now: datetime) -> int:
    """Queue the missing reminders of all bookings of an event, and return how many."""
    require(session, Permission.EVENTS)
    return _plan_missing(session, _bookings_without_reminder(now).where(Event.id == event_id), now)


def sweep(session: Session, *, now: datetime) -> Planned:
    """Queue missing reminders of upcoming events, for up to SWEPT_AT_ONCE bookings. Call it until it queues none."""
    require(session, Permission.DELIVERY, Permission.IMPORT)
    return Planned(_plan_missing(session, _bookings_without_reminder(now).limit(SWEPT_AT_ONCE), now))


@dataclass(frozen=True)
class _BookingFacts:
    booking_id: UUID
    customer_id: UUID
    event_id: UUID
    mobile_number: str
    starts_at: datetime
    schedule_rev: int
    told_at: datetime | None
    created_at: datetime
    reminded: frozenset[Kind]
    blocked: Reason | None


def _plan_missing(session: Session, bookings: AnySelect, now: datetime) -> int:
    rows = session.execute(bookings.add_columns(_blocked(session), *map(_was_reminded, reminders.KINDS)))
    facts = []
    for row in rows:
        values = row._asdict()
        values["reminded"] = frozenset(kind for kind in reminders.KINDS if values.pop(kind))
        values["blocked"] = numbers.reason_for_block(row.blocked)
        facts.append(_BookingFacts(**values))
    return insert_once(session, Message, _rows(session, facts, now))


def _was_reminded(kind: Kind) -> Any:
    """A SQL expression: the guest got, or may have got, a reminder of this kind before the event moved, or staff sent
    it again."""
    went = or_(Message.state.in_(WENT), Message.cause == Cause.SENT_TOGETHER)
    first, again = aliased(Message), aliased(Message)
    # What was sent again may have failed too, and have been sent once more.
    reminder = select(first.id).where(first.booking_id == Message.booking_id, first.kind == kind)
    sent_again = select(again.id).where(again.again_of_id.in_(reminder))
    is_one = or_(Message.kind == kind, Message.again_of_id.in_(reminder), Message.again_of_id.in_(sent_again))
    theirs = and_(Message.booking_id == Booking.id, Message.customer_id == Booking.customer_id)
    return exists().where(theirs, is_one, went).label(kind)


def _blocked(session: Session) -> Any:
    """A SQL expression for `numbers.reason_for_block`: NULL also for a customer who gets e-mails then."""
    block = numbers.block_in_sql()
    if venue_of(session).sends_email:
        block = case((Customer.email != "", None), else_=block)
    return block.label("blocked")


def _bookings_without_reminder(now: datetime) -> AnySelect:
    missing = [~exists().where(Message.dedupe_key == _key_in_sql(kind)) for kind in reminders.KINDS]
    return (
        select(
            Booking.id.label("booking_id"),
            Booking.customer_id,
            Booking.event_id,
            Customer.mobile_number,
            Event.starts_at,
            Event.schedule_rev,
            Booking.told_at,
            Booking.created_at,
        )
        .join(Event, Event.id == Booking.event_id)
        .join(Customer, Customer.id == Booking.customer_id)
        .outerjoin(PhoneNumber, PhoneNumber.mobile_number == Customer.mobile_number)
        .where(Event.starts_at > now, Event.cancelled_at.is_(None), or_(*missing))
    )


def key(kind: Kind, booking_id: UUID, schedule_rev: int) -> str:
    """The key that makes queueing a reminder idempotent. Moving an event changes it, so that new ones are queued."""
    return f"{kind}:{booking_id.hex}:{schedule_rev}"


def _key_in_sql(kind: Kind) -> Any:
    hex_id = func.replace(cast(Booking.id, String), "-", "")
    return literal(f"{kind}:") + hex_id + literal(":") + cast(Event.schedule_rev, String)


def _rows(session: Session, bookings: Sequence[_BookingFacts], now: datetime) -> list[dict[str, Any]]:
    venue = venue_of(session)
    return [_row(kind, facts, venue, now) for facts in bookings for kind in reminders.KINDS]


def due_in(venue: Venue, kind: str, starts_at: datetime) -> datetime:
    """`reminders.due_at` with this venue's settings, in UTC."""
    return reminders.due_at(kind, starts_at, zone=venue.zone, hours=venue.hours, at=venue.reminders_at)


def times(venue: Venue, kind: str, starts_at: datetime) -> tuple[datetime, datetime]:
    """When a reminder is due, and until when it is useful, with this venue's settings, in UTC."""
    useful_until = reminders.useful_until(kind, starts_at)
    if kind == Kind.REMINDER_7_DAY:
        # If both are late, only the 24-hour reminder is sent.
        useful_until = min(useful_until, due_in(venue, Kind.REMINDER_24_HOUR, starts_at))
    return due_in(venue, kind, starts_at), useful_until


def _row(kind: Kind, facts: _BookingFacts, venue: Venue, now: datetime) -> dict[str, Any]:
    due, useful_until = times(venue, kind, facts.starts_at)
    skipped = facts.blocked
    if due < _not_before(kind, facts):
        skipped = Reason(Cause.BOOKED_TOO_LATE)
    elif due <= now and kind in facts.reminded:
        skipped = Reason(Cause.REPLACED, "they were reminded before the event moved")
    message = NewMessage(
        kind=kind,
        dedupe_key=key(kind, facts.booking_id, facts.schedule_rev),
        customer_id=facts.customer_id,
        booking_id=facts.booking_id,
        event_id=facts.event_id,
        mobile_number=facts.mobile_number,
        due_at=due,
        useful_until=useful_until,
        now=now,
        skipped=skipped,
    )
    return message.columns()


def _not_before(kind: Kind, facts: _BookingFacts) -> datetime:
    """The earliest useful time for a reminder: some time after the last text about the booking. If there was none, as
    for an imported booking, or if it names an old time, this is the booking's creation."""
    if facts.told_at is None:
        return facts.created_at
    return facts.told_at + reminders.TOO_SOON_AFTER_BOOKING[kind]


def replace(session: Session, event: Event, *, now: datetime) -> None:
    """Replace the reminders of an event that moved: skip the scheduled ones, and queue new ones. Bulk texts
    that name its old time are skipped."""
    require(session, Permission.EVENTS)
    outbox.skip_planned(
        session,
        and_(Message.event_id == event.id, Message.kind.in_((*reminders.KINDS, Kind.CAMPAIGN))),
        Reason(Cause.REPLACED, "the event has moved"),
        now=now,
    )
    _send_no_more(session, and_(Message.event_id == event.id, Message.kind == Kind.CAMPAIGN), now)
    plan_event(session, event.id, now=now)


def _send_no_more(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Those of these texts that are on their way are too late if they come back."""
    on_their_way = and_(which, Message.state.in_(MAYBE_GONE))
    # Locked in the order of their ids, like the sender does, to avoid deadlocks.
    ids = session.scalars(select(Message.id).where(on_their_way).order_by(Message.id).with_for_update()).all()
    if ids:
        update_where(session, Message, and_(on_their_way, Message.id.in_(ids)), {"useful_until": now})
