"""The texts: what is queued, what is planned, what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from db import search as index
from db.models import NOT_DEALT_WITH, Booking, Customer, Event, Message, MessageAttempt, PhoneNumber
from db.once import insert_once
from db.types import AnyRow, AnySelect
from sms import error_codes, phone, segments, texts
from sms.texts import Facts, Kind
from venue import clock, templates
from venue.customer_list import Page
from venue.errors import Invalid, NotFound
from venue.house import House, house_of
from venue.message_states import REMINDERS, State, Timing, decide
from venue.staff import Permission, require

__all__ = ["Kind", "State", "Timing", "decide", "for_customer", "listing", "preview", "queue", "story", "text_customer"]

OPTED_OUT = "Opted out: they texted STOP"
CANNOT_RECEIVE = "This number cannot receive texts"
FIRST, NORMAL = 0, 1
NOT_YET_GONE = (State.PLANNED, State.HELD)
MAYBE_GONE = (State.SENDING, State.UNSURE)
# What the key of a text to a bare number begins with: it needs no customer to go.
TO_NUMBER = f"{Kind.MANUAL}:number:"


def row(
    kind: Kind,
    *,
    key: str,
    customer_id: UUID | None,
    booking_id: UUID | None,
    event_id: UUID | None,
    mobile_number: str,
    due_at: datetime,
    useful_until: datetime | None,
    now: datetime,
    body: str | None = None,
    skipped: str = "",
) -> dict[str, Any]:
    """The outbox row of a text; with a reason not to send it, it stands there as skipped."""
    counted = segments.count(body) if body else None
    return {
        "id": uuid4(),
        "dedupe_key": key,
        "direction": "out",
        "kind": kind.value,
        "state": State.SKIPPED.value if skipped else State.PLANNED.value,
        "reason": skipped,
        "customer_id": customer_id,
        "booking_id": booking_id,
        "event_id": event_id,
        "mobile_number": mobile_number,
        "body": body,
        "encoding": counted.encoding if counted else None,
        "segments": counted.segments if counted else None,
        "priority": NORMAL if kind in REMINDERS else FIRST,
        "due_at": due_at,
        "useful_until": useful_until,
        "created_at": now,
        "updated_at": now,
        "final_at": now if skipped else None,
        "fence": 0,
        "empty_looks": 0,
        "polls": 0,
        "retries": 0,
        "resent": False,
        "erase_when_settled": False,
    }


def about(
    kind: Kind,
    booking: Booking,
    event: Event | AnyRow,
    customer: Customer | AnyRow,
    *,
    now: datetime,
    body: str | None = None,
    skipped: str = "",
) -> dict[str, Any]:
    """The outbox row of a text about a booking."""
    keys = {
        Kind.CANCELLATION: f"{kind}:{booking.id.hex}",
        Kind.EVENT_CANCELLED: f"{kind}:{booking.id.hex}",
        Kind.EVENT_MOVED: f"{kind}:{booking.id.hex}:{event.schedule_rev}",
    }
    return row(
        kind,
        key=keys.get(kind, f"{kind}:{booking.id.hex}:{booking.version}"),
        customer_id=customer.id,
        booking_id=booking.id,
        event_id=event.id,
        mobile_number=customer.mobile_number,
        due_at=now,
        useful_until=event.starts_at,
        now=now,
        body=body,
        skipped=skipped,
    )


def queue(
    session: Session,
    kind: Kind,
    booking: Booking,
    event: Event | AnyRow,
    customer: Customer | AnyRow,
    *,
    now: datetime,
    body: str | None = None,
    skipped: str = "",
) -> None:
    """Put a text about a booking into the outbox, in the transaction that makes it true. Again does nothing."""
    skipped = skipped or why_unreachable(session, customer.mobile_number)
    insert_once(session, Message, [about(kind, booking, event, customer, now=now, body=body, skipped=skipped)])


def text_customer(session: Session, *, customer_id: UUID, body: str, form_token: str, now: datetime) -> None:
    """Queue a text of staff's own words. The same form token again queues nothing more."""
    require(session, Permission.TEXTS)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("This customer is not there any more")
    key = f"{Kind.MANUAL}:{form_token}"
    _queue_manual(session, customer.mobile_number, body, key=key, customer_id=customer.id, now=now)


