"""Conversations: what was texted to a customer, or to a number that is no customer's, and what they texted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from db.models import Customer, Message
from sms.texts import Kind
from venue import customers, messages
from venue.acts import Act, act
from venue.customers.merged import survivor_of
from venue.errors import NotFound
from venue.messages import log, needs_call
from venue.messages.rows import MessageRow
from venue.messages.states import NOT_YET_GONE, State
from venue.roles import Permission, require
from venue.wording import full_name

ON_A_PAGE = 20


@dataclass(frozen=True)
class Conversation:
    """The latest texts of a conversation, the oldest of them first, and whether there are `earlier` ones. `customer_id`
    is None for a number that is no customer's. `waiting` are the replies among the texts that are not answered."""

    customer_id: UUID | None
    name: str
    mobile_number: str | None
    texts: Sequence[MessageRow]
    earlier: bool

    @property
    def waiting(self) -> list[UUID]:
        return [text.id for text in self.texts if text.state == State.RECEIVED and text.handled_at is None]


def read(session: Session, subject_id: UUID, *, limit: int = ON_A_PAGE) -> Conversation:
    """The conversation with a customer, or the one that a text is part of. Raises NotFound."""
    require(session, Permission.READ)
    customer_id, number = _subject(session, subject_id)
    rows = session.execute(
        log.columns(session)
        .where(_of(customer_id, number), _may_have_been_read())
        .order_by(func.coalesce(Message.sent_at, Message.created_at).desc(), Message.id)
        .limit(limit + 1)
    ).all()
    texts = list(reversed(rows[:limit]))
    if customer_id is None:
        shown = next((text.mobile_number for text in texts), None)
        return Conversation(None, "", shown, texts, len(rows) > limit)
    customer = customers.row(session, customer_id)
    return Conversation(customer_id, full_name(customer), customer.mobile_number, texts, len(rows) > limit)


@act(Act.TEXT_ANSWERED)
def answer(
    session: Session,
    subject_id: UUID,
    *,
    body: str,
    answered: Sequence[UUID],
    were_waiting: Collection[UUID] = (),
    form_token: str,
    now: datetime,
) -> None:
    """Queue a text to whom the conversation is with, and mark the replies that it answers as handled. A form token that
    was used before queues nothing. `were_waiting` are the replies that were unanswered when staff last saw it. Raises
    NotFound, Invalid, and `needs_call.AnsweredSince` if one of those is not any more."""
    require(session, Permission.TEXTS)
    needs_call.refuse_if_answered(session, were_waiting)
    customer_id, number = _subject(session, subject_id)
    if answered:
        # To the number that texted, even if the customer has another one by now.
        needs_call.answer(session, answered[-1], body=body, form_token=form_token, now=now)
        needs_call.mark_handled(session, answered, now=now)
    elif customer_id is not None:
        messages.text_customer(session, customer_id=customer_id, body=body, form_token=form_token, now=now)
    else:
        messages.text_number(session, mobile_number=number or "", body=body, form_token=form_token, now=now)


def _subject(session: Session, subject_id: UUID) -> tuple[UUID | None, str | None]:
    """The customer with this id, or the customer or else the number of the text with this id."""
    customer_id = survivor_of(session, subject_id) or subject_id
    if session.scalar(select(Customer.id).where(Customer.id == customer_id)) is not None:
        return customer_id, None
    text = session.execute(select(Message.customer_id, Message.mobile_number).where(Message.id == subject_id)).first()
    if text is None or (text.customer_id is None and text.mobile_number is None):
        raise NotFound("This conversation no longer exists.")
    return text.customer_id, text.mobile_number


def _of(customer_id: UUID | None, number: str | None) -> ColumnElement[bool]:
    if customer_id is not None:
        return Message.customer_id == customer_id
    return (Message.mobile_number == number) & Message.customer_id.is_(None)


def _may_have_been_read() -> ColumnElement[bool]:
    """What the guest wrote or may have read, and all that staff wrote: not reminders that are scheduled or skipped."""
    not_gone = [*NOT_YET_GONE, State.SKIPPED.value]
    return or_(Message.state.not_in(not_gone), Message.kind == Kind.MANUAL.value)
