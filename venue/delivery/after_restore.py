"""A database brought back from a backup does not know what went since, and would send it again.

So a scheduler that finds nothing but old traces of its kind asks the provider before it sends. Where the provider has
texts that this database has not, all sending is held until a manager has looked and releases it. The texts found are
put into the log at once; on release those that were planned here count as sent, and what might repeat one is held.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Heartbeat, Message, VenueSetting
from db.session import Transaction
from db.types import AnyRow
from db.writes import delete_where, insert_once
from sms.gateway import Gateway, ProviderMessage, ProviderUnreachable
from sms.texts import BadTemplate, Kind
from venue import messages
from venue.delivery.due_messages import SENDING_HELD
from venue.messages import log, transitions
from venue.messages.happenings import Confirmed, Held
from venue.messages.new_message import NewMessage
from venue.messages.states import State, decide
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.timing import CLOCKS_DIFFER

# A scheduler that stopped no longer ago than this was restarted, not restored.
STALE = timedelta(minutes=3)
FOUND = "found:"
FOUND_REASON = "Found at the provider: it is not in the backup that was restored"


class Phase(StrEnum):
    """Whether the provider is still to be asked, or a manager to look."""

    ASKING = auto()
    HELD = auto()


@dataclass(frozen=True)
class Guard:
    """Why nothing is sent: the database knows nothing later than `since`. Asking the provider may meet a `problem`."""

    phase: Phase
    since: datetime
    noticed_at: datetime
    problem: str = ""


@dataclass(frozen=True)
class Match:
    """A text that the provider has and this database had not, and the planned one that it is, if there is one."""

    found: AnyRow
    planned: AnyRow | None


def current(session: Session) -> Guard | None:
    """What holds the sending, or None."""
    row = session.get(VenueSetting, SENDING_HELD, populate_existing=True)
    return None if row is None else read(row.value, row.updated_at)


def read(value: str, noticed_at: datetime) -> Guard:
    """The same from what is kept of it."""
    kept = json.loads(value)
    return Guard(Phase(kept["phase"]), datetime.fromisoformat(kept["since"]), noticed_at, kept.get("problem", ""))


# The scheduler's part


def suspect(session: Session, *, now: datetime) -> None:
    """Before the first beat: when all traces of sending are old, nothing is claimed until the provider was asked."""
    require(session, Permission.DELIVERY)
    seen = [session.scalar(select(func.max(moment))) for moment in (Heartbeat.seen_at, Message.sent_at)]
    latest = max((moment for moment in seen if moment is not None), default=None)
    if latest is not None and latest < now - STALE:
        value = json.dumps({"phase": Phase.ASKING, "since": latest.isoformat()})
        insert_once(session, VenueSetting, [{"name": SENDING_HELD, "value": value, "updated_at": now}])


def look(transaction: Transaction, gateway: Gateway, *, now: datetime) -> None:
    """Ask the provider what went since, if that is still to be asked: sending goes on, or is held for a manager."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        guard = current(session)
    if guard is None or guard.phase is not Phase.ASKING:
        return
    try:
        # No transaction is open here. Unless the provider answers wholly, nothing is concluded and nothing is sent.
        listed = gateway.sent_since(guard.since - CLOCKS_DIFFER)
    except ProviderUnreachable as problem:
        listed, words = None, str(problem)
    with transaction() as session:
        # Another scheduler may have asked too, and may know more by now.
        kept = session.get(VenueSetting, SENDING_HELD, with_for_update=True)
        if kept is None or json.loads(kept.value)["phase"] != Phase.ASKING:
            return
        if listed is None:
            kept.value = json.dumps({"phase": Phase.ASKING, "since": guard.since.isoformat(), "problem": words})
            return
        unknown = _unknown(session, listed)
        if not unknown:
            session.delete(kept)
            return
        insert_once(session, Message, [_row(session, one, gateway.account, now) for one in unknown])
        kept.value = json.dumps({"phase": Phase.HELD, "since": guard.since.isoformat()})
        kept.updated_at = now


def _unknown(session: Session, listed: Sequence[ProviderMessage]) -> list[ProviderMessage]:
    """What no row of ours has, save what a row that nobody is sure about will be found to be."""
    ids = [found.provider_id for found in listed]
    known: set[str | None] = set()
    for start in range(0, len(ids), 1_000):
        known |= set(session.scalars(select(Message.provider_id).where(Message.provider_id.in_(ids[start:][:1_000]))))
    maybe = select(Message.mobile_number, Message.body).where(Message.state.in_(messages.MAYBE_GONE))
    looked_for = {(row.mobile_number, row.body) for row in session.execute(maybe)}
    return [one for one in listed if one.provider_id not in known and (one.to, one.body) not in looked_for]


