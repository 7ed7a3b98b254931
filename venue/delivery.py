"""Sending what is due: claim, call, record. The steps of the scheduler, each saying whether there was work.

No transaction is open while the provider is called: a slow provider must hold neither a connection nor a lock, and a
row that says "sending" must be on disk before the first byte leaves.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Heartbeat, Message, MessageAttempt, Pause, PhoneNumber
from db.once import insert_once
from sms import error_codes, segments
from sms.gateway import (
    Fault,
    Gateway,
    NotFoundAtProvider,
    NotSent,
    Outcome,
    Outgoing,
    ProviderMessage,
    ProviderUnreachable,
    Refused,
    Sent,
    is_final,
)
from sms.texts import Kind
from venue import messages, reminders
from venue.house import house_of
from venue.message_states import (
    REMINDERS,
    Answered,
    Claimed,
    Happening,
    Looked,
    LookFailed,
    Reported,
    Skipped,
    State,
    Timing,
    Transition,
    Waited,
    decide,
)
from venue.staff import Permission, require

Transaction = Callable[[], AbstractContextManager[Session]]
Clock = Callable[[], datetime]

PAUSE = timedelta(seconds=60)
# The provider's clock and ours differ, and it tells whole seconds.
CLOCKS_DIFFER = timedelta(minutes=2)
ALIVE_FOR = timedelta(seconds=90)


@dataclass(frozen=True)
class Claim:
    """One message to send now, all of it on disk already."""

    message_id: UUID
    fence: int
    claimed_at: datetime
    outgoing: Outgoing


def deliver_next(transaction: Transaction, gateway: Gateway, *, timing: Timing, worker: str, clock: Clock) -> bool:
    """Send one text that is due. False when there is none, or none may go now."""
    with transaction() as session:
        looked_at, claim = claim_next(session, gateway, timing=timing, worker=worker, now=clock())
    if claim is not None:
        # No transaction is open here.
        outcome = call(gateway, claim, timing=timing, clock=clock)
        with transaction() as session:
            record(session, claim, outcome, account=gateway.account, timing=timing, now=clock())
    return looked_at


def claim_next(
    session: Session, gateway: Gateway, *, timing: Timing, worker: str, now: datetime
) -> tuple[bool, Claim | None]:
    """Take the next due text, freeze its words and number, and note the attempt.

    The first value says whether there was a due text at all; it may have been one that is not to go.
    """
    require(session, Permission.DELIVERY)
    message = session.scalar(_due(session, gateway.account, now))
    if message is None:
        return False, None
    reason = _why_not(session, message)
    if reason:
        apply(message, decide(message, Skipped(reason), timing=timing, now=now), now)
        return True, None
    transition = decide(message, Claimed(uuid4().hex), timing=timing, now=now)
    apply(message, transition, now)
    if transition is None or transition.state != State.SENDING:
        return True, None
    _freeze(session, message, gateway.account, now)
    session.add(MessageAttempt(message_id=message.id, fence=message.fence, worker=worker, started_at=now))
    session.flush()
    return True, Claim(message.id, message.fence, now, _outgoing(message, now))


def call(gateway: Gateway, claim: Claim, *, timing: Timing, clock: Clock) -> Outcome:
    """Hand the text to the provider, unless too long has passed since the claim."""
    if clock() - claim.claimed_at > timing.send_deadline:
        return NotSent("Not sent in time after it was taken: the server was too busy")
    return gateway.send(claim.outgoing)


def record(
    session: Session, claim: Claim, outcome: Outcome, *, account: str, timing: Timing, now: datetime
) -> Transition | None:
    """Write down how the call ended, if the row still stands as the call left it."""
    require(session, Permission.DELIVERY)
    message = session.get_one(Message, claim.message_id, with_for_update=True, populate_existing=True)
    _record_attempt(session, claim, outcome, now)
    transition = decide(message, Answered(claim.fence, outcome), timing=timing, now=now)
    number = message.mobile_number
    apply(message, transition, now)
    if number:
        _observe(session, number, outcome, now)
    _pause_or_resume(session, account, outcome, now)
    return transition


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


def look_next(transaction: Transaction, gateway: Gateway, *, timing: Timing, clock: Clock) -> bool:
    """Ask the provider about one text that may or may not have gone. False when there is none to ask about."""
    with transaction() as session:
        message = session.scalar(_to_settle(gateway.account, clock(), timing))
        if message is None:
            return False
        message_id, fence, number, body = message.id, message.fence, message.mobile_number or "", message.body or ""
        since = (message.claimed_at or message.created_at) - CLOCKS_DIFFER
        # Others leave it alone meanwhile; should this process die, it is looked at again.
        message.next_step_at = clock() + timing.look_interval
    try:
        sent = gateway.sent_to(number, since=since)
    except ProviderUnreachable:
        sent = None
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        if message.fence == fence:
            happening = LookFailed() if sent is None else _looked(session, sent, body)
            apply(message, decide(message, happening, timing=timing, now=clock()), clock())
    return True


def follow_next(transaction: Transaction, gateway: Gateway, *, timing: Timing, clock: Clock) -> bool:
    """Ask the provider what became of one text that it took. False when none is due to be asked about."""
    with transaction() as session:
        message = session.scalar(_to_follow(gateway.account, clock()))
        if message is None:
            return False
        message_id, provider_id = message.id, message.provider_id or ""
        message.next_step_at = clock() + timing.watchdog
    try:
        found = gateway.status(provider_id)
        happening = Reported(found.status, found.error_code, error_codes.explain(found.error_code or ""))
    except NotFoundAtProvider:
        happening = Reported("sent")
    except ProviderUnreachable:
        return True
    with transaction() as session:
        report(session, message_id, happening, timing=timing, now=clock())
    return True


def report(session: Session, message_id: UUID, happening: Reported, *, timing: Timing, now: datetime) -> None:
    """Take what the provider says of a text it has; late, repeated and lower reports change nothing."""
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        return
    transition = decide(message, happening, timing=timing, now=now)
    apply(message, transition, now)
    if transition is not None and is_final(happening.status) and message.mobile_number:
        _observe_report(session, message.mobile_number, happening, now)


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


# How


def _erase(message: Message, now: datetime) -> None:
    message.mobile_number = message.body = None
    message.erase_when_settled = False
    if message.state == State.PLANNED:
        message.state, message.reason, message.final_at = State.SKIPPED.value, "The customer was deleted", now


def _due(session: Session, account: str, now: datetime) -> Any:
    house = house_of(session)
    conditions: list[ColumnElement[bool]] = [
        Message.state == State.PLANNED.value,
        Message.due_at <= now,
        or_(Message.next_step_at.is_(None), Message.next_step_at <= now),
        ~select(Pause.account).where(Pause.account == account, Pause.try_again_at > now).exists(),
    ]
    if not reminders.may_leave(now, zone=house.zone, hours=house.hours):
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    return (
        select(Message)
        .where(*conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _why_not(session: Session, message: Message) -> str:
    """Why a text is not to go after all, or nothing."""
    if message.customer_id is None:
        return "The customer was deleted"
    blocked = messages.why_unreachable(session, message.mobile_number or "")
    if blocked or message.body is not None:
        return blocked
    if message.booking_id is None or message.event_id is None:
        return "The booking was deleted"
    event = session.get_one(Event, message.event_id)
    if event.cancelled_at is not None and message.kind != Kind.EVENT_CANCELLED:
        return "The event is cancelled"
    if message.kind in REMINDERS:
        kind = Kind(message.kind)
        if message.dedupe_key != reminders.key(kind, message.booking_id, event.schedule_rev):
            return "Replaced: the event has moved"
    return ""


def _freeze(session: Session, message: Message, account: str, now: datetime) -> None:
    """Number, words and account as they are now; what is asked of the provider later is exactly this."""
    customer = session.get_one(Customer, message.customer_id)
    message.mobile_number = customer.mobile_number
    message.account = account
    if message.body is None:
        booking = session.get_one(Booking, message.booking_id)
        event = session.get_one(Event, message.event_id)
        message.body = messages.rendered(session, Kind(message.kind), customer, event, booking.seats, now=now)
    counted = segments.count(message.body)
    message.encoding, message.segments = counted.encoding, counted.segments


def _outgoing(message: Message, now: datetime) -> Outgoing:
    valid_for = message.useful_until - now if message.useful_until else None
    return Outgoing(str(message.id), message.mobile_number or "", message.body or "", valid_for)


def _record_attempt(session: Session, claim: Claim, outcome: Outcome, now: datetime) -> None:
    session.execute(
        update(MessageAttempt)
        .where(
            MessageAttempt.message_id == claim.message_id,
            MessageAttempt.fence == claim.fence,
            MessageAttempt.outcome.is_(None),
        )
        .values(
            ended_at=now,
            outcome=type(outcome).__name__.lower(),
            detail=getattr(outcome, "words", ""),
            error_code=getattr(outcome, "code", None),
            provider_id=getattr(outcome, "provider_id", None),
        )
    )


def _observe(session: Session, mobile_number: str, outcome: Outcome, now: datetime) -> None:
    """Keep what a call says about the number itself."""
    if not isinstance(outcome, Refused) or outcome.fault not in (Fault.NUMBER, Fault.OPTED_OUT):
        return
    number = _number(session, mobile_number)
    number.last_outcome, number.last_outcome_at = "refused", now
    if outcome.fault is Fault.OPTED_OUT:
        number.opted_out_at = number.opted_out_at or now
    else:
        number.unreachable_code = outcome.code
    session.flush()
    skip_for_number(session, mobile_number, now=now)


def _observe_report(session: Session, mobile_number: str, reported: Reported, now: datetime) -> None:
    number = _number(session, mobile_number)
    number.last_outcome, number.last_outcome_at = reported.status, now
    if reported.status in ("delivered", "read"):
        number.failures_in_a_row, number.unreachable_code = 0, None
        return
    number.failures_in_a_row += 1
    fault = error_codes.fault_of(reported.error_code or "")
    if fault is Fault.NUMBER:
        number.unreachable_code = reported.error_code
        session.flush()
        skip_for_number(session, mobile_number, now=now)


def skip_for_number(session: Session, mobile_number: str, *, now: datetime) -> None:
    """Nothing planned goes to a number that cannot or must not be texted."""
    reason = messages.why_unreachable(session, mobile_number)
    messages.skip_planned(session, Message.mobile_number == mobile_number, reason, now=now)


def _number(session: Session, mobile_number: str) -> PhoneNumber:
    insert_once(
        session,
        PhoneNumber,
        [{"mobile_number": mobile_number, "failures_in_a_row": 0, "marketing_consent": "not asked"}],
    )
    return session.get_one(PhoneNumber, mobile_number, with_for_update=True, populate_existing=True)


def _pause_or_resume(session: Session, account: str, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Sent):
        session.execute(delete(Pause).where(Pause.account == account))
    if isinstance(outcome, Refused) and outcome.fault is Fault.ACCOUNT:
        values = {"reason": outcome.words, "error_code": outcome.code, "try_again_at": now + PAUSE}
        insert_once(session, Pause, [{"account": account, "paused_at": now, **values}])
        session.execute(update(Pause).where(Pause.account == account).values(**values))


def _to_settle(account: str, now: datetime, _timing: Timing) -> Any:
    return (
        select(Message)
        .where(Message.state == State.UNSURE.value, Message.next_step_at <= now, Message.account == account)
        .order_by(Message.next_step_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _to_follow(account: str, now: datetime) -> Any:
    return (
        select(Message)
        .where(Message.state == State.SENT.value, Message.next_step_at <= now, Message.account == account)
        .order_by(Message.next_step_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _looked(session: Session, sent: list[ProviderMessage], body: str) -> Happening:
    same = {message.provider_id: message.status for message in sent if message.body == body and not message.is_inbound}
    known = set(session.scalars(select(Message.provider_id).where(Message.provider_id.in_(same))))
    return Looked(
        tuple(provider_id for provider_id in same if provider_id not in known),
        {provider_id: status for provider_id, status in same.items() if provider_id not in known},
    )


def waiting(session: Session, *, now: datetime) -> int:
    """How many texts are due and have not gone."""
    return session.scalar(select(func.count()).where(Message.state == State.PLANNED.value, Message.due_at <= now)) or 0
