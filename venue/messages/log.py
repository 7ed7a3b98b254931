"""The log of texts: lists, search, and the history of one text."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, or_, select, text
from sqlalchemy.orm import Session

from db.models import NOT_DEALT_WITH, Booking, Customer, Event, Message, MessageAttempt
from db.postgresql import PLANNED_EACH_TIME
from db.types import AnyRow, AnySelect, Id, Instant
from sms.texts import Kind
from venue import clock, masking
from venue.errors import NotFound
from venue.messages import channels, facts
from venue.messages.causes import OF_THE_NUMBER, Cause
from venue.messages.filters import MessageFilter, conditions, moment
from venue.messages.rows import AttemptRow, CustomerMessageRow, MessageRow
from venue.messages.states import LOST, NOT_YET_GONE, State
from venue.page import Page, nearest_page, offset_of
from venue.profile import venue_of
from venue.roles import Permission, require

# How long a text that did not arrive is listed as needing attention.
LOST_FOR = timedelta(days=30)
# More than a regular gets in many years. The cards of their bookings show only the latest ones.
MOST_OF_A_CUSTOMER = 1_000
LATEST_FIRST = (Message.created_at.desc(), Message.id.desc())


@dataclass(frozen=True)
class Story:
    """One message with every attempt to send it, the texts that were sent in its place, and whether it needs attention
    from staff."""

    message: MessageRow
    attempts: Sequence[AttemptRow]
    again: Sequence[MessageRow] = ()
    needs_person: bool = False


def columns(session: Session) -> AnySelect:
    """A query for the columns that lists of texts show, with each text's event and customer, as the actor may see
    them."""
    return columns_for(full=masking.sees_numbers(session), emails=venue_of(session).sends_email)


@functools.cache
def columns_for(*, full: bool, emails: bool = False) -> AnySelect:
    """Like `columns`: `full` is whether numbers are shown in full, as rules need them, `emails` whether the venue sends
    e-mails."""
    return (
        select(
            Message.id,
            Message.dedupe_key,
            Message.direction,
            Message.kind,
            Message.state,
            Message.cause,
            masking.free_text(Message.reason, full=full),
            masking.number(Message.mobile_number, full=full),
            Message.channel,
            Message.channel_cause,
            channels.goes_by(emails=emails),
            masking.email(Message.email, full=full),
            masking.free_text(Message.subject, full=full),
            Message.customer_id,
            Message.booking_id,
            Message.event_id,
            Event.name.label("event_name"),
            Event.starts_at.label("event_starts_at"),
            Message.due_at,
            Message.useful_until,
            masking.free_text(_unless_queued(Message.body), full=full),
            *(_unless_queued(column) for column in (Message.encoding, Message.segments)),
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
            Message.campaign_id,
            Customer.first_name,
            Customer.last_name,
        )
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(Customer, Customer.id == Message.customer_id)
    )


def _unless_queued(column: Any) -> Any:
    """NULL while the text is queued: it is rendered when it is sent, whatever an earlier attempt said."""
    waits = and_(Message.state.in_(NOT_YET_GONE), Message.kind.not_in(facts.WRITTEN_WHEN_QUEUED))
    return case((waits, None), else_=column).label(column.key)


def for_customer(
    session: Session, customer_id: UUID, *, now: datetime | None = None, limit: int = MOST_OF_A_CUSTOMER
) -> Sequence[CustomerMessageRow]:
    """Rows of a customer's texts, latest first. `needs_person` is true for those that need attention from staff."""
    require(session, Permission.READ)
    values = {"customer_id": customer_id, "limit": limit, **attention_values(now or clock.now())}
    query = _of_customer(full=masking.sees_numbers(session), emails=venue_of(session).sends_email)
    return session.execute(query, values).all()


@functools.cache
def _of_customer(*, full: bool, emails: bool) -> AnySelect:
    mine = Message.customer_id == bindparam("customer_id", type_=Id())
    wanted = columns_for(full=full, emails=emails).add_columns(needs_attention().label("needs_person")).where(mine)
    return wanted.order_by(moment().desc(), Message.id).limit(bindparam("limit", type_=Integer()))


def listing(
    session: Session,
    where: MessageFilter = MessageFilter(),
    *,
    needs_person: bool = False,
    now: datetime | None = None,
    page: int = 1,
    page_size: int = 50,
) -> Page[MessageRow]:
    """A page of the texts that match, latest first. With `needs_person`, only those that need attention as of `now`."""
    require(session, Permission.READ)
    matching = conditions(session, where)
    if needs_person:
        matching.append(needs_attention())
    counted = select(func.count()).select_from(Message).outerjoin(Customer, Customer.id == Message.customer_id)
    values = attention_values(now or clock.now()) if needs_person else {}
    total = session.scalar(counted.where(*matching), values, execution_options=PLANNED_EACH_TIME) or 0
    page = nearest_page(page, total, page_size)
    rows = session.execute(
        columns(session).where(*matching).order_by(*LATEST_FIRST).limit(page_size).offset(offset_of(page, page_size)),
        values,
        execution_options=PLANNED_EACH_TIME,
    ).all()
    return Page(rows, total, page, page_size)


