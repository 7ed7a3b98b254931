"""Planned reminders follow the sending hours and the time of day of reminders when these change.

When a reminder falls due is stored when it is planned. The scheduler moves those that the settings of now put at
another time; docs/decisions/0025 says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import Event, Message, VenueSetting
from db.writes import delete_where, insert_once, update_where
from venue import clock, reminders
from venue.messages import planning
from venue.messages.states import State
from venue.profile import Venue, venue_of
from venue.roles import Permission, require

# The venue setting with what the planned reminders follow, and since when.
MARK = "mark.reminders_follow"
# Each scheduler notes what it follows, about every minute, in a setting of its own name.
OF_WORKER = "mark.follows."
LONGEST_WORKER = 64 - len(OF_WORKER)
NOTED_FOR = timedelta(seconds=150)
# Within this time another process may still plan by the settings of before.
ALL_FOLLOW = timedelta(minutes=2)


@dataclass(frozen=True)
class _Group:
    """The planned reminders of one kind for one event that fall due together, and when they should."""

    which: ColumnElement[bool]
    event_id: UUID
    count: int
    due_at: datetime
    useful_until: datetime


def to_move(session: Session) -> int:
    """How many planned reminders the settings, as this session has them, put at another time."""
    require(session, Permission.READ)
    return sum(group.count for group in _groups(session))


def follow_settings(session: Session, *, now: datetime, worker: str = "") -> int:
    """Move the planned reminders that the settings put at another time, and return how many. Looks at them only after
    the settings have changed. Those that are now overdue are sent at once, if it is within the hours.

    Nothing moves while another scheduler follows other settings, as with another environment: each would move what the
    other has moved. `worker` is the scheduler that asks; empty for the command line, whose environment no one follows.
    """
    require(session, Permission.DELIVERY, Permission.IMPORT)
    followed = _what_is_followed(venue_of(session))
    if worker:
        _note(session, worker, followed, now)
    mine = worker[-LONGEST_WORKER:]
    others = {value for other, value in followed_by(session, now=now).items() if other != mine}
    if others - {followed}:
        return 0
    mark = select(VenueSetting.value, VenueSetting.updated_at).where(VenueSetting.name == MARK)
    known = session.execute(mark).first()
    is_new = known is None or known.value != followed
    if known is not None and not is_new and known.updated_at < now - ALL_FOLLOW:
        return 0
    groups = _groups(session)
    _lock(session, groups)
    moved = sum(
        update_where(
            session,
            Message,
            group.which,
            {"due_at": group.due_at, "useful_until": group.useful_until, "updated_at": now},
        )
        for group in groups
    )
    if is_new:
        _store(session, MARK, followed, now)
    return moved


def followed_by(session: Session, *, now: datetime) -> Mapping[str, str]:
    """What each scheduler that ran just now follows, by its name, like "09:00-21:00 event Europe/London"."""
    require(session, Permission.READ, Permission.DELIVERY, Permission.IMPORT)
    noted = VenueSetting.name.startswith(OF_WORKER), VenueSetting.updated_at > now - NOTED_FOR
    rows = session.execute(select(VenueSetting.name, VenueSetting.value).where(*noted))
    return {row.name.removeprefix(OF_WORKER): row.value for row in rows}


def _note(session: Session, worker: str, followed: str, now: datetime) -> None:
    """Note what this scheduler follows, and forget those that are gone."""
    _store(session, OF_WORKER + worker[-LONGEST_WORKER:], followed, now)
    gone = and_(VenueSetting.name.startswith(OF_WORKER), VenueSetting.updated_at < now - timedelta(days=1))
    delete_where(session, VenueSetting, gone)


def _store(session: Session, name: str, value: str, now: datetime) -> None:
    row = {"name": name, "value": value, "updated_at": now}
    if not insert_once(session, VenueSetting, [row]):
        update_where(session, VenueSetting, VenueSetting.name == name, row)


def _what_is_followed(venue: Venue) -> str:
    at = f"{venue.reminders_at:%H:%M}" if venue.reminders_at else "event"
    return f"{clock.format_hours(venue.hours)} {at} {venue.zone.key}"


def _groups(session: Session) -> Sequence[_Group]:
    """Those that are to move. A reminder that staff sent again has its own time."""
    planned = (
        Message.state.in_([State.PLANNED.value, State.HELD.value]),
        Message.kind.in_([kind.value for kind in reminders.KINDS]),
        Message.again_of_id.is_(None),
    )
    columns = (Message.event_id, Message.kind, Message.due_at, Event.starts_at)
    rows = session.execute(
        select(*columns, func.count().label("reminders"))
        .join(Event, Event.id == Message.event_id)
        .where(*planned, Event.cancelled_at.is_(None))
        .group_by(*columns)
    )
    venue = venue_of(session)
    groups = []
    for row in rows:
        due_at, useful_until = planning.times(venue, row.kind, row.starts_at)
        if due_at != row.due_at:
            itself = (Message.event_id == row.event_id, Message.kind == row.kind, Message.due_at == row.due_at)
            groups.append(_Group(and_(*planned, *itself), row.event_id, row.reminders, due_at, useful_until))
    return groups


def _lock(session: Session, groups: Sequence[_Group]) -> None:
    """In the order of their ids, like the sender does, to avoid deadlocks."""
    for group in sorted(groups, key=lambda group: group.event_id):
        session.execute(select(Message.id).where(group.which).order_by(Message.id).with_for_update())
