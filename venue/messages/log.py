"""The log of texts: listed, searched, and one told with its whole story."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, or_, select, text
from sqlalchemy.orm import Session

from db import search as index
from db.models import NOT_DEALT_WITH, Customer, Event, Message, MessageAttempt
from db.session import PLANNED_EACH_TIME
from db.types import AnyRow, AnySelect, Id, Instant
from sms.texts import Kind
from venue import clock
from venue.errors import NotFound
from venue.messages import facts
from venue.messages.causes import OF_THE_NUMBER, Cause
from venue.messages.rows import CustomerMessageRow, MessageRow
from venue.messages.states import LOST, NOT_YET_GONE, State
from venue.page import Page, nearest_page, offset_of
from venue.profile import Venue, venue_of
from venue.roles import Permission, require

# How long a text that did not arrive waits for somebody to see to it.
LOST_FOR = timedelta(days=30)
# Texts of a regular of many years; what stands on their bookings' cards is among the latest of them.
MOST_OF_A_CUSTOMER = 1_000


@dataclass(frozen=True)
class Story:
    """One message with every attempt to send it, what was sent in its place, and whether somebody must see to it."""

    message: MessageRow
    attempts: Sequence[AnyRow]
    again: Sequence[AnyRow] = ()
    needs_person: bool = False


@functools.cache
def columns() -> AnySelect:
    """What every list of texts shows of each, with its event and its customer."""
    return (
        select(
            Message.id,
            Message.dedupe_key,
            Message.direction,
            Message.kind,
            Message.state,
            Message.cause,
            Message.reason,
            Message.mobile_number,
            Message.customer_id,
            Message.booking_id,
            Message.event_id,
            Event.name.label("event_name"),
            Event.starts_at.label("event_starts_at"),
            Message.due_at,
            Message.useful_until,
            *(_unless_worded_anew(column) for column in (Message.body, Message.encoding, Message.segments)),
            Message.provider_id,
            Message.provider_status,
            Message.error_code,
            Message.resends,
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


def _unless_worded_anew(column: Any) -> Any:
    """The words of a text that still waits are made when it goes, whatever an earlier try said."""
    waits = and_(Message.state.in_(NOT_YET_GONE), Message.kind.not_in(facts.WORDED_WHEN_QUEUED))
    return case((waits, None), else_=column).label(column.key)


def for_customer(
    session: Session, customer_id: UUID, *, now: datetime | None = None, limit: int = MOST_OF_A_CUSTOMER
) -> Sequence[CustomerMessageRow]:
    """A customer's texts, latest first; `needs_person` marks those that staff must see to."""
    require(session, Permission.READ)
    values = {"customer_id": customer_id, "limit": limit, **as_of(now or clock.now())}
    return session.execute(_of_customer(), values).all()


@functools.cache
def _of_customer() -> AnySelect:
    latest = func.coalesce(Message.sent_at, Message.due_at, Message.created_at).desc()
    mine = Message.customer_id == bindparam("customer_id", type_=Id())
    wanted = columns().add_columns(needs_a_person().label("needs_person")).where(mine)
    return wanted.order_by(latest, Message.id).limit(bindparam("limit", type_=Integer()))


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
) -> Page[MessageRow]:
    """A page of the log, latest first: by name or number, kind, state, when it was made, or the day it went.

    `needs_person` leaves what staff must see to as of `now` (which it needs), `waiting` what nobody has dealt with.
    """
    require(session, Permission.READ)
    conditions = _matching(venue_of(session), words, kind, state, since, on)
    if needs_person:
        conditions.append(needs_a_person())
    if waiting:
        conditions.append(Message.handled_at.is_(None))
    counted = select(func.count()).select_from(Message).outerjoin(Customer, Customer.id == Message.customer_id)
    values = as_of(now or clock.now()) if needs_person else {}
    total = session.scalar(counted.where(*conditions), values, execution_options=PLANNED_EACH_TIME) or 0
    page = nearest_page(page, total, page_size)
    rows = session.execute(
        columns()
        .where(*conditions)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(page_size)
        .offset(offset_of(page, page_size)),
        values,
        execution_options=PLANNED_EACH_TIME,
    ).all()
    return Page(rows, total, page, page_size)


