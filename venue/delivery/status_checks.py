"""Check what happened to messages: search the provider for those that may have been sent, and poll those that were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import Gateway, NotFoundAtProvider, ProviderMessage, ProviderUnreachable, is_final, rank
from db.models import Message
from db.session import Transaction
from sms import error_codes
from venue.delivery.attempts import Clock
from venue.messages import blocking, together
from venue.messages.happenings import Confirmed, Happening, Looked, LookFailed, Reported
from venue.messages.states import State, decide
from venue.messages.transitions import apply
from venue.roles import Permission, require
from venue.timing import CLOCKS_DIFFER, Timing


def look_next(transaction: Transaction, gateway: Gateway, *, timing: Timing, clock: Clock) -> bool:
    """Search the provider for one message that may have been sent. False if none is due to be searched for."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        message = session.scalar(_next(State.UNSURE, gateway.account, clock()))
        if message is None:
            return False
        message_id, fence, number, body = message.id, message.fence, message.mobile_number or "", message.body or ""
        since = (message.claimed_at or message.created_at) - CLOCKS_DIFFER
        # A short lease: other schedulers skip the message, and if this process dies, it is searched for again.
        message.next_step_at = clock() + timing.look_interval
    try:
        listed: Sequence[ProviderMessage] | None = gateway.sent_to(number, since=since)
    except ProviderUnreachable:
        listed = None
    with transaction() as session:
        message = _locked(session, message_id)
        if message is not None and message.fence == fence:
            happening = LookFailed() if listed is None else _looked(session, listed, body)
            transition = decide(message, happening, timing=timing, now=clock())
            before = message.state
            apply(message, transition, clock())
            together.follow(session, message, before, transition, now=clock())
    return True


def follow_next(transaction: Transaction, gateway: Gateway, *, timing: Timing, clock: Clock) -> bool:
    """Poll the provider for the status of one sent message. False if none is due to be polled."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        message = session.scalar(_next(State.SENT, gateway.account, clock()))
        if message is None:
            return False
        message_id, provider_id, known = message.id, message.provider_id or "", message.provider_status or ""
        message.next_step_at = clock() + timing.look_interval
    try:
        reported = gateway.status(provider_id)
        # A lower or unknown status is ignored, but it counts as a poll.
        status = reported.status if rank(reported.status) >= rank(known) else known
        happening = Reported(status, reported.error_code, error_codes.explain(reported.error_code or ""))
    except NotFoundAtProvider:
        happening = Reported(known)
    except ProviderUnreachable:
        return True
    with transaction() as session:
        record_report(session, message_id, happening, timing=timing, now=clock())
    return True


def record_callback(
    session: Session,
    message_id: UUID,
    *,
    provider_id: str,
    status: str,
    error_code: str | None,
    timing: Timing,
    now: datetime,
) -> None:
    """Record a status callback. Repeated, reordered and forged callbacks change nothing."""
    require(session, Permission.DELIVERY)
    message = _locked(session, message_id)
    if message is None:
        return
    if message.provider_id is None:
        if session.scalar(select(Message.id).where(Message.provider_id == provider_id)):
            # A look for a message with the same text matched this one first. Ours will be searched for instead.
            return
        apply(message, decide(message, Confirmed(provider_id, status), timing=timing, now=now), now)
        session.flush()
    if message.provider_id == provider_id:
        words = error_codes.explain(error_code or "")
        record_report(session, message_id, Reported(status, error_code, words, is_push=True), timing=timing, now=now)


def record_report(session: Session, message_id: UUID, happening: Reported, *, timing: Timing, now: datetime) -> None:
    """Record the status that the provider reports for a message. Late, repeated and lower statuses change nothing."""
    require(session, Permission.DELIVERY)
    message = _locked(session, message_id)
    if message is None:
        return
    # Of a number whose customer is erased, nothing is stored any more.
    number = None if message.erase_when_settled else message.mobile_number
    transition = decide(message, happening, timing=timing, now=now)
    before = message.state
    apply(message, transition, now)
    together.follow(session, message, before, transition, now=now)
    if transition is not None and is_final(happening.status) and number:
        blocking.record_report(session, number, happening, called_at=message.claimed_at or message.sent_at, now=now)


def _locked(session: Session, message_id: UUID) -> Message | None:
    return session.get(Message, message_id, with_for_update=True, populate_existing=True)


def _next(state: State, account: str, now: datetime) -> Any:
    """A query for the message of this account whose next step is most overdue, locked. It may have been sent from any
    number or messaging service of the account: the provider answers for all of them."""
    whose = (Message.account + " ").startswith(account.partition(" ")[0] + " ", autoescape=True)
    return (
        select(Message)
        .where(Message.state == state.value, Message.next_step_at <= now, whose)
        .order_by(Message.next_step_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _looked(session: Session, listed: Sequence[ProviderMessage], body: str) -> Happening:
    same = {found.provider_id: found.status for found in listed if found.body == body and not found.is_inbound}
    known = set(session.scalars(select(Message.provider_id).where(Message.provider_id.in_(same))))
    ours = {provider_id: status for provider_id, status in same.items() if provider_id not in known}
    return Looked(tuple(ours), ours)
