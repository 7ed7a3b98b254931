"""What staff need to know at a glance: what is on, what goes out next, what needs them, whether texts go at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Heartbeat, Message
from db.types import AnyRow
from venue import calls, clock, events, message_log, outbox, pauses, restore_guard
from venue.delivery import ALIVE_FOR
from venue.house import house_of
from venue.message_states import State
from venue.pauses import Paused
from venue.restore_guard import Guard
from venue.staff import Permission, require


@dataclass(frozen=True)
class SchedulerState:
    """Whether a scheduler is alive, when one was last seen, what is not sent, and what is wrong with its clock."""

    alive: bool
    last_seen_at: datetime | None
    paused: Sequence[Paused] = ()
    clocks: Sequence[str] = ()
    guard: Guard | None = None


@dataclass(frozen=True)
class Overview:
    """The first screen."""

    events: Sequence[AnyRow]
    failed: int
    unsure: int
    needs_a_person: int
    people_to_call: int
    replies: int
    due_next: Sequence[AnyRow]
    going_out_today: int
    going_out_this_week: int
    scheduler: SchedulerState


def overview(session: Session, *, now: datetime) -> Overview:
    """Today and tomorrow in the venue's days, and the state of the texts."""
    require(session, Permission.READ)
    zone = house_of(session).zone
    today, tomorrow = clock.day_bounds(clock.today(now, zone), zone)
    day_after = clock.start_of(clock.today(now, zone) + timedelta(days=2), zone)
    lost = message_log.needs_a_person(now)
    planned = (Message.state == State.PLANNED.value, Message.due_at >= today, Message.due_at < tomorrow)
    return Overview(
        events=events.coming(session, now=now, until=day_after),
        failed=_count(session, lost, Message.state.in_((State.FAILED.value, State.UNDELIVERED.value))),
        unsure=_count(session, lost, Message.state == State.UNSURE.value),
        needs_a_person=_count(session, lost),
        people_to_call=calls.people(session, now=now),
        replies=calls.replies_waiting(session),
        due_next=message_log.due_next(session),
        going_out_today=_count(session, *planned),
        going_out_this_week=outbox.planned_in_week(session, now=now),
        scheduler=scheduler_state(session, now=now),
    )


def scheduler_state(session: Session, *, now: datetime) -> SchedulerState:
    """From the heartbeats: alive when one was seen in the last minute and a half."""
    seen_at = session.scalar(select(func.max(Heartbeat.seen_at)))
    alive = Heartbeat.seen_at > now - ALIVE_FOR
    notes = select(Heartbeat.note).where(alive, Heartbeat.note != "").order_by(Heartbeat.worker)
    return SchedulerState(
        alive=seen_at is not None and seen_at > now - ALIVE_FOR,
        last_seen_at=seen_at,
        paused=pauses.standing(session),
        clocks=session.scalars(notes).all(),
        guard=restore_guard.standing(session),
    )


def _count(session: Session, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(*conditions)) or 0