def every(
    session: Session, *, kind: Kind | None = None, state: State | None = None, since: datetime | None = None
) -> Any:
    """The log as a stream of rows, oldest first, for a program that reads it at length."""
    require(session, Permission.READ)
    conditions = _matching(venue_of(session), "", kind, state, since, None)
    return session.execute(
        columns().where(*conditions).order_by(Message.created_at, Message.id).execution_options(yield_per=500)
    )


def _matching(
    venue: Venue, words: str, kind: Kind | None, state: State | None, since: datetime | None, on: date | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words.strip():
        conditions.append(index.matches(words, venue.database.dialect))
    if kind is not None:
        conditions.append(Message.kind == Kind(kind).value)
    if state is not None:
        conditions.append(Message.state == State(state).value)
    if since is not None:
        conditions.append(Message.created_at >= since)
    if on is not None:
        start, end = clock.day_bounds(on, venue.zone)
        when = func.coalesce(Message.sent_at, Message.due_at, Message.created_at)
        conditions.append(and_(when >= start, when < end))
    return conditions


def story(session: Session, message_id: UUID, *, now: datetime | None = None) -> Story:
    """One message and its attempts, first to last. Raises NotFound."""
    require(session, Permission.READ)
    found = session.execute(columns().where(Message.id == message_id)).first()
    if found is None:
        raise NotFound("This message no longer exists.")
    attempts = session.execute(
        select(MessageAttempt.__table__).where(MessageAttempt.message_id == message_id).order_by(MessageAttempt.fence)
    ).all()
    lost = select(Message.id).where(Message.id == message_id, needs_a_person())
    is_lost = session.scalar(lost, as_of(now or clock.now())) is not None
    return Story(found, attempts, sent_again(session, message_id), is_lost)


def due_next(session: Session, *, limit: int = 10) -> Sequence[MessageRow]:
    """What goes out next, soonest first."""
    require(session, Permission.READ)
    return session.execute(_due_next(), {"limit": limit}).all()


@functools.cache
def _due_next() -> AnySelect:
    planned = columns().where(Message.state == State.PLANNED.value)
    return planned.order_by(Message.due_at, Message.id).limit(bindparam("limit", type_=Integer()))


def as_of(now: datetime) -> dict[str, datetime]:
    """The values of `needs_a_person`."""
    return {"now": now, "since": now - LOST_FOR}


@functools.cache
def needs_a_person() -> ColumnElement[bool]:
    """Texts of the last month that staff must see to and have not: failed, undelivered, unsure, kept from a lost
    number, or too late. Once an event has begun nobody need be called about it. Ask with the values of `as_of`."""
    blocked = or_(
        Message.cause.in_(OF_THE_NUMBER),
        # After an outage; the other reminder is still to come.
        and_(Message.cause == Cause.TOO_LATE.value, Message.kind != Kind.REMINDER_7_DAY.value),
    )
    begun = select(Event.id).where(Event.id == Message.event_id, Event.starts_at <= bindparam("now", type_=Instant()))
    over = begun.correlate(Message).exists()
    return and_(
        text(NOT_DEALT_WITH),
        # Without a number, or soon to be, there is nobody to call: the customer was deleted.
        Message.mobile_number.is_not(None),
        Message.erase_when_settled.is_(False),
        Message.updated_at >= bindparam("since", type_=Instant()),
        or_(
            Message.state == State.UNSURE.value,
            and_(or_(Message.state.in_(LOST), and_(Message.state == State.SKIPPED.value, blocked)), ~over),
        ),
    )


def sent_again(session: Session, message_id: UUID) -> Sequence[AnyRow]:
    """What was sent in place of a text, first to last."""
    require(session, Permission.READ)
    return session.execute(columns().where(Message.again_of_id == message_id).order_by(Message.created_at)).all()
