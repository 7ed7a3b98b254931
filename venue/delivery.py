"""Sending what is due: claim, call, record.

No transaction is open while the provider is called: a slow provider must hold neither a connection nor a lock, and a
row that says "sending" must be on disk before the first byte leaves. venue/following.py finds out what became of it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from db import locks
from db.models import Booking, Customer, Event, Heartbeat, Message, MessageAttempt, Pause, PhoneNumber
from db.once import insert_once
from db.types import AnyRow
from sms import segments
from sms.gateway import Fault, Gateway, NotSent, Outcome, Outgoing, Refused, Sent
from sms.texts import Kind
from venue import messages, numbers, reminders
from venue.house import House, house_of
from venue.message_states import REMINDERS, Answered, Claimed, Skipped, State, Timing, Transition, Waited, decide
from venue.staff import Permission, require

Transaction = Callable[[], AbstractContextManager[Session]]
Clock = Callable[[], datetime]

PAUSE = timedelta(seconds=60)
ALIVE_FOR = timedelta(seconds=90)


@dataclass(frozen=True)
class Rate:
    """How many texts may go, from all schedulers together; a share of the day is kept for what was just booked."""

    per_second: int = 1_000_000
    per_day: int = 1_000_000
    kept_for_bookings: float = 0.1


@dataclass(frozen=True)
class Claim:
    """One message to send now, all of it on disk already."""

    message_id: UUID
    fence: int
    claimed_at: datetime
    outgoing: Outgoing


@dataclass(frozen=True)
class Batch:
    """What a look at the outbox gave: how many due texts were dealt with, and those of them to send now."""

    looked_at: int
    claims: Sequence[Claim]


def deliver_next(
    transaction: Transaction, gateway: Gateway, *, timing: Timing, worker: str, clock: Clock, rate: Rate = Rate()
) -> bool:
    """Send one text that is due. False when there is none, or none may go now."""
    with transaction() as session:
        batch = claim(session, gateway.account, limit=1, timing=timing, worker=worker, now=clock(), rate=rate)
    for claimed in batch.claims:
        # No transaction is open here.
        outcome = call(gateway, claimed, timing=timing, clock=clock)
        with transaction() as session:
            record(session, [(claimed, outcome)], account=gateway.account, timing=timing, now=clock())
    return batch.looked_at > 0


def claim(
    session: Session,
    account: str,
    *,
    limit: int,
    timing: Timing,
    worker: str,
    now: datetime,
    rate: Rate = Rate(),
) -> Batch:
    """Take the next due texts, freeze their words and numbers, and note the attempts."""
    require(session, Permission.DELIVERY)
    locks.one_at_a_time(session, "claim")
    room = _room(session, rate, limit, now)
    if not room.limit:
        return Batch(0, [])
    due = session.scalars(_due(session, account, room, now)).all()
    if not due:
        return Batch(0, [])
    facts = _facts(session, [message.id for message in due])
    claims = [
        claimed for message in due if (claimed := _claim(session, message, facts[message.id], account, timing, now))
    ]
    session.flush()
    if claims:
        attempts = [_attempt(claimed, worker) for claimed in claims]
        session.execute(insert(MessageAttempt), attempts)
    return Batch(len(due), claims)


def call(gateway: Gateway, claimed: Claim, *, timing: Timing, clock: Clock) -> Outcome:
    """Hand the text to the provider, unless too long has passed since the claim."""
    if clock() - claimed.claimed_at > timing.send_deadline:
        return NotSent("Not sent in time after it was taken: the server was too busy")
    return gateway.send(claimed.outgoing)


def record(
    session: Session, results: Sequence[tuple[Claim, Outcome]], *, account: str, timing: Timing, now: datetime
) -> None:
    """Write down how calls ended, each only if its row still stands as the call left it."""
    require(session, Permission.DELIVERY)
    ids = [claimed.message_id for claimed, _ in results]
    # In the order of their ids, so that two recorders never wait for each other in a circle.
    locked = select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    stored = {message.id: message for message in session.scalars(locked.execution_options(populate_existing=True))}
    for claimed, outcome in results:
        message = stored[claimed.message_id]
        number = message.mobile_number
        apply(message, decide(message, Answered(claimed.fence, outcome), timing=timing, now=now), now)
        if number:
            numbers.note_outcome(session, number, outcome, now=now)
    session.flush()
    _record_attempts(session, results, now)
    _pause_or_resume(session, account, [outcome for _, outcome in results], now)


def expire(session: Session, *, timing: Timing, now: datetime, limit: int = 500) -> int:
    """What time alone changes: leases that ran out become unsure, texts that came too late are skipped."""
    require(session, Permission.DELIVERY)
    leased = and_(Message.state == State.SENDING.value, Message.lease_until <= now)
    too_late = and_(Message.state == State.PLANNED.value, Message.useful_until <= now)
    found = session.scalars(
        select(Message).where(or_(leased, too_late)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for message in found:
        apply(message, decide(message, Waited(), timing=timing, now=now), now)
    session.flush()
    return len(found)


def beat(session: Session, *, worker: str, started_at: datetime, now: datetime, note: str = "") -> None:
    """Say that a scheduler is alive."""
    insert_once(session, Heartbeat, [{"worker": worker, "started_at": started_at, "seen_at": now, "note": note}])
    session.execute(update(Heartbeat).where(Heartbeat.worker == worker).values(seen_at=now, note=note))


def apply(message: Message, transition: Transition | None, now: datetime) -> None:
    """Obey a decision, and forget what a deleted customer's text said once it is settled."""
    if transition is None:
        return
    for column, value in transition.changes.items():
        setattr(message, column, value.value if isinstance(value, State) else value)
    message.updated_at = now
    if message.erase_when_settled and message.state not in messages.MAYBE_GONE:
        _erase(message, now)


