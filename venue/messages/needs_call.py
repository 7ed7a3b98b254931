"""Guests who need a call because a text did not reach them, and replies that are not answered yet."""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, case, func, select, text
from sqlalchemy.orm import Session

from db.models import UNANSWERED, Customer, Message
from db.types import AnyRow
from db.writes import update_where
from sms.texts import Kind
from venue import masking
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.messages import log, outbox
from venue.messages.rows import MessageRow
from venue.page import Page, nearest_page, offset_of
from venue.roles import Permission, require
from venue.wording import full_name


@dataclass(frozen=True)
class ToCall:
    """A customer, or a number that is no customer's, and the texts that did not reach them, latest first."""

    customer_id: UUID | None
    name: str
    mobile_number: str
    texts: Sequence[MessageRow]


def listing(session: Session, *, now: datetime, page: int = 1, page_size: int = 25) -> Page[ToCall]:
    """A page of the guests who need a call, those with the most recent failure first."""
    require(session, Permission.READ)
    lost, values = log.needs_attention(), log.attention_values(now)
    person = (Message.customer_id, Message.mobile_number)
    total = people(session, now=now)
    page = nearest_page(page, total, page_size)
    latest = func.max(Message.updated_at).desc()
    shown = masking.number(Message.mobile_number, full=masking.sees_numbers(session)).label("shown_number")
    rows = session.execute(
        select(*person, shown)
        .where(lost)
        .group_by(*person)
        .order_by(latest, Message.mobile_number)
        .limit(page_size)
        .offset(offset_of(page, page_size)),
        values,
    ).all()
    return Page(_with_texts(session, rows, values), total, page, page_size)


def people(session: Session, *, now: datetime) -> int:
    """The number of guests in `listing`."""
    person = select(Message.customer_id, Message.mobile_number).where(log.needs_attention()).distinct()
    return session.scalar(select(func.count()).select_from(person.subquery()), log.attention_values(now)) or 0


def for_event(
    session: Session, *, event_id: UUID, booking_ids: Collection[UUID], now: datetime
) -> Sequence[MessageRow]:
    """The texts about these bookings for an event that did not reach the guest, latest first. For a customer's, see
    `log.for_customer`."""
    require(session, Permission.READ)
    theirs = and_(Message.event_id == event_id, Message.booking_id.in_(booking_ids))
    lost = log.columns(session).where(log.needs_attention(), theirs)
    return session.execute(lost.order_by(Message.updated_at.desc(), Message.id), log.attention_values(now)).all()


def guests_of_event(session: Session, event_id: UUID, *, now: datetime) -> int:
    """The number of bookings for an event with a text that did not reach the guest."""
    require(session, Permission.READ)
    lost = bookings_of_event(event_id).distinct().subquery()
    return session.scalar(select(func.count(lost.c.booking_id)), log.attention_values(now)) or 0


def bookings_of_event(event_id: UUID) -> Select[UUID | None]:
    """A query for the ids of these bookings. Its parameters are `log.attention_values`."""
    return select(Message.booking_id).where(Message.event_id == event_id, log.needs_attention())


def count_replies() -> ScalarSelect[int]:
    """A subquery for the number of incoming texts that are not marked as handled."""
    return select(func.count()).select_from(Message).where(text(UNANSWERED)).scalar_subquery()


def needing_attention(session: Session, *, now: datetime) -> int:
    """The number of texts that need attention, including replies. Every screen runs this query."""
    require(session, Permission.READ)
    return session.scalars(_needing_attention(), log.attention_values(now)).one()


@functools.cache
def _needing_attention() -> Select[int]:
    lost = select(func.count()).select_from(Message).where(log.needs_attention()).scalar_subquery()
    return select(lost + count_replies())


@act(Act.TEXTS_HANDLED)
def mark_handled(session: Session, message_ids: Iterable[UUID], *, now: datetime) -> int:
    """Mark texts as handled, for example after a call, and return how many changed. Calling it again changes
    nothing."""
    actor = require(session, Permission.TEXTS)
    waiting = and_(Message.id.in_(list(message_ids)), Message.handled_at.is_(None))
    return update_where(session, Message, waiting, {"handled_at": now, "handled_by": actor.name})


class AnsweredSince(Invalid):
    """Someone else has dealt with a reply since the form to answer it was opened."""


def refuse_if_answered(session: Session, message_ids: Collection[UUID]) -> None:
    """Raise AnsweredSince if someone else has dealt with one of these replies, which were unanswered when the actor
    began to answer them. Until the transaction ends, no one else can."""
    actor = require(session, Permission.TEXTS)
    columns = (Message.handled_at, Message.handled_by)
    replies = select(*columns).where(Message.id.in_(message_ids)).order_by(Message.id).with_for_update()
    for row in session.execute(replies).all():
        if row.handled_at is not None and row.handled_by != actor.name:
            raise AnsweredSince(
                body=f"{row.handled_by} has already dealt with this reply. Look at the conversation, or press Send "
                "again to send yours too"
            )


@act(Act.TEXT_ANSWERED)
def answer(
    session: Session, message_id: UUID, *, body: str, form_token: str, was_waiting: bool = False, now: datetime
) -> None:
    """Queue an answer to an incoming text, and mark that text as handled. A form token that was used before queues
    nothing. With `was_waiting`, the reply was unanswered when the form was opened. Raises NotFound, Invalid, and
    AnsweredSince for a reply that is not any more."""
    require(session, Permission.TEXTS)
    if was_waiting:
        refuse_if_answered(session, [message_id])
    reply = session.get(Message, message_id)
    if reply is None or reply.kind != Kind.INBOUND:
        raise NotFound("This text no longer exists.")
    # The answer goes to the number that texted, even if the customer has a different number by now.
    owner = session.scalar(select(Customer.mobile_number).where(Customer.id == reply.customer_id))
    if reply.customer_id is not None and owner == reply.mobile_number:
        outbox.text_customer(session, customer_id=reply.customer_id, body=body, form_token=form_token, now=now)
    else:
        outbox.text_number(session, mobile_number=reply.mobile_number or "", body=body, form_token=form_token, now=now)
    mark_handled(session, [message_id], now=now)


def _with_texts(session: Session, rows: Sequence[AnyRow], values: Mapping[str, Any]) -> list[ToCall]:
    if not rows:
        return []
    # Guests are told apart by the place of their number: of the numbers themselves, digits may be hidden.
    places = {row.mobile_number: place for place, row in enumerate(rows)}
    texts = session.execute(
        log.columns(session)
        .add_columns(case(places, value=Message.mobile_number).label("place"))
        .where(log.needs_attention(), Message.mobile_number.in_(places))
        .order_by(Message.updated_at.desc(), Message.id),
        values,
    ).all()
    by_guest: dict[tuple[UUID | None, int], list[AnyRow]] = {}
    for row in texts:
        by_guest.setdefault((row.customer_id, row.place), []).append(row)
    return [_to_call(row, by_guest.get((row.customer_id, places[row.mobile_number]), [])) for row in rows]


def _to_call(row: AnyRow, texts: Sequence[AnyRow]) -> ToCall:
    name = full_name(texts[0]) if texts and texts[0].first_name else ""
    return ToCall(row.customer_id, name, row.shown_number, texts)