def text_number(session: Session, *, mobile_number: str, body: str, form_token: str, now: datetime) -> None:
    """The same to a number that need not be a customer's. Raises Invalid for one that cannot be texted."""
    require(session, Permission.TEXTS)
    house = house_of(session)
    try:
        number = phone.normalise(mobile_number, region=house.region, allow_fictional=house.fictional_numbers)
    except phone.InvalidPhone as problem:
        raise Invalid(mobile_number=str(problem)) from problem
    _queue_manual(session, number, body, key=f"{TO_NUMBER}{form_token}", customer_id=None, now=now)


def _queue_manual(
    session: Session, mobile_number: str, body: str, *, key: str, customer_id: UUID | None, now: datetime
) -> None:
    body = segments.straighten(body).strip()
    if not body:
        raise Invalid(body="Enter the text")
    if segments.count(body).segments > texts.MOST_SEGMENTS:
        raise Invalid(body=f"This is longer than {texts.MOST_SEGMENTS} texts: shorten it")
    blocked = why_unreachable(session, mobile_number)
    if blocked:
        raise Invalid(body=f"This number cannot be texted. {blocked}")
    values = row(
        Kind.MANUAL,
        key=key,
        customer_id=customer_id,
        booking_id=None,
        event_id=None,
        mobile_number=mobile_number,
        due_at=now,
        useful_until=now + timedelta(days=1),
        now=now,
        body=body,
    )
    insert_once(session, Message, [values])


def why_unreachable(session: Session, mobile_number: str) -> str:
    """Why texts cannot reach a number, in words for staff, or nothing when they can."""
    return words_for_block(session.execute(_BLOCK_OF, {"mobile_number": mobile_number}).scalar())


def words_for_block(code: str | None) -> str:
    """The same from what `block_in_sql` says of a number."""
    if not code:
        return ""
    return OPTED_OUT if code == "STOP" else f"{CANNOT_RECEIVE}: {error_codes.explain(code)}"


def block_in_sql() -> ColumnElement[str | None]:
    """What `words_for_block` reads, in a query that has joined the number."""
    return case((PhoneNumber.opted_out_at.is_not(None), "STOP"), else_=PhoneNumber.unreachable_code)


_BLOCK_OF = select(block_in_sql()).where(PhoneNumber.mobile_number == bindparam("mobile_number"))


# What is said


def preview(session: Session, kind: Kind, *, customer_id: UUID, event_id: UUID, seats: int, now: datetime) -> str:
    """The text exactly as it would be sent now. Raises NotFound."""
    require(session, Permission.READ)
    customer = session.get(Customer, customer_id)
    event = session.get(Event, event_id)
    if customer is None or event is None:
        raise NotFound("The customer or the event is not there any more")
    return rendered(session, Kind(kind), customer, event, seats, now=now)


class _Named(Protocol):
    first_name: Any
    last_name: Any


class _Staged(Protocol):
    name: Any
    short_name: Any
    starts_at: Any


def rendered(session: Session, kind: Kind, customer: _Named, event: _Staged, seats: int, *, now: datetime) -> str:
    """The words of a kind with what is true now: the one function that previews and sends."""
    return filled(session, templates.body_of(session, kind), customer, event, seats, now=now)


def filled(session: Session, template: str, customer: _Named, event: _Staged, seats: int, *, now: datetime) -> str:
    """The same for words that need not be saved yet. Raises BadTemplate for those that never could be."""
    house = house_of(session)
    facts = Facts(
        first_name=customer.first_name,
        last_name=customer.last_name,
        event_name=event.short_name or event.name,
        event_starts_at=event.starts_at,
        seats=seats,
        venue_name=house.name,
        venue_phone=house.phone,
    )
    return texts.render(template, facts, now=now, zone=house.zone)


# What does not go after all


