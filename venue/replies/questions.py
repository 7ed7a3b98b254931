"""The question that a reply answers: the last text that was sent to its number before it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Message
from db.types import AnyRow
from sms.texts import Kind
from venue import masking
from venue.messages.states import State
from venue.replies.reading import Question
from venue.roles import Permission, require

# Texts about a booking. After the news that it is cancelled, a reply is about it as well, and is answered truthfully.
ABOUT_BOOKING = {
    Kind.CONFIRMATION.value,
    Kind.CHANGE.value,
    Kind.CANCELLATION.value,
    Kind.REMINDER_7_DAY.value,
    Kind.REMINDER_24_HOUR.value,
    Kind.EVENT_MOVED.value,
    Kind.EVENT_CANCELLED.value,
    Kind.EVENT_ON_AGAIN.value,
}
# An unsure text may have arrived, and one that is being sent.
MAY_HAVE_ARRIVED = [state.value for state in (State.SENDING, State.SENT, State.DELIVERED, State.UNSURE)]
# Two texts about different events within this time: a reply may be meant for either.
TOGETHER = timedelta(hours=12)


@dataclass(frozen=True)
class Asked:
    """An unanswered reply, and what its number was last texted about: None, or the customer and event of that text.
    `is_alone` is False if the reply may as well answer another text."""

    message_id: UUID
    body: str
    received_at: datetime
    replied_by: UUID | None
    question: Question
    customer_id: UUID | None = None
    event_id: UUID | None = None
    is_alone: bool = True


def of_replies(session: Session, message_ids: Collection[UUID]) -> list[Asked]:
    """The unanswered replies among these messages, each with its question."""
    require(session, Permission.READ)
    if not message_ids:
        return []
    reply, text = aliased(Message), aliased(Message)
    last = (
        select(text.id)
        .where(*_sent_before(text, reply))
        .order_by(_gone_at(text).desc(), text.id)
        .limit(1)
        .correlate(reply)
        .scalar_subquery()
    )
    asked = aliased(Message)
    rows = session.execute(
        select(
            reply.id,
            # Rules do not need the numbers in it.
            masking.free_text(reply.body, full=masking.sees_numbers(session)),
            reply.created_at,
            reply.mobile_number,
            reply.customer_id.label("replied_by"),
            asked.id.label("asked_id"),
            asked.kind,
            asked.customer_id,
            asked.event_id,
            _gone_at(asked).label("asked_at"),
        )
        .outerjoin(asked, asked.id == last)
        .where(
            reply.id.in_(list(message_ids)),
            reply.kind == Kind.INBOUND.value,
            reply.state == State.RECEIVED.value,
            reply.handled_at.is_(None),
        )
    ).all()
    together = _others(session, rows)
    return [_asked(row, is_alone=row.id not in together) for row in rows]


def _gone_at(text: type[Message]) -> ColumnElement[datetime]:
    # Not first when the provider said so, which may be long after it arrived: after a crash it is looked for.
    return func.coalesce(text.claimed_at, text.sent_at)


def _sent_before(text: type[Message], reply: type[Message]) -> list[ColumnElement[bool]]:
    return [
        text.mobile_number == reply.mobile_number,
        text.direction == "out",
        text.channel == "text",
        text.state.in_(MAY_HAVE_ARRIVED),
        _gone_at(text) <= reply.created_at,
    ]


def _others(session: Session, rows: Sequence[AnyRow]) -> set[UUID]:
    """The replies that may answer another text: one about another event, or to another guest with the same number, soon
    before; or said in the same text."""
    asked_at = [row.asked_at for row in rows if row.asked_at is not None]
    if not asked_at:
        return set()
    texts = session.execute(
        select(
            Message.mobile_number,
            Message.customer_id,
            Message.event_id,
            Message.sent_with_id,
            _gone_at(Message).label("gone_at"),
        ).where(
            Message.mobile_number.in_({row.mobile_number for row in rows}),
            Message.direction == "out",
            Message.event_id.is_not(None),
            or_(
                Message.sent_with_id.in_({row.asked_id for row in rows}),
                and_(Message.state.in_(MAY_HAVE_ARRIVED), _gone_at(Message) > min(asked_at) - TOGETHER),
            ),
        )
    ).all()
    return {row.id for row in rows if any(_may_answer(row, text) for text in texts)}


def _may_answer(reply: AnyRow, text: AnyRow) -> bool:
    """Whether a reply may answer this text too."""
    if reply.asked_id is None or text.mobile_number != reply.mobile_number:
        return False
    if text.sent_with_id == reply.asked_id:
        return True
    if (text.customer_id, text.event_id) == (reply.customer_id, reply.event_id) or text.gone_at is None:
        return False
    since: datetime = reply.asked_at - TOGETHER
    return bool(since < text.gone_at <= reply.created_at)


def _asked(row: AnyRow, *, is_alone: bool) -> Asked:
    question = _question(row)
    known = question is not Question.OTHER
    # After the news that the offer is off, "OK" may be no answer to it.
    is_off = row.kind == Kind.OFFER_WITHDRAWN
    return Asked(
        row.id,
        row.body or "",
        row.created_at,
        row.replied_by,
        question,
        row.customer_id if known else None,
        row.event_id if known else None,
        is_alone and not is_off,
    )


def _question(row: AnyRow) -> Question:
    if row.event_id is None or row.customer_id is None:
        return Question.OTHER
    if row.kind in (Kind.WAITLIST_OFFER, Kind.OFFER_WITHDRAWN):
        return Question.OFFER
    return Question.BOOKING if row.kind in ABOUT_BOOKING else Question.OTHER
