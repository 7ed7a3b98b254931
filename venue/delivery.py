"""Sending what is due: claim, call, record.

No transaction is open while the provider is called: a slow provider must hold neither a connection nor a lock, and a
row that says "sending" must be on disk before the first byte leaves. venue/following.py finds out what became of it.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from db import locks
from db.bulk import insert_new, one_of, update_each
from db.models import (
    Booking,
    Customer,
    Event,
    Heartbeat,
    Message,
    MessageAttempt,
    PhoneNumber,
    Template,
    VenueSetting,
)
from db.once import insert_once
from db.types import AnyRow, AnySelect
from sms import segments
from sms.gateway import Gateway, NotSent, Outcome, Outgoing, Sent, Unknown
from sms.texts import BadTemplate, Kind
from venue import messages, numbers, pauses, reminders
from venue.house import House, house_of
from venue.message_states import REMINDERS, Answered, Claimed, Held, Skipped, State, Timing, Transition, Waited, decide
from venue.pauses import Stops
from venue.staff import Permission, require

Transaction = Callable[[], AbstractContextManager[Session]]
Clock = Callable[[], datetime]

ALIVE_FOR = timedelta(seconds=90)
# While this stands among the venue's settings nothing is claimed: venue/restore_guard.py.
SENDING_HELD = "sending held"
# What stands there, for every screen to say, while the day's limit keeps texts back.
DAY_USED_UP = "day used up"

FAULTY_WORDS = "The words of this kind of text are faulty: mend them, then release it"
# These say what was true when they were queued, and come with their words.
WORDED_WHEN_QUEUED = (Kind.MANUAL, Kind.CANCELLATION)


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
    stops = pauses.stops(session, account, now=now)
    due = _due(session, room, stops, now)
    if not due:
        pauses.tried(session, account, stops, due=[], taken=[], now=now)
        return Batch(0, [])
    # Kept while the texts are rendered, so that their templates are read once and not for each.
    kept = session.scalars(select(Template)).all()
    claims = [_claim(session, text, account, timing, now) for text in due]
    del kept
    _store(session, [changed for changed, _ in claims], now)
    taken = [claimed for _, claimed in claims if claimed]
    to = [claimed.outgoing.to for claimed in taken]
    pauses.tried(session, account, stops, due=[text.mobile_number or "" for text in due], taken=to, now=now)
    if taken:
        insert_new(session, MessageAttempt, [_attempt(claimed, worker) for claimed in taken])
    return Batch(len(due), taken)


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
    stored, known = _locked(session, results)
    results = [_unless_known(result, known) for result in results if result[0].message_id in stored]
    changed = []
    for claimed, outcome in results:
        row = stored[claimed.message_id]
        changed.append((row, decide(row, Answered(claimed.fence, outcome), timing=timing, now=now)))
    _store(session, changed, now)
    for claimed, outcome in results:
        number = stored[claimed.message_id].mobile_number
        if number:
            numbers.note_outcome(session, number, outcome, now=now)
    _record_attempts(session, results, now)
    pauses.note(session, account, [(claimed.outgoing.to, outcome) for claimed, outcome in results], now=now)


def expire(session: Session, *, timing: Timing, now: datetime, limit: int = 500) -> int:
    """What time alone changes: leases that ran out become unsure, texts that came too late are skipped."""
    require(session, Permission.DELIVERY)
    leased = and_(Message.state == State.SENDING.value, Message.lease_until <= now)
    too_late = and_(Message.state.in_(messages.NOT_YET_GONE), Message.useful_until <= now)
    found = session.scalars(
        select(Message).where(or_(leased, too_late)).limit(limit).with_for_update(skip_locked=True)
    ).all()
    for message in found:
        apply(message, decide(message, Waited(), timing=timing, now=now), now)
    session.flush()
    return len(found)


def beat(session: Session, *, worker: str, started_at: datetime, now: datetime, note: str = "") -> None:
    """Say that a scheduler is alive, and what is wrong with its machine, if anything."""
    insert_once(session, Heartbeat, [{"worker": worker, "started_at": started_at, "seen_at": now, "note": note}])
    session.execute(update(Heartbeat).where(Heartbeat.worker == worker).values(seen_at=now, note=note))


def note_limit(session: Session, rate: Rate, *, now: datetime) -> None:
    """Write down for staff that the day's limit keeps texts back, for as long as it does."""
    require(session, Permission.DELIVERY)
    room = _room(session, rate, rate.per_day, now)
    noted = VenueSetting.name == DAY_USED_UP
    if not room.for_bookings_only:
        session.execute(delete(VenueSetting).where(noted))
        return
    words = f"the {rate.per_day:,} texts that may go in 24 hours (SMS_PER_DAY) have gone"
    words = (
        f"All of {words}: the others wait" if room.left <= 0 else f"Most of {words}: reminders wait, bookings do not"
    )
    insert_once(session, VenueSetting, [{"name": DAY_USED_UP, "value": words, "updated_at": now}])
    session.execute(update(VenueSetting).where(noted, VenueSetting.value != words).values(value=words))