def _row(session: Session, one: ProviderMessage, account: str, now: datetime) -> dict[str, Any]:
    owner = session.scalar(
        select(Customer.id).where(Customer.mobile_number == one.to).order_by(Customer.created_at, Customer.id).limit(1)
    )
    message = NewMessage(
        kind=Kind.MANUAL,
        dedupe_key=f"{FOUND}{one.provider_id}",
        state=State.SENT,
        reason=FOUND_REASON,
        customer_id=owner,
        mobile_number=one.to,
        body=one.body,
        account=account,
        provider_id=one.provider_id,
        provider_status=one.status,
        due_at=one.created_at,
        created_at=one.created_at,
        sent_at=one.created_at,
        next_step_at=now,
        now=now,
    )
    return message.columns()


# The manager's part


def found(session: Session) -> list[Match]:
    """Each text that the provider has and the backup had not, oldest first, with the planned one that it is."""
    require(session, Permission.READ)
    guard = current(session)
    if guard is None:
        return []
    rows = session.execute(
        log.columns()
        .where(Message.dedupe_key.like(f"{FOUND}%"), Message.sent_at >= guard.since - CLOCKS_DIFFER)
        .order_by(Message.sent_at, Message.id)
    ).all()
    taken: set[Any] = set()
    matches = []
    for row in rows:
        planned = next((one for one in _waiting_for(session, row) if _same(session, one, row, taken)), None)
        if planned is not None:
            taken.add(planned.id)
        matches.append(Match(row, planned))
    return matches


def release(session: Session, *, now: datetime) -> int:
    """Let sending go on. What went already counts as sent; what might be another's repetition is held; how many are.

    Once released, releasing again does nothing.
    """
    actor = require(session, Permission.BULK)
    guard = current(session)
    if guard is None:
        return 0
    held = 0
    for match in found(session):
        if match.planned is not None:
            _take_over(session, match, now)
        else:
            held += _hold_what_might_repeat(session, match.found, actor.name, now)
    delete_where(session, VenueSetting, VenueSetting.name == SENDING_HELD)
    return held


def _waiting_for(session: Session, row: AnyRow) -> Sequence[AnyRow]:
    """What waits for the number of a found text and could have been due when it went, soonest first."""
    return session.execute(
        log.columns()
        .where(
            Message.mobile_number == row.mobile_number,
            Message.state.in_(messages.NOT_YET_GONE),
            Message.due_at <= row.sent_at + CLOCKS_DIFFER,
        )
        .order_by(Message.due_at, Message.id)
    ).all()


def _same(session: Session, planned: AnyRow, row: AnyRow, taken: set[Any]) -> bool:
    return planned.id not in taken and _words_then(session, planned, row.sent_at) == row.body


def _words_then(session: Session, planned: AnyRow, at: datetime) -> str | None:
    """What a planned text would have said at that moment."""
    if planned.body is not None:
        return str(planned.body)
    customer = session.get(Customer, planned.customer_id) if planned.customer_id else None
    booking = session.get(Booking, planned.booking_id) if planned.booking_id else None
    event = session.get(Event, planned.event_id) if planned.event_id else None
    if customer is None or booking is None or event is None:
        return None
    try:
        return messages.render(session, Kind(planned.kind), customer, event, booking.seats, now=at)
    except BadTemplate:
        return None


def _take_over(session: Session, match: Match, now: datetime) -> None:
    """The planned text is the one that went: it takes the found one's place in the log."""
    found_row, planned = match.found, match.planned
    account = session.scalar(select(Message.account).where(Message.id == found_row.id))
    delete_where(session, Message, Message.id == found_row.id)
    message = session.get_one(Message, planned.id, with_for_update=True)  # type: ignore[union-attr]
    has_it = Confirmed(found_row.provider_id, found_row.provider_status)
    transitions.apply(message, decide(message, has_it, timing=venue_of(session).timing, now=now), now)
    message.sent_at, message.body, message.account = found_row.sent_at, found_row.body, account
    message.encoding, message.segments = found_row.encoding, found_row.segments
    message.reason = "Already sent before the backup was restored"
    session.flush()


def _hold_what_might_repeat(session: Session, row: AnyRow, by: str, now: datetime) -> int:
    """Another text went to this number then: what was due by that time goes only when somebody has looked."""
    reason = f"Held when {by} let sending go on: this number got a text that the restored backup does not have"
    ids = [one.id for one in _waiting_for(session, row)]
    wanted = select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    changed = 0
    for message in session.scalars(wanted).all():
        transition = decide(message, Held(reason), timing=venue_of(session).timing, now=now)
        transitions.apply(message, transition, now)
        changed += transition is not None
    return changed
