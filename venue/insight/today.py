"""The Today screen: current events, the next texts, and the number of texts and replies that need attention."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Message
from db.types import AnyRow, AnySelect
from venue import clock, events
from venue.messages import log, needs_call, upcoming
from venue.messages.rows import MessageRow
from venue.messages.states import LOST, State
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.rows import EventRow

MOST_NEXT = 5


@dataclass(frozen=True)
class Overview:
    """Events of today and tomorrow, `later` events of this week, and the state of the texts."""

    events: Sequence[EventRow]
    later: Sequence[EventRow]
    failed: int
    unsure: int
    needs_attention: int
    people_to_call: int
    replies: int
    due_next: Sequence[MessageRow]
    going_out_this_week: int


def overview(session: Session, *, now: datetime) -> Overview:
    """The events of this week, in the venue's zone, and the state of the texts, in three queries."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    day_after = clock.start_of(clock.today(now, zone) + timedelta(days=2), zone)
    week = events.upcoming(session, now=now, until=clock.week_ends(now, zone))
    counts = _counts(session, now)
    return Overview(
        events=[event for event in week if event.starts_at < day_after],
        later=[event for event in week if event.starts_at >= day_after],
        failed=counts.failed or 0,
        unsure=counts.unsure or 0,
        needs_attention=counts.texts or 0,
        people_to_call=counts.people,
        replies=counts.replies,
        due_next=log.due_next(session, limit=MOST_NEXT),
        going_out_this_week=counts.going_out,
    )


def _counts(session: Session, now: datetime) -> AnyRow:
    """The number of texts in each list, in one query."""
    week_ends = clock.week_ends(now, venue_of(session).zone)
    return session.execute(_counting(), {**log.attention_values(now), "week_ends": week_ends}).one()


@functools.cache
def _counting() -> AnySelect:
    person = (Message.customer_id, Message.mobile_number)
    lost = (
        select(
            func.count().label("texts"),
            func.count().filter(Message.state.in_(LOST)).label("failed"),
            func.count().filter(Message.state == State.UNSURE.value).label("unsure"),
        )
        .where(log.needs_attention())
        .group_by(*person)
        .subquery()
    )
    return select(
        func.count().label("people"),
        func.sum(lost.c.texts).label("texts"),
        func.sum(lost.c.failed).label("failed"),
        func.sum(lost.c.unsure).label("unsure"),
        needs_call.count_replies().label("replies"),
        upcoming.count_planned().label("going_out"),
    ).select_from(lost)
