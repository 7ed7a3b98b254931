"""Send the messages that are due, in three steps: claim, call, record.

No transaction is open while the provider is called: a slow provider must not hold a connection or a lock, and the row
in state "sending" must be committed before the call. `status_checks` finds out what happened to a message afterwards.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from channels.gateway import Gateway, MailGateway, NotSent, Outcome, OutgoingEmail, Sent, Unknown
from db import locks
from db.lists import one_of
from db.models import Message, MessageAttempt
from db.types import AnyRow
from db.writes import insert_new, update_each
from venue import messages
from venue.delivery import bulk_texts, due_messages
from venue.delivery.claiming import Claim, Claiming
from venue.delivery.due_messages import Rate
from venue.messages import blocking, facts, mail_pauses, pauses, templates, together, transitions
from venue.messages.channels import Channel
from venue.messages.happenings import Answered, Waited
from venue.messages.states import State, Transition, decide
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.timing import Timing

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Batch:
    """The result of `claim`: how many due messages were handled, and those of them to send now."""

    looked_at: int
    claims: Sequence[Claim]


def claim(
    session: Session,
    account: str,
    *,
    limit: int,
    timing: Timing,
    worker: str,
    now: datetime,
    rate: Rate = Rate(),
    email_account: str = "",
    most_emails: int | None = None,
    most_bulk: int | None = None,
) -> Batch:
    """Claim up to `limit` due texts, of which up to `most_bulk` are bulk texts, and `most_emails` e-mails (None is
    `limit`): store their text and number, and an attempt for each. Messages that must not be sent after all are skipped
    or put on hold. Without an `email_account`, all go as texts."""
    require(session, Permission.DELIVERY)
    locks.one_at_a_time(session, "claim")
    room = due_messages.room(session, rate, limit, now)
    stops = pauses.for_account(session, account, now=now, email_account=email_account)
    emails_now = mail_pauses.room(session, email_account, limit if most_emails is None else most_emails, now=now)
    if not room.limit and not emails_now:
        return Batch(0, [])
    due = due_messages.next_ones(session, room, stops, now, emails=bool(email_account), most_emails=emails_now)
    bulk = room.for_bulk(sum(not text.by_email for text in due), at_most=limit if most_bulk is None else most_bulk)
    due += bulk_texts.next_ones(session, bulk, stops, now)
    batch = Batch(0, [])
    if due:
        batch = _claim_all(session, due, account, email_account, timing=timing, worker=worker, now=now)
    if room.limit:
        texts = [text.mobile_number or "" for text in due if not text.by_email]
        to = [claimed.outgoing.to for claimed in batch.claims if not claimed.is_email]
        pauses.record_tries(session, account, stops, due=texts, claimed=to, now=now)
    return batch


def _claim_all(
    session: Session,
    due: Sequence[AnyRow],
    account: str,
    email_account: str,
    *,
    timing: Timing,
    worker: str,
    now: datetime,
) -> Batch:
    bodies = templates.bodies(session)
    scheduled = together.lock_scheduled(session, due, emails=bool(email_account))
    claiming = Claiming(venue_of(session), bodies, account, email_account, timing, now, scheduled)
    for text in due:
        claiming.take(text)
    _store(session, list(claiming.changed.values()), now)
    if claiming.claims:
        insert_new(session, MessageAttempt, [_attempt(claimed, worker) for claimed in claiming.claims])
    return Batch(len(claiming.changed), claiming.claims)


def _attempt(claimed: Claim, worker: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "message_id": claimed.message_id,
        "fence": claimed.fence,
        "worker": worker,
        "channel": Channel.EMAIL if claimed.is_email else Channel.TEXT,
        "started_at": claimed.claimed_at,
        "detail": "",
    }


def _store(session: Session, changed: Sequence[tuple[AnyRow, Transition | None]], now: datetime) -> None:
    """Write many transitions, with one statement for all that write the same columns."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row, transition in changed:
        if transition is not None:
            columns = transitions.changed_columns(row, transition.changes, now)
            by_columns[tuple(columns)].append({"id": row.id, **columns})
    for rows in by_columns.values():
        update_each(session, Message, rows)


def call(
    gateway: Gateway, claimed: Claim, *, timing: Timing, clock: Clock, mail_gateway: MailGateway | None = None
) -> Outcome:
    """Send the message to the provider, or an e-mail to the mail server. NotSent if the send deadline has passed since
    the claim."""
    deadline = min(timing.send_deadline, bulk_texts.SEND_WITHIN) if claimed.is_bulk else timing.send_deadline
    if clock() - claimed.claimed_at > deadline:
        return NotSent("Not sent in time after it was claimed: the server was too busy")
    if not isinstance(claimed.outgoing, OutgoingEmail):
        return gateway.send(claimed.outgoing)
    if mail_gateway is None:
        return NotSent("No mail server is set")
    return mail_gateway.send(claimed.outgoing)