def apply(message: Message, transition: Transition | None, now: datetime) -> None:
    """Obey a decision."""
    if transition is not None:
        for column, value in _columns(message, transition.changes, now).items():
            setattr(message, column, value)


def _columns(message: Message | AnyRow, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What to write down for a decision. What a deleted customer's text said is forgotten once it is settled."""
    columns = {name: value.value if isinstance(value, State) else value for name, value in changes.items()}
    columns["updated_at"] = now
    state = columns.get("state", message.state)
    if not message.erase_when_settled or state in messages.MAYBE_GONE:
        return columns
    columns |= {"mobile_number": None, "body": None, "erase_when_settled": False}
    if state == State.PLANNED:
        columns |= {"state": State.SKIPPED.value, "reason": "The customer was deleted", "final_at": now}
    return columns


def _store(session: Session, changed: Sequence[tuple[AnyRow, Transition | None]], now: datetime) -> None:
    """Obey many decisions, those that write the same columns in one go."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row, transition in changed:
        if transition is not None:
            columns = _columns(row, transition.changes, now)
            alike[tuple(columns)].append({"id": row.id, **columns})
    for rows in alike.values():
        update_each(session, Message, rows)


# Claiming


@dataclass(frozen=True)
class _Room:
    limit: int
    left: int
    for_bookings_only: bool


def _room(session: Session, rate: Rate, limit: int, now: datetime) -> _Room:
    """How many may go now. The lock taken before makes the counts exact for all schedulers together."""
    since = {"a_second_ago": now - timedelta(seconds=1), "a_day_ago": now - timedelta(days=1)}
    second, day = session.execute(_STARTED, since).one()
    room = min(limit, rate.per_second - second)
    left = rate.per_day - day
    kept = int(rate.per_day * rate.kept_for_bookings)
    return _Room(max(0, min(room, left if left <= kept else left - kept)), left, left <= kept)


# What was not taken, as for an hour without network, uses up nothing of the day; what is in hand has no outcome yet.
_MAY_HAVE_GONE = or_(MessageAttempt.outcome.is_(None), MessageAttempt.outcome.not_in(("notsent", "refused")))
_STARTED = select(
    func.count().filter(MessageAttempt.started_at > bindparam("a_second_ago")), func.count().filter(_MAY_HAVE_GONE)
).where(MessageAttempt.started_at > bindparam("a_day_ago"))

# What is decided on, and what was frozen of a text.
_STANDING = (
    *(Message.id, Message.kind, Message.state, Message.fence, Message.useful_until, Message.lease_until),
    *(Message.claimed_at, Message.provider_status, Message.empty_looks, Message.polls, Message.retries),
    *(Message.resent, Message.erase_when_settled, Message.mobile_number, Message.body, Message.dedupe_key),
    Message.provider_id,
)
_NUMBER = func.coalesce(Customer.mobile_number, Message.mobile_number)
# All that rendering and refusing look at.
_FACTS = (
    *(Customer.id.label("customer_id"), Customer.first_name, Customer.last_name),
    *(_NUMBER.label("number_now"), Booking.id.label("booking_id"), Booking.seats),
    *(Event.id.label("event_id"), Event.name, Event.short_name, Event.starts_at),
    *(Event.schedule_rev, Event.cancelled_at, messages.block_in_sql().label("blocked")),
)


def _due(session: Session, room: _Room, stops: Stops, now: datetime) -> list[AnyRow]:
    """The next texts that may go, with all that there is to know of them, locked."""
    house = house_of(session)
    reminders_too = reminders.may_leave(now, zone=house.zone, hours=house.hours)
    due: list[AnyRow] = []
    for statement, at_most in _ways(stops, reminders_too=reminders_too, for_bookings_only=room.for_bookings_only):
        limit = min(at_most or room.limit, room.limit - len(due))
        if limit > 0:
            due += session.execute(statement, {"now": now, "limit": limit}).all()
    return due


@functools.lru_cache(maxsize=16)
def _ways(stops: Stops, *, reminders_too: bool, for_bookings_only: bool) -> list[tuple[AnySelect, int | None]]:
    """The statements that find due texts, and how many each may take if not all: the same for as long as a pause."""
    return [
        (_next(which, reminders_too=reminders_too, for_bookings_only=for_bookings_only), at_most)
        for which, at_most in stops.ways()
    ]


def _next(which: ColumnElement[bool], *, reminders_too: bool, for_bookings_only: bool) -> AnySelect:
    now = bindparam("now", type_=Message.due_at.type)
    conditions: list[ColumnElement[bool]] = [
        # Spelt out, so that the index of planned texts is used.
        Message.state == literal_column("'planned'"),
        Message.due_at <= now,
        or_(Message.next_step_at.is_(None), Message.next_step_at <= now),
        which,
        ~select(VenueSetting.name).where(VenueSetting.name == SENDING_HELD).exists(),
    ]
    if not reminders_too:
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    if for_bookings_only:
        conditions.append(Message.priority < messages.NORMAL)
    return (
        with_facts()
        .where(*conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=Message)
    )


def with_facts() -> AnySelect:
    """Texts with all that decides whether they go and what they say: for the sender, and whoever foresees it."""
    return (
        select(*_STANDING, *_FACTS)
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(Booking, Booking.id == Message.booking_id)
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(PhoneNumber, PhoneNumber.mobile_number == _NUMBER)
    )


def _claim(
    session: Session, text: AnyRow, account: str, timing: Timing, now: datetime
) -> tuple[tuple[AnyRow, Transition | None], Claim | None]:
    """What becomes of a due text, and the claim if it is to go."""
    reason = why_not(text)
    transition = decide(text, Skipped(reason) if reason else Claimed(uuid4().hex), timing=timing, now=now)
    if transition is None or transition.state != State.SENDING:
        return (text, transition), None
    try:
        frozen = _frozen(session, text, account, now)
    except BadTemplate:
        # It waits in sight, and does not keep the others.
        return (text, decide(text, Held(FAULTY_WORDS), timing=timing, now=now)), None
    outgoing = _outgoing(house_of(session), text, frozen, now)
    changes = {**transition.changes, **frozen}
    return (text, Transition(changes)), Claim(text.id, changes["fence"], now, outgoing)


def why_not(text: AnyRow) -> str:
    """Why a text is not to go after all, or nothing."""
    if text.customer_id is None and not text.dedupe_key.startswith(messages.TO_NUMBER):
        return "The customer was deleted"
    blocked = messages.words_for_block(text.blocked)
    if blocked or has_fixed_words(text):
        return blocked
    if text.booking_id is None or text.event_id is None:
        return "The booking was deleted"
    if text.cancelled_at is not None and text.kind != Kind.EVENT_CANCELLED:
        return "The event is cancelled"
    if text.kind in REMINDERS:
        key = reminders.key(Kind(text.kind), text.booking_id, text.schedule_rev)
        return "" if text.dedupe_key == key else "Replaced: the event has moved"
    return ""


def has_fixed_words(text: AnyRow) -> bool:
    """Whether it goes in the words it was queued with. Any other is worded for each call, also when it is sent once
    more: "tomorrow" may be today by then, and the event another time."""
    return text.body is not None and text.kind in WORDED_WHEN_QUEUED


def _frozen(session: Session, text: AnyRow, account: str, now: datetime) -> dict[str, Any]:
    """Number, words and account as they are now; what is asked of the provider later is exactly this."""
    body = text.body
    if not has_fixed_words(text):
        body = messages.rendered(session, Kind(text.kind), text, text, text.seats, now=now)
    counted = segments.count(body)
    return {
        "mobile_number": text.number_now,
        "body": body,
        "encoding": counted.encoding,
        "segments": counted.segments,
        "account": account,
    }


def _outgoing(house: House, text: AnyRow, frozen: dict[str, Any], now: datetime) -> Outgoing:
    valid_for = text.useful_until - now if text.useful_until else None
    callback = f"{house.public_url}/twilio/status/{text.id}" if house.public_url else None
    return Outgoing(str(text.id), frozen["mobile_number"], frozen["body"], valid_for, callback)


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


def _locked(session: Session, results: Sequence[tuple[Claim, Outcome]]) -> tuple[dict[UUID, AnyRow], dict[str, UUID]]:
    """The texts that were called for, and which texts have the provider's ids already.

    Locked in the order of their ids, so that two recorders never wait for each other in a circle.
    """
    ids = [claimed.message_id for claimed, _ in results]
    theirs = [outcome.provider_id for _, outcome in results if isinstance(outcome, Sent)]
    concerned = or_(one_of(session, Message.id, ids), one_of(session, Message.provider_id, theirs))
    rows = session.execute(select(*_STANDING).where(concerned).order_by(Message.id).with_for_update()).all()
    return {row.id: row for row in rows}, {row.provider_id: row.id for row in rows if row.provider_id}


def _unless_known(result: tuple[Claim, Outcome], known: dict[str, UUID]) -> tuple[Claim, Outcome]:
    """Somebody who looked for a text of the same words found this one first: ours is to be looked for instead."""
    claimed, outcome = result
    if isinstance(outcome, Sent) and known.get(outcome.provider_id, claimed.message_id) != claimed.message_id:
        return claimed, Unknown("Another text of the same words was taken for this one")
    return result


# An attempt is written once more, when it has ended, and never again.
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
        "detail": getattr(outcome, "words", ""),
        "error_code": getattr(outcome, "code", None),
        "provider_id": getattr(outcome, "provider_id", None),
    }
