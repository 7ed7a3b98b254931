"""Figures about sending, for monitoring: numbers of texts and ages, without any name or number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from db.models import Message, MessageAttempt
from venue import reminders
from venue.delivery import schedulers
from venue.delivery.schedulers import SchedulerState
from venue.messages.new_message import BULK
from venue.messages.pauses import EVERYTHING
from venue.messages.states import REMINDERS, State
from venue.profile import venue_of
from venue.roles import Permission, require

# A text that could have been sent this long ago, and was not, is late.
LATE_AFTER = timedelta(minutes=5)
LAST_DAY = timedelta(days=1)
# Not ended. Few at any time, so that all of them are counted.
OPEN = (State.PLANNED, State.SENDING, State.UNSURE, State.HELD)
ENDED = (State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.SKIPPED)


@dataclass(frozen=True)
class Texts:
    """How many messages of one state and kind there are."""

    state: str
    kind: str
    count: int


@dataclass(frozen=True)
class Figures:
    """The figures of one moment.

    `open` are all messages that have not ended, `last_day` those that have ended and were due in the last 24 hours.
    `due` may be sent now, and `late` could have been sent over 5 minutes ago; bulk texts and texts to a paused country
    are in neither. `scheduler_seen` is None when none ever was.
    """

    open: Sequence[Texts]
    last_day: Sequence[Texts]
    due: int
    late: int
    schedulers: int
    scheduler_seen: timedelta | None
    paused: bool
    paused_countries: int
    held_after_restore: bool


def figures(session: Session, *, now: datetime) -> Figures:
    """What `/metrics` shows. Each part uses an index: it may be asked every few seconds."""
    require(session, Permission.READ)
    state = schedulers.state(session, now=now)
    return Figures(
        open=_counted(session, _in(OPEN)),
        last_day=_counted(session, and_(_in(ENDED), Message.due_at > now - LAST_DAY, Message.due_at <= now)),
        due=_waiting(session, state, now=now, since=now),
        late=_waiting(session, state, now=now, since=now - LATE_AFTER),
        schedulers=len(schedulers.alive_workers(session, now=now)),
        scheduler_seen=now - state.last_seen_at if state.last_seen_at else None,
        paused=_is_paused(state),
        paused_countries=len(_countries(state)),
        held_after_restore=state.guard is not None,
    )


def why_not_working(session: Session, *, now: datetime) -> str:
    """Why sending stands still, as words for the log; empty while it works, and while there is nothing to send."""
    require(session, Permission.DELIVERY)
    state = schedulers.state(session, now=now)
    if not state.alive:
        return "no scheduler was seen lately"
    if state.guard is not None:
        return "sending is on hold after a restored backup"
    if _is_paused(state):
        return "sending is paused"
    late = _waiting(session, state, now=now, since=now - LATE_AFTER)
    if late and not _count(session, MessageAttempt.started_at > now - LATE_AFTER):
        return f"{late} texts are late, and none was sent lately"
    return ""


def _in(states: Sequence[State]) -> ColumnElement[bool]:
    return Message.state.in_([each.value for each in states])


def _counted(session: Session, which: ColumnElement[bool]) -> Sequence[Texts]:
    query = select(Message.state, Message.kind, func.count()).where(which).group_by(Message.state, Message.kind)
    return [Texts(*row) for row in session.execute(query.order_by(Message.state, Message.kind))]


def _waiting(session: Session, state: SchedulerState, *, now: datetime, since: datetime) -> int:
    """How many texts have been allowed to leave since this instant."""
    venue = venue_of(session)
    conditions = [
        # Literals, so that the partial index on planned messages is used.
        Message.state == literal_column("'planned'"),
        Message.priority < literal_column(str(BULK)),
        Message.due_at <= since,
        or_(Message.next_step_at.is_(None), Message.next_step_at <= since),
        *(or_(Message.mobile_number.is_(None), ~Message.mobile_number.startswith(each)) for each in _countries(state)),
    ]
    # In the morning, those of the night become late only after some minutes within the sending hours.
    if not all(reminders.may_leave(each, zone=venue.zone, hours=venue.hours) for each in (now, since)):
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    return session.scalar(select(func.count()).select_from(Message).where(*conditions)) or 0


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0


def _is_paused(state: SchedulerState) -> bool:
    return any(each.scope == EVERYTHING and not each.of_emails for each in state.paused)


def _countries(state: SchedulerState) -> list[str]:
    return [each.scope for each in state.paused if each.scope != EVERYTHING and not each.of_emails]
