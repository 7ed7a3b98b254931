"""Prevent duplicate texts after a backup was restored: the database does not know the texts that were sent since.

A scheduler that finds only old heartbeats and sent texts asks the provider before it sends. If the provider has texts
that are missing from this database, they are added to the log, sending is held until a manager resumes it, and bulk
texts that were being sent are paused. On resuming, scheduled texts that were already sent are marked as sent, and
possible duplicates are put on hold.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from channels.gateway import Gateway, ProviderMessage, ProviderUnreachable
from db.models import Booking, Customer, Event, Heartbeat, Message, VenueSetting
from db.session import Transaction
from db.types import AnyRow
from db.writes import delete_where, insert_once
from sms.texts import BadTemplate, Kind
from venue import masking, messages
from venue.acts import Act, act
from venue.delivery import bulk_pauses
from venue.delivery.due_messages import SENDING_HELD
from venue.messages import facts, log, transitions
from venue.messages.happenings import Confirmed, Held
from venue.messages.new_message import NewMessage
from venue.messages.states import State, decide
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.timing import CLOCKS_DIFFER

# Shorter than this, a gap since the last heartbeat is a restart, not a restore.
STALE = timedelta(minutes=3)
FOUND = "found:"
MAY_HAVE_GONE = "It may have been sent by e-mail before the backup was restored: resume it if they did not get it"
FOUND_REASON = "Found at Twilio: it is not in the restored backup"


class Phase(StrEnum):
    """ASKING: the provider is being asked. HELD: a manager must review and resume."""

    ASKING = auto()
    HELD = auto()


@dataclass(frozen=True)
class Guard:
    """Why sending is held. The database has no heartbeat or sent text later than `since` (UTC). `problem` is why the
    provider could not be asked, or empty. `is_restored`: a backup was certainly restored."""

    phase: Phase
    since: datetime
    noticed_at: datetime
    problem: str = ""
    is_restored: bool = False


@dataclass(frozen=True)
class Match:
    """A text that was found at the provider but missing from the database, and the scheduled text that it is, if
    any."""

    found: AnyRow
    planned: AnyRow | None


def current(session: Session) -> Guard | None:
    """The guard that holds sending, or None."""
    row = session.get(VenueSetting, SENDING_HELD, populate_existing=True)
    return None if row is None else read(row.value, row.updated_at)


def read(value: str, noticed_at: datetime) -> Guard:
    """The guard from its stored JSON."""
    stored = json.loads(value)
    since = datetime.fromisoformat(stored["since"])
    is_restored = stored.get("restored", False)
    return Guard(Phase(stored["phase"]), since, noticed_at, stored.get("problem", ""), is_restored)


def hold(session: Session, *, since: datetime, now: datetime) -> None:
    """Hold sending, and pause bulk texts, because a backup was restored that knows nothing later than `since` (UTC)."""
    require(session, Permission.BULK)
    bulk_pauses.pause_all(session, now=now)
    value = json.dumps({"phase": Phase.ASKING, "since": since.isoformat(), "restored": True})
    delete_where(session, VenueSetting, VenueSetting.name == SENDING_HELD)
    insert_once(session, VenueSetting, [{"name": SENDING_HELD, "value": value, "updated_at": now}])


# For the scheduler


def suspect(session: Session, *, now: datetime) -> None:
    """Hold sending if the latest heartbeat and sent text are old. A scheduler calls it before its first heartbeat."""
    require(session, Permission.DELIVERY)
    seen = [session.scalar(select(func.max(moment))) for moment in (Heartbeat.seen_at, Message.sent_at)]
    latest = max((moment for moment in seen if moment is not None), default=None)
    if latest is not None and latest < now - STALE:
        value = json.dumps({"phase": Phase.ASKING, "since": latest.isoformat()})
        insert_once(session, VenueSetting, [{"name": SENDING_HELD, "value": value, "updated_at": now}])


def look(transaction: Transaction, gateway: Gateway, *, now: datetime) -> None:
    """In phase ASKING, ask the provider which texts were sent since. If all are known, sending resumes; otherwise it is
    held for a manager. If the provider cannot be reached, nothing changes."""
    with transaction() as session:
        require(session, Permission.DELIVERY)
        guard = current(session)
    if guard is None or guard.phase is not Phase.ASKING:
        return
    try:
        # No transaction is open here. Nothing is concluded from an incomplete list.
        listed = gateway.sent_since(guard.since - CLOCKS_DIFFER)
    except ProviderUnreachable as problem:
        listed, words = None, str(problem)
    with transaction() as session:
        # Another scheduler may have asked at the same time, and finished first.
        setting = session.get(VenueSetting, SENDING_HELD, with_for_update=True)
        if setting is None or json.loads(setting.value)["phase"] != Phase.ASKING:
            return
        if listed is None:
            asking = {"phase": Phase.ASKING, "since": guard.since.isoformat(), "restored": guard.is_restored}
            setting.value = json.dumps({**asking, "problem": words})
            return
        unknown = _unknown(session, listed)
        if not unknown:
            if guard.is_restored:
                _hold_emails(session, now)
            session.delete(setting)
            return
        insert_once(session, Message, [_row(session, one, gateway.account, now) for one in unknown])
        bulk_pauses.pause_all(session, now=now)
        setting.value = json.dumps({"phase": Phase.HELD, "since": guard.since.isoformat()})
        setting.updated_at = now


def _unknown(session: Session, listed: Sequence[ProviderMessage]) -> list[ProviderMessage]:
    """The listed texts that are in no row of ours, without those that may belong to a row whose delivery is unknown."""
    ids = [one.provider_id for one in listed]
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


# For the manager


def found(session: Session) -> list[Match]:
    """The texts that were missing from the backup, oldest first, each with the scheduled text that it is, if any."""
    require(session, Permission.READ)
    matches = _matches(session)
    if masking.sees_numbers(session):
        return matches
    ids = [row.id for match in matches for row in (match.found, match.planned) if row]
    shown = {row.id: row for row in session.execute(log.columns(session).where(Message.id.in_(ids)))}
    return [Match(shown[match.found.id], shown[match.planned.id] if match.planned else None) for match in matches]


def _matches(session: Session) -> list[Match]:
    guard = current(session)
    if guard is None:
        return []
    rows = session.execute(
        log.columns_for(full=True)
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


@act(Act.SENDING_RESUMED)
def release(session: Session, *, now: datetime) -> int:
    """Resume sending, and return how many possible duplicates were put on hold. Scheduled texts that were already sent
    are marked as sent. Calling it again does nothing.
    """
    actor = require(session, Permission.BULK)
    guard = current(session)
    if guard is None:
        return 0
    held = 0
    for match in _matches(session):
        if match.planned is not None:
            _take_over(session, match, now)
        else:
            held += _hold_possible_duplicates(session, match.found, actor.name, now)
    held += _hold_emails(session, now)
    delete_where(session, VenueSetting, VenueSetting.name == SENDING_HELD)
    return held


def _waiting_for(session: Session, row: AnyRow) -> Sequence[AnyRow]:
    """Queued texts to the number of a found text that were due by the time it was sent, soonest first."""
    return session.execute(
        log.columns_for(full=True)
        .where(
            Message.mobile_number == row.mobile_number,
            Message.state.in_(messages.NOT_YET_GONE),
            Message.due_at <= row.sent_at + CLOCKS_DIFFER,
        )
        .order_by(Message.due_at, Message.id)
    ).all()


def _same(session: Session, planned: AnyRow, row: AnyRow, taken: set[Any]) -> bool:
    return planned.id not in taken and _rendered_at(session, planned, row.sent_at) == row.body


def _rendered_at(session: Session, planned: AnyRow, at: datetime) -> str | None:
    """A queued text as it would have been sent at that time, or None if it could not be."""
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
    """Mark a queued text as sent, and delete the row of the found text, which is the same one."""
    found_row, planned = match.found, match.planned
    account = session.scalar(select(Message.account).where(Message.id == found_row.id))
    delete_where(session, Message, Message.id == found_row.id)
    message = session.get_one(Message, planned.id, with_for_update=True)  # type: ignore[union-attr]
    confirmed = Confirmed(found_row.provider_id, found_row.provider_status)
    transitions.apply(message, decide(message, confirmed, timing=venue_of(session).timing, now=now), now)
    message.sent_at, message.body, message.account = found_row.sent_at, found_row.body, account
    message.encoding, message.segments = found_row.encoding, found_row.segments
    message.reason = "Already sent before the backup was restored"
    session.flush()


def _hold_possible_duplicates(session: Session, row: AnyRow, by: str, now: datetime) -> int:
    """Put texts on hold that were due to this number by the time a found text was sent: it may have been one of
    them."""
    reason = f"Paused when {by} resumed sending: this number got a text that the restored backup does not have"
    return _hold(session, [one.id for one in _waiting_for(session, row)], reason, now)


def _hold_emails(session: Session, now: datetime) -> int:
    """Put e-mails on hold that were due by now: no mail server says which of them it was sent before the restore."""
    known = facts.with_facts(full=True, emails=venue_of(session).sends_email)
    due = and_(Message.state == State.PLANNED.value, Message.due_at <= now)
    ids = [row.id for row in session.execute(known.where(due)) if row.by_email]
    return _hold(session, ids, MAY_HAVE_GONE, now)


def _hold(session: Session, ids: Sequence[UUID], reason: str, now: datetime) -> int:
    wanted = select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    changed = 0
    for message in session.scalars(wanted).all():
        transition = decide(message, Held(reason), timing=venue_of(session).timing, now=now)
        transitions.apply(message, transition, now)
        changed += transition is not None
    return changed