def record(
    session: Session,
    results: Sequence[tuple[Claim, Outcome]],
    *,
    account: str,
    timing: Timing,
    now: datetime,
    email_account: str = "",
) -> None:
    """Record the outcomes of calls. `states.decide` ignores an outcome whose fencing token is stale."""
    require(session, Permission.DELIVERY)
    stored, known = _locked(session, results)
    results = [_unless_known(result, known) for result in results if result[0].message_id in stored]
    changed = []
    for claimed, outcome in results:
        row = stored[claimed.message_id]
        changed.append((row, decide(row, Answered(claimed.fence, outcome), timing=timing, now=now)))
    _store(session, changed, now)
    for row, transition in changed:
        together.follow(session, row, row.state, transition, now=now)
    for claimed, outcome in results:
        row = stored[claimed.message_id]
        number = row.mobile_number
        # Of a number whose customer is erased, nothing is stored any more.
        if number and not row.erase_when_settled and not claimed.is_email:
            blocking.record_outcome(session, number, outcome, called_at=claimed.claimed_at, now=now)
    _record_attempts(session, results, now)
    of_texts = [(claimed.outgoing.to, outcome) for claimed, outcome in results if not claimed.is_email]
    pauses.record_outcomes(session, account, of_texts, now=now)
    of_emails = [outcome for claimed, outcome in results if claimed.is_email]
    mail_pauses.record_outcomes(session, email_account, of_emails, now=now)


def expire(session: Session, *, timing: Timing, now: datetime, limit: int = 500) -> int:
    """Apply what time alone changes, to up to `limit` messages, and return how many: those whose lease expired become
    "unsure", those that are too late are skipped."""
    require(session, Permission.DELIVERY)
    leased = and_(Message.state == State.SENDING.value, Message.lease_until <= now)
    too_late = and_(Message.state.in_(messages.NOT_YET_GONE), Message.useful_until <= now)
    expired = session.scalars(
        select(Message).where(or_(leased, too_late)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for message in expired:
        transitions.apply(message, decide(message, Waited(), timing=timing, now=now), now)
    session.flush()
    return len(expired)


def _locked(session: Session, results: Sequence[tuple[Claim, Outcome]]) -> tuple[dict[UUID, AnyRow], dict[str, UUID]]:
    """The rows of the messages, by id, and the ids of messages that already have one of the provider's ids, by that id.

    Rows, also those of messages sent together with these, are locked in the order of their ids, to avoid deadlocks.
    """
    ids = [claimed.message_id for claimed, _ in results]
    theirs = [outcome.provider_id for _, outcome in results if isinstance(outcome, Sent)]
    concerned = or_(
        one_of(session, Message.id, ids),
        one_of(session, Message.provider_id, theirs),
        one_of(session, Message.sent_with_id, ids),
    )
    rows = session.execute(select(*facts.DECIDED_ON).where(concerned).order_by(Message.id).with_for_update()).all()
    return {row.id: row for row in rows}, {row.provider_id: row.id for row in rows if row.provider_id}


def _unless_known(result: tuple[Claim, Outcome], known: dict[str, UUID]) -> tuple[Claim, Outcome]:
    """The result, or Unknown if another message has this provider's id: a look for a message with the same text found
    this one first. Then this message will be looked for instead."""
    claimed, outcome = result
    if isinstance(outcome, Sent) and known.get(outcome.provider_id, claimed.message_id) != claimed.message_id:
        return claimed, Unknown("Another message with the same text was matched with this one")
    return result


# An attempt is updated once, when it has ended.
_NOT_ENDED = MessageAttempt.outcome.is_(None)


def _record_attempts(session: Session, results: Sequence[tuple[Claim, Outcome]], now: datetime) -> None:
    ended = [_ended(claimed, outcome, now) for claimed, outcome in results]
    if ended:
        update_each(session, MessageAttempt, ended, by=("message_id", "fence"), where=_NOT_ENDED)


def _ended(claimed: Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "message_id": claimed.message_id,
        "fence": claimed.fence,
        "ended_at": now,
        "outcome": type(outcome).__name__.lower(),
        "detail": getattr(outcome, "reason", ""),
        "error_code": getattr(outcome, "code", None),
        "provider_id": getattr(outcome, "provider_id", None),
    }
