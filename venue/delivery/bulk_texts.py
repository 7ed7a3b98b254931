"""The bulk texts that are due: who still gets one, within which hours, and how many each minute.

A bulk text is looked for only when nothing else fills what may be sent now, so nothing ever waits behind it. Pausing
and stopping act on what is claimed next: what was claimed before has been handed to the provider.
"""

import functools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from db.models import Campaign, Customer, Message, MessageAttempt, VenueSetting
from db.types import AnyRow, AnySelect, Id, Instant
from sms.texts import Kind
from venue import reminders
from venue.delivery.after_restore import FOUND
from venue.delivery.due_messages import SENDING_HELD, Room
from venue.messages import agreements, facts, outbox
from venue.messages.causes import Cause, Reason
from venue.messages.new_message import BULK
from venue.messages.pauses import AccountPauses
from venue.messages.states import NOT_YET_GONE, State
from venue.profile import venue_of
from venue.roles import Permission, require

# Within a minute, texts are spread over parts of it.
PARTS_OF_A_MINUTE = 6
# One that is not handed to the provider this soon after its claim is claimed again, so that pausing, stopping and STOP
# hold within this time even if the provider is slow.
SEND_WITHIN = timedelta(seconds=2)
# The states of a bulk text that its number got, or may have got.
MAY_HAVE_GOT = (State.SENDING, State.UNSURE, State.SENT, State.DELIVERED, State.UNDELIVERED)


def next_ones(session: Session, room: Room, stops: AccountPauses, now: datetime) -> list[AnyRow]:
    """The next bulk texts that may be sent, as locked rows of `facts.with_facts` with what `why_not` reads. Skips what
    waits in those that were stopped. Exact across schedulers if the caller holds the "claim" lock."""
    require(session, Permission.DELIVERY)
    waiting = session.execute(_WAITING).all() if room.limit > 0 else []
    stopped = [row.id for row in waiting if row.state == "stopped"]
    if stopped:
        skip_waiting(session, stopped, now=now)
    venue = venue_of(session)
    in_hours = reminders.may_leave(now, zone=venue.zone, hours=venue.bulk_texts.hours)
    if room.for_bookings_only or not in_hours or len(waiting) == len(stopped):
        return []
    limit = min(room.limit, room.left - room.kept - _others_within_a_day(session, now))
    due: list[AnyRow] = []
    values = {"now": now, "since": now - timedelta(days=venue.bulk_texts.days_apart)}
    for campaign in (row for row in waiting if row.state == "sending"):
        allowed = min(_allowed(session, campaign.id, campaign.per_minute, now), limit - len(due))
        for statement, at_most in _statements(stops):
            most = min(at_most or allowed, allowed)
            if most > 0:
                rows = session.execute(statement, {**values, "campaign": campaign.id, "limit": most}).all()
                due += _without_same_number(rows, due)
                allowed -= len(rows)
    return due


def why_not(text: AnyRow) -> Reason | None:
    """Why a bulk text, a row of `next_ones`, must not be sent, or None; None for any other text."""
    if text.kind != Kind.CAMPAIGN:
        return None
    if text.campaign_event_id is not None and (text.event_id is None or text.cancelled_at is not None):
        return Reason(Cause.EVENT_CANCELLED)
    if not text.agreed:
        return Reason(Cause.NOT_AGREED)
    return Reason(Cause.TEXTED_LATELY) if text.texted_lately else None


def skip_waiting(session: Session, campaign_ids: Iterable[UUID], *, now: datetime) -> int:
    """Skip the texts that wait in these bulk texts, which were stopped, and return how many."""
    require(session, Permission.BULK, Permission.DELIVERY, ask_again=False)
    these = Message.campaign_id.in_(list(campaign_ids))
    return outbox.skip_planned(session, these, Reason(Cause.CAMPAIGN_STOPPED), now=now)


def texted_since(
    since: ColumnElement[datetime],
    number: ColumnElement[str],
    customer_id: SQLColumnExpression[Any],
    *,
    this: SQLColumnExpression[Any] | None = None,
) -> ColumnElement[bool]:
    """A SQL condition: this number, or this customer at another number, got a bulk text since then, or at any time
    the bulk text with the id `this`; or may have got it."""
    of_number, of_customer = aliased(Message), aliased(Message)
    return or_(
        exists().where(of_number.mobile_number == number, _is_bulk(of_number), _since(of_number, since, this)),
        exists().where(of_customer.customer_id == customer_id, _is_bulk(of_customer), _since(of_customer, since, this)),
    )


