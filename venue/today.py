"""What staff need to know at a glance: what is on, what goes out next, what needs them, whether texts go at all."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, type_coerce, union_all
from sqlalchemy.orm import Session

from db.models import Heartbeat, Message, Pause, VenueSetting
from db.types import AnyRow, AnySelect, Instant
from venue import calls, clock, events, message_log, outbox, restore_guard
from venue.delivery import ALIVE_FOR, DAY_USED_UP, SENDING_HELD
from venue.house import house_of
from venue.message_states import State
from venue.pauses import Paused
from venue.restore_guard import Guard
from venue.staff import Permission, require

WEEK = timedelta(days=8)
MOST_NEXT = 5
LOST = (State.FAILED.value, State.UNDELIVERED.value)


@dataclass(frozen=True)
class SchedulerState:
    """Whether a scheduler is alive, when one was last seen, what is not sent, and what is wrong with its clock.

    `limit` says that the day's limit keeps texts back, or nothing.
    """

    alive: bool
    last_seen_at: datetime | None
    paused: Sequence[Paused] = ()
    clocks: Sequence[str] = ()
    guard: Guard | None = None
    limit: str = ""


@dataclass(frozen=True)
class Overview:
    """The first screen: today's and tomorrow's events, the rest of the week's, and the state of the texts."""

    events: Sequence[AnyRow]
    later: Sequence[AnyRow]
    failed: int
    unsure: int
    needs_a_person: int
    people_to_call: int
    replies: int
    due_next: Sequence[AnyRow]
    going_out_this_week: int


def overview(session: Session, *, now: datetime) -> Overview:
    """What is on in the venue's coming days, and the state of the texts: three questions in all."""
    require(session, Permission.READ)
    zone = house_of(session).zone
    day_after = clock.start_of(clock.today(now, zone) + timedelta(days=2), zone)
    week = events.coming(session, now=now, until=now + WEEK)
    counts = _counts(session, now)
    return Overview(
        events=[event for event in week if event.starts_at < day_after],
        later=[event for event in week if event.starts_at >= day_after],
        failed=counts.failed or 0,
        unsure=counts.unsure or 0,
        needs_a_person=counts.texts or 0,
        people_to_call=counts.people,
        replies=counts.replies,
        due_next=message_log.due_next(session, limit=MOST_NEXT),
        going_out_this_week=counts.going_out,
    )


def _counts(session: Session, now: datetime) -> AnyRow:
    """What each list of texts is going to hold, in one question."""
    return session.execute(_counting(), {**message_log.as_of(now), "week_ends": now + outbox.WEEK}).one()


@functools.cache
def _counting() -> AnySelect:
    person = (Message.customer_id, Message.mobile_number)
    lost = (
        select(
            func.count().label("texts"),
            func.count().filter(Message.state.in_(LOST)).label("failed"),
            func.count().filter(Message.state == State.UNSURE.value).label("unsure"),
        )
        .where(message_log.needs_a_person())
        .group_by(*person)
        .subquery()
    )
    return select(
        func.count().label("people"),
        func.sum(lost.c.texts).label("texts"),
        func.sum(lost.c.failed).label("failed"),
        func.sum(lost.c.unsure).label("unsure"),
        calls.count_replies().label("replies"),
        outbox.count_planned().label("going_out"),
    ).select_from(lost)


# The banner of every screen asks this: put into SQL once, and one question for the lot.
_BEAT, _CLOCK, _PAUSE, _GUARD, _LIMIT = "beat", "clock", "pause", "guard", "limit"
_beats, _pauses, _settings = Heartbeat.__table__.c, Pause.__table__.c, VenueSetting.__table__.c


def _told(what: str, name: Any, words: Any, at: Any) -> Any:
    said: tuple[Any, ...] = (literal_column(f"'{what}'").label("what"), name.label("name"), words.label("words"))
    return select(*said, type_coerce(at, Instant()).label("at"))


_SCHEDULER = union_all(
    _told(_BEAT, literal_column("''"), literal_column("''"), func.max(_beats.seen_at)),
    _told(_CLOCK, _beats.worker, _beats.note, _beats.seen_at).where(
        _beats.seen_at > bindparam("alive_since", type_=Instant()), _beats.note != ""
    ),
    _told(_PAUSE, _pauses.scope, _pauses.reason, _pauses.paused_at),
    _told(_GUARD, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == SENDING_HELD),
    _told(_LIMIT, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == DAY_USED_UP),
)


def scheduler_state(session: Session, *, now: datetime) -> SchedulerState:
    """From the heartbeats: alive when one was seen in the last minute and a half."""
    rows = sorted(session.execute(_SCHEDULER, {"alive_since": now - ALIVE_FOR}), key=lambda row: row.name)
    told = {what: [row for row in rows if row.what == what] for what in (_BEAT, _CLOCK, _PAUSE, _GUARD, _LIMIT)}
    seen_at = told[_BEAT][0].at
    return SchedulerState(
        alive=seen_at is not None and seen_at > now - ALIVE_FOR,
        last_seen_at=seen_at,
        paused=[Paused(row.name, row.words, row.at) for row in told[_PAUSE]],
        clocks=[row.words for row in told[_CLOCK]],
        guard=next((restore_guard.read(row.words, row.at) for row in told[_GUARD]), None),
        limit=next((row.words for row in told[_LIMIT]), ""),
    )