def skip_planned(session: Session, which: ColumnElement[bool], reason: str, *, now: datetime) -> int:
    """Skip what has not been claimed yet; how many."""
    result: Any = session.execute(
        update(Message)
        .where(which, Message.state.in_(NOT_YET_GONE))
        .values(state=State.SKIPPED.value, reason=reason, final_at=now, updated_at=now, next_step_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def forget_customer(session: Session, customer_id: UUID, *, now: datetime) -> None:
    """What was planned for a customer goes; the rest of the log loses number and body, at once or when settled."""
    mine = Message.customer_id == customer_id
    session.execute(
        delete(Message).where(mine, Message.state.in_(NOT_YET_GONE)).execution_options(synchronize_session=False)
    )
    unsettled = update(Message).where(mine, Message.state.in_(MAYBE_GONE)).values(erase_when_settled=True)
    session.execute(unsettled.execution_options(synchronize_session=False))
    settled = and_(mine, Message.state.not_in(MAYBE_GONE))
    ids = select(Message.id).where(settled)
    attempts = update(MessageAttempt).where(MessageAttempt.message_id.in_(ids)).values(detail="")
    session.execute(attempts.execution_options(synchronize_session=False))
    bare = update(Message).where(settled).values(mobile_number=None, body=None, updated_at=now)
    session.execute(bare.execution_options(synchronize_session=False))


def renumber(session: Session, customer_id: UUID, mobile_number: str, *, now: datetime) -> None:
    """What has not gone yet goes to the customer's new number, and so do reminders that the old one stood against."""
    mine = Message.customer_id == customer_id
    if not why_unreachable(session, mobile_number):
        plan_again(session, mine, now=now)
    session.execute(
        update(Message)
        .where(mine, Message.state.in_(NOT_YET_GONE))
        .values(mobile_number=mobile_number)
        .execution_options(synchronize_session=False)
    )


def plan_again(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """Reminders that were skipped for their number alone are planned once more, while they are of use."""
    stood_against = or_(Message.reason == OPTED_OUT, Message.reason.like(f"{CANNOT_RECEIVE}%"))
    never_called = Message.fence == 0
    session.execute(
        update(Message)
        .where(
            which,
            Message.state == State.SKIPPED.value,
            Message.kind.in_([kind.value for kind in REMINDERS]),
            Message.useful_until > now,
            stood_against,
            never_called,
        )
        .values(state=State.PLANNED.value, reason="", final_at=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def planned_for(session: Session, customer_id: UUID) -> int:
    """How many texts wait to go to a customer."""
    return (
        session.scalar(select(func.count()).where(Message.customer_id == customer_id, Message.state.in_(NOT_YET_GONE)))
        or 0
    )


# Looking


@dataclass(frozen=True)
class Story:
    """One message with every attempt to send it, what was sent in its place, and whether somebody must see to it."""

    message: AnyRow
    attempts: Sequence[AnyRow]
    again: Sequence[AnyRow] = ()
    needs_person: bool = False


def columns() -> AnySelect:
    """What every list of texts shows of each, with its event and its customer."""
    return (
        select(
            Message.id,
            Message.dedupe_key,
            Message.direction,
            Message.kind,
            Message.state,
            Message.reason,
            Message.mobile_number,
            Message.customer_id,
            Message.booking_id,
            Message.event_id,
            Event.name.label("event_name"),
            Event.starts_at.label("event_starts_at"),
            Message.due_at,
            Message.useful_until,
            Message.body,
            Message.encoding,
            Message.segments,
            Message.provider_id,
            Message.provider_status,
            Message.error_code,
            Message.resent,
            Message.next_step_at,
            Message.claimed_at,
            Message.empty_looks,
            Message.created_at,
            Message.updated_at,
            Message.sent_at,
            Message.final_at,
            Message.handled_at,
            Message.handled_by,
            Message.again_of_id,
            Customer.first_name,
            Customer.last_name,
        )
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(Customer, Customer.id == Message.customer_id)
    )


def for_customer(
    session: Session, customer_id: UUID, *, now: datetime | None = None, limit: int = 50
) -> Sequence[AnyRow]:
    """A customer's texts, latest first; `needs_person` marks those that staff must see to."""
    require(session, Permission.READ)
    latest = func.coalesce(Message.sent_at, Message.due_at, Message.created_at).desc()
    lost = needs_a_person(now or clock.now()).label("needs_person")
    wanted = columns().add_columns(lost).where(Message.customer_id == customer_id)
    return session.execute(wanted.order_by(latest, Message.id).limit(limit)).all()


def listing(
    session: Session,
    *,
    words: str = "",
    kind: Kind | None = None,
    state: State | None = None,
    since: datetime | None = None,
    on: date | None = None,
    needs_person: bool = False,
    waiting: bool = False,
    now: datetime | None = None,
    page: int = 1,
    page_size: int = 50,
) -> Page:
    """A page of the log, latest first: by name or number, kind, state, when it was made, or the day it went.

    `needs_person` leaves what staff must see to as of `now` (which it needs), `waiting` what nobody has dealt with.
    """
    require(session, Permission.READ)
    conditions = _matching(house_of(session), words, kind, state, since, on)
    if needs_person:
        conditions.append(needs_a_person(now or clock.now()))
    if waiting:
        conditions.append(Message.handled_at.is_(None))
    counted = select(func.count()).select_from(Message).outerjoin(Customer, Customer.id == Message.customer_id)
    total = session.scalar(counted.where(*conditions)) or 0
    page = min(max(1, page), max(1, -(-total // page_size)))
    rows = session.execute(
        columns()
        .where(*conditions)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(page_size)
        .offset((page - 1) * page_size)
    ).all()
    return Page(rows, total, page, page_size)


def every(
    session: Session, *, kind: Kind | None = None, state: State | None = None, since: datetime | None = None
) -> Any:
    """The log as a stream of rows, oldest first, for a program that reads it."""
    require(session, Permission.READ)
    conditions = _matching(house_of(session), "", kind, state, since, None)
    return session.execute(
        columns().where(*conditions).order_by(Message.created_at, Message.id).execution_options(yield_per=500)
    )


def _matching(
    house: House, words: str, kind: Kind | None, state: State | None, since: datetime | None, on: date | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words.strip():
        conditions.append(index.matches(words, house.database.dialect))
    if kind is not None:
        conditions.append(Message.kind == Kind(kind).value)
    if state is not None:
        conditions.append(Message.state == State(state).value)
    if since is not None:
        conditions.append(Message.created_at >= since)
    if on is not None:
        start, end = clock.day_bounds(on, house.zone)
        when = func.coalesce(Message.sent_at, Message.due_at, Message.created_at)
        conditions.append(and_(when >= start, when < end))
    return conditions


def story(session: Session, message_id: UUID, *, now: datetime | None = None) -> Story:
    """One message and its attempts, first to last. Raises NotFound."""
    require(session, Permission.READ)
    found = session.execute(columns().where(Message.id == message_id)).first()
    if found is None:
        raise NotFound("This message is not there any more")
    attempts = session.execute(
        select(MessageAttempt.__table__).where(MessageAttempt.message_id == message_id).order_by(MessageAttempt.fence)
    ).all()
    lost = select(Message.id).where(Message.id == message_id, needs_a_person(now or clock.now()))
    return Story(found, attempts, sent_again(session, message_id), session.scalar(lost) is not None)


def due_next(session: Session, *, limit: int = 10) -> Sequence[AnyRow]:
    """What goes out next, soonest first."""
    require(session, Permission.READ)
    return session.execute(
        columns().where(Message.state == State.PLANNED.value).order_by(Message.due_at, Message.id).limit(limit)
    ).all()


def needs_a_person(now: datetime) -> ColumnElement[bool]:
    """Texts of the last month that staff must see to and have not: failed, undelivered, unsure, kept from a lost
    number, or too late. Once an event has begun nobody need be called about it."""
    blocked = or_(
        Message.reason == OPTED_OUT,
        Message.reason.like(f"{CANNOT_RECEIVE}%"),
        # The text whose refusal told us so.
        Message.error_code.is_not(None),
        # After an outage; the other reminder is still to come.
        and_(Message.reason.like("Too late%"), Message.kind != Kind.REMINDER_7_DAY.value),
    )
    lost = Message.state.in_((State.FAILED.value, State.UNDELIVERED.value))
    begun = select(Event.id).where(Event.id == Message.event_id, Event.starts_at <= now)
    over = begun.correlate(Message).exists()
    return and_(
        text(NOT_DEALT_WITH),
        # Without a number there is nobody to call: the customer was deleted.
        Message.mobile_number.is_not(None),
        Message.updated_at >= now - timedelta(days=30),
        or_(
            Message.state == State.UNSURE.value,
            and_(or_(lost, and_(Message.state == State.SKIPPED.value, blocked)), ~over),
        ),
    )


def sent_again(session: Session, message_id: UUID) -> Sequence[AnyRow]:
    """What was sent in place of a text, first to last."""
    require(session, Permission.READ)
    return session.execute(columns().where(Message.again_of_id == message_id).order_by(Message.created_at)).all()