def _erase(message: Message, now: datetime) -> None:
    message.mobile_number = message.body = None
    message.erase_when_settled = False
    if message.state == State.PLANNED:
        message.state, message.reason, message.final_at = State.SKIPPED.value, "The customer was deleted", now


# Claiming


@dataclass(frozen=True)
class _Room:
    limit: int
    for_bookings_only: bool


def _room(session: Session, rate: Rate, limit: int, now: datetime) -> _Room:
    """How many may go now. The lock taken before makes the counts exact for all schedulers together."""
    room = min(limit, rate.per_second - _started_since(session, now - timedelta(seconds=1)))
    if room <= 0:
        return _Room(0, False)
    left = rate.per_day - _started_since(session, now - timedelta(days=1))
    kept = int(rate.per_day * rate.kept_for_bookings)
    return _Room(max(0, min(room, left if left <= kept else left - kept)), left <= kept)


def _started_since(session: Session, instant: datetime) -> int:
    started = select(func.count()).select_from(MessageAttempt).where(MessageAttempt.started_at > instant)
    return session.scalar(started) or 0


def _due(session: Session, account: str, room: _Room, now: datetime) -> Any:
    house = house_of(session)
    conditions: list[ColumnElement[bool]] = [
        Message.state == State.PLANNED.value,
        Message.due_at <= now,
        or_(Message.next_step_at.is_(None), Message.next_step_at <= now),
        ~select(Pause.account).where(Pause.account == account, Pause.try_again_at > now).exists(),
    ]
    if not reminders.may_leave(now, zone=house.zone, hours=house.hours):
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    if room.for_bookings_only:
        conditions.append(Message.priority == messages.FIRST)
    return (
        select(Message)
        .where(*conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(room.limit)
        .with_for_update(skip_locked=True)
    )


def _facts(session: Session, ids: Sequence[UUID]) -> dict[UUID, AnyRow]:
    """All that rendering and refusing look at, for every message in one query."""
    rows = session.execute(
        select(
            Message.id,
            Customer.id.label("customer_id"),
            Customer.first_name,
            Customer.last_name,
            Customer.mobile_number,
            Booking.id.label("booking_id"),
            Booking.seats,
            Event.id.label("event_id"),
            Event.name,
            Event.short_name,
            Event.starts_at,
            Event.schedule_rev,
            Event.cancelled_at,
            messages.block_in_sql().label("blocked"),
        )
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(PhoneNumber, PhoneNumber.mobile_number == Customer.mobile_number)
        .where(Message.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _claim(
    session: Session, message: Message, facts: AnyRow, account: str, timing: Timing, now: datetime
) -> Claim | None:
    reason = _why_not(message, facts)
    if reason:
        apply(message, decide(message, Skipped(reason), timing=timing, now=now), now)
        return None
    transition = decide(message, Claimed(uuid4().hex), timing=timing, now=now)
    apply(message, transition, now)
    if transition is None or transition.state != State.SENDING:
        return None
    _freeze(session, message, facts, account, now)
    return Claim(message.id, message.fence, now, _outgoing(house_of(session), message, now))


def _why_not(message: Message, facts: AnyRow) -> str:
    """Why a text is not to go after all, or nothing."""
    if facts.customer_id is None:
        return "The customer was deleted"
    blocked = messages.words_for_block(facts.blocked)
    if blocked or message.body is not None:
        return blocked
    if facts.booking_id is None or facts.event_id is None:
        return "The booking was deleted"
    if facts.cancelled_at is not None and message.kind != Kind.EVENT_CANCELLED:
        return "The event is cancelled"
    if message.kind in REMINDERS:
        key = reminders.key(Kind(message.kind), facts.booking_id, facts.schedule_rev)
        return "" if message.dedupe_key == key else "Replaced: the event has moved"
    return ""


def _freeze(session: Session, message: Message, facts: AnyRow, account: str, now: datetime) -> None:
    """Number, words and account as they are now; what is asked of the provider later is exactly this."""
    message.mobile_number = facts.mobile_number
    message.account = account
    if message.body is None:
        message.body = messages.rendered(session, Kind(message.kind), facts, facts, facts.seats, now=now)
    counted = segments.count(message.body)
    message.encoding, message.segments = counted.encoding, counted.segments


def _outgoing(house: House, message: Message, now: datetime) -> Outgoing:
    valid_for = message.useful_until - now if message.useful_until else None
    callback = f"{house.public_url}/twilio/status/{message.id}" if house.public_url else None
    return Outgoing(str(message.id), message.mobile_number or "", message.body or "", valid_for, callback)


def _attempt(claimed: Claim, worker: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "message_id": claimed.message_id,
        "fence": claimed.fence,
        "worker": worker,
        "started_at": claimed.claimed_at,
        "detail": "",
    }


# Recording


def _record_attempts(session: Session, results: Sequence[tuple[Claim, Outcome]], now: datetime) -> None:
    fences = {claimed.message_id: (claimed.fence, outcome) for claimed, outcome in results}
    attempts = session.scalars(
        select(MessageAttempt).where(MessageAttempt.message_id.in_(fences), MessageAttempt.outcome.is_(None))
    )
    for attempt in attempts:
        fence, outcome = fences[attempt.message_id]
        if attempt.fence != fence:
            continue
        attempt.ended_at = now
        attempt.outcome = type(outcome).__name__.lower()
        attempt.detail = getattr(outcome, "words", "")
        attempt.error_code = getattr(outcome, "code", None)
        attempt.provider_id = getattr(outcome, "provider_id", None)
    session.flush()


def _pause_or_resume(session: Session, account: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """The account's own faults stop all sending until it is tried again; the first text that goes ends the pause."""
    faults = [outcome for outcome in outcomes if isinstance(outcome, Refused) and outcome.fault is Fault.ACCOUNT]
    if faults:
        values = {"reason": faults[0].words, "error_code": faults[0].code, "try_again_at": now + PAUSE}
        insert_once(session, Pause, [{"account": account, "paused_at": now, **values}])
        session.execute(update(Pause).where(Pause.account == account).values(**values))
    elif any(isinstance(outcome, Sent) for outcome in outcomes):
        session.execute(delete(Pause).where(Pause.account == account))


def waiting(session: Session, *, now: datetime) -> dict[str, int]:
    """How many texts are due and have not gone, by kind."""
    counted: dict[str, int] = defaultdict(int)
    due = select(Message.kind, func.count()).where(Message.state == State.PLANNED.value, Message.due_at <= now)
    counted.update({row[0]: row[1] for row in session.execute(due.group_by(Message.kind))})
    return counted