def found(session: Session, where: MessageFilter) -> AnySelect:
    """A query for the texts that match, latest first, to be read as a stream."""
    require(session, Permission.READ)
    query: AnySelect = columns(session).where(*conditions(session, where)).order_by(*LATEST_FIRST)
    return query.execution_options(**PLANNED_EACH_TIME)


def every(session: Session, where: MessageFilter = MessageFilter()) -> Any:
    """The texts that match as a stream of rows, oldest first. The session must be from `reading_at_length`."""
    require(session, Permission.READ)
    query = columns(session).where(*conditions(session, where)).order_by(Message.created_at, Message.id)
    return session.execute(query.execution_options(yield_per=500))


def story(session: Session, message_id: UUID, *, now: datetime | None = None) -> Story:
    """One message with its attempts, the first one first. Raises NotFound."""
    require(session, Permission.READ)
    message = session.execute(columns(session).where(Message.id == message_id)).first()
    if message is None:
        raise NotFound("This message no longer exists.")
    attempts = session.execute(
        _attempt_columns(full=masking.sees_numbers(session))
        .where(MessageAttempt.message_id == message_id)
        .order_by(MessageAttempt.fence)
    ).all()
    lost = select(Message.id).where(Message.id == message_id, needs_attention())
    is_lost = session.scalar(lost, attention_values(now or clock.now())) is not None
    return Story(message, attempts, sent_again(session, message_id), is_lost)


@functools.cache
def _attempt_columns(*, full: bool) -> AnySelect:
    columns = MessageAttempt.__table__.c
    # The provider may repeat the number in its answer.
    return select(*(masking.free_text(each, full=full) if each.key == "detail" else each for each in columns))


def due_next(session: Session, *, limit: int = 10) -> Sequence[MessageRow]:
    """The next scheduled texts, soonest first, without bulk texts."""
    require(session, Permission.READ)
    query = _due_next(full=masking.sees_numbers(session), emails=venue_of(session).sends_email)
    return session.execute(query, {"limit": limit}).all()


@functools.cache
def _due_next(*, full: bool, emails: bool) -> AnySelect:
    planned = columns_for(full=full, emails=emails).where(
        Message.state == State.PLANNED.value, Message.campaign_id.is_(None)
    )
    return planned.order_by(Message.due_at, Message.id).limit(bindparam("limit", type_=Integer()))


def attention_values(now: datetime) -> dict[str, datetime]:
    """The parameters of `needs_attention`."""
    return {"now": now, "since": now - LOST_FOR}


@functools.cache
def needs_attention() -> ColumnElement[bool]:
    """A SQL condition: a text of the last 30 days that did not, or may not, reach the guest, and is not marked as
    handled. Texts about an event that has begun are left out unless their delivery is unknown, and those about a
    deleted booking if the guest is booked again. Its parameters are `attention_values`."""
    blocked = or_(
        Message.cause.in_(OF_THE_NUMBER),
        # Too late after an outage. A late 7-day reminder does not matter: the 24-hour one follows.
        and_(Message.cause == Cause.TOO_LATE.value, Message.kind != Kind.REMINDER_7_DAY.value),
    )
    begun = select(Event.id).where(Event.id == Message.event_id, Event.starts_at <= bindparam("now", type_=Instant()))
    over = begun.correlate(Message).exists()
    return and_(
        text(NOT_DEALT_WITH),
        # The customers of these texts were deleted.
        Message.mobile_number.is_not(None),
        Message.erase_when_settled.is_(False),
        # Of news and offers, the page of the bulk text says who did not get it.
        Message.kind != Kind.CAMPAIGN.value,
        ~is_booked_again(),
        Message.updated_at >= bindparam("since", type_=Instant()),
        or_(
            Message.state == State.UNSURE.value,
            and_(or_(Message.state.in_(LOST), and_(Message.state == State.SKIPPED.value, blocked)), ~over),
        ),
    )


def is_booked_again() -> ColumnElement[bool]:
    """A SQL condition: the text is about a booking that was deleted, and its guest is booked on the event again."""
    theirs = and_(Booking.customer_id == Message.customer_id, Booking.event_id == Message.event_id)
    return and_(Message.booking_id.is_(None), select(Booking.id).where(theirs).correlate(Message).exists())


def sent_again(session: Session, message_id: UUID) -> Sequence[AnyRow]:
    """The texts that were sent in place of this one, the first one first."""
    require(session, Permission.READ)
    return session.execute(columns(session).where(Message.again_of_id == message_id).order_by(Message.created_at)).all()