def _is_bulk(text: type[Message]) -> ColumnElement[bool]:
    """Whether it is a bulk text that was or may have been sent. One that a restored backup does not have may be one."""
    may_have_got = text.state.in_([state.value for state in MAY_HAVE_GOT])
    return and_(may_have_got, or_(text.campaign_id.is_not(None), text.dedupe_key.like(f"{FOUND}%")))


def _since(
    text: type[Message], since: ColumnElement[datetime], this: SQLColumnExpression[Any] | None
) -> ColumnElement[bool]:
    # Found texts were not claimed here.
    lately = func.coalesce(text.claimed_at, text.sent_at) > since
    return lately if this is None else or_(lately, text.campaign_id == this)


_WAITING = (
    select(Campaign.id, Campaign.state, Campaign.per_minute)
    .where(
        Campaign.state.in_(("sending", "stopped")),
        exists().where(Message.campaign_id == Campaign.id, Message.state.in_([state.value for state in NOT_YET_GONE])),
    )
    .order_by(Campaign.confirmed_at, Campaign.id)
)


def _others_within_a_day(session: Session, now: datetime) -> int:
    """How many other texts are scheduled within the day whose limit bulk texts would use up."""
    return session.scalar(_OTHERS, {"tomorrow": now + timedelta(days=1)}) or 0


_OTHERS = select(func.count()).where(
    Message.state == literal_column("'planned'"),
    Message.priority < literal_column(str(BULK)),
    Message.due_at <= bindparam("tomorrow", type_=Instant()),
)


def _allowed(session: Session, campaign_id: UUID, per_minute: int, now: datetime) -> int:
    """How many of its texts may be sent now. What was tried counts, so that nothing is made up for after a pause or an
    outage."""
    values: dict[str, Any] = {"campaign": campaign_id, "minute": now - timedelta(minutes=1)}
    values["part"] = now - timedelta(minutes=1) / PARTS_OF_A_MINUTE
    tried = session.execute(_TRIED, values).one()
    in_a_part = -(-per_minute // PARTS_OF_A_MINUTE)
    return max(0, min(per_minute - int(tried.minute), in_a_part - int(tried.part)))


# Not a join: SQLite would look for the attempts of every text that waits.
_campaign_id = select(Message.campaign_id).where(Message.id == MessageAttempt.message_id).scalar_subquery()
_TRIED = select(
    func.count().label("minute"),
    func.count().filter(MessageAttempt.started_at > bindparam("part")).label("part"),
).where(MessageAttempt.started_at > bindparam("minute"), _campaign_id == bindparam("campaign"))


@functools.lru_cache(maxsize=16)
def _statements(stops: AccountPauses) -> list[tuple[AnySelect, int | None]]:
    """The statements that find due texts, each with the most rows to take; None is no limit."""
    return [(_next(which), at_most) for which, at_most in stops.claims()]


def _next(which: ColumnElement[bool]) -> AnySelect:
    since, number = bindparam("since", type_=Instant()), func.coalesce(Customer.mobile_number, Message.mobile_number)
    columns = (
        Campaign.event_id.label("campaign_event_id"),
        agreements.agreed().label("agreed"),
        texted_since(since, number, Message.customer_id, this=Message.campaign_id).label("texted_lately"),
    )
    due = _due(which).subquery()
    return (
        facts.with_facts(full=True)
        .add_columns(*columns)
        .join(Campaign, and_(Campaign.id == Message.campaign_id, Campaign.state == "sending"))
        .join(due, due.c.id == Message.id)
        # Again, for one that another transaction has just changed.
        .where(Message.state == State.PLANNED.value)
        .order_by(Message.due_at, Message.id)
        .with_for_update(skip_locked=True, of=Message)
    )


def _due(which: ColumnElement[bool]) -> AnySelect:
    """The ids of the first ones. Chosen on their own: what else is read of them is not read of all that wait."""
    now = bindparam("now", type_=Instant())
    return (
        select(Message.id)
        .where(
            Message.state == literal_column("'planned'"),
            Message.campaign_id == bindparam("campaign", type_=Id()),
            Message.due_at <= now,
            or_(Message.next_step_at.is_(None), Message.next_step_at <= now),
            which,
            ~select(VenueSetting.name).where(VenueSetting.name == SENDING_HELD).exists(),
        )
        .order_by(Message.due_at, Message.id)
        .limit(bindparam("limit", type_=Integer))
    )


def _without_same_number(rows: Iterable[AnyRow], before: Iterable[AnyRow]) -> list[AnyRow]:
    """Those whose number is not among those before them: the others wait until these have been sent."""
    taken = {row.number_now for row in before}
    kept = []
    for row in rows:
        if row.number_now not in taken:
            taken.add(row.number_now)
            kept.append(row)
    return kept
