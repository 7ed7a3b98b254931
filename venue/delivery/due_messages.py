"""Which texts are due: in what order, how many may go now, what is known of each, and why one does not after all."""

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from db.models import Message, MessageAttempt, VenueSetting
from db.types import AnyRow, AnySelect
from venue import reminders
from venue.messages import facts
from venue.messages.new_message import NORMAL
from venue.messages.pauses import AccountPauses
from venue.messages.states import REMINDERS
from venue.profile import venue_of

# While this stands among the venue's settings nothing is claimed: venue/restore_guard.py.
SENDING_HELD = "flag.sending_held"


@dataclass(frozen=True)
class Rate:
    """How many texts may go, from all schedulers together; a share of the day is kept for what was just booked."""

    per_second: int = 1_000_000
    per_day: int = 1_000_000
    kept_for_bookings: float = 0.1


@dataclass(frozen=True)
class Room:
    """How many may go at once, what is left of the day, and whether only those about bookings may use it."""

    limit: int
    left: int
    for_bookings_only: bool


def room(session: Session, rate: Rate, limit: int, now: datetime) -> Room:
    """How many may go now. The lock taken before makes the counts exact for all schedulers together."""
    since = {"a_second_ago": now - timedelta(seconds=1), "a_day_ago": now - timedelta(days=1)}
    second, day = session.execute(_STARTED, since).one()
    at_once = min(limit, rate.per_second - second)
    left = rate.per_day - day
    kept = int(rate.per_day * rate.kept_for_bookings)
    return Room(max(0, min(at_once, left if left <= kept else left - kept)), left, left <= kept)


# What was not taken, as for an hour without network, uses up nothing of the day; what is in hand has no outcome yet.
_MAY_HAVE_GONE = or_(MessageAttempt.outcome.is_(None), MessageAttempt.outcome.not_in(("notsent", "refused")))
_STARTED = select(
    func.count().filter(MessageAttempt.started_at > bindparam("a_second_ago")), func.count().filter(_MAY_HAVE_GONE)
).where(MessageAttempt.started_at > bindparam("a_day_ago"))


def next_ones(session: Session, room: Room, stops: AccountPauses, now: datetime) -> list[AnyRow]:
    """The next texts that may go, with all that there is to know of them, locked."""
    venue = venue_of(session)
    reminders_too = reminders.may_leave(now, zone=venue.zone, hours=venue.hours)
    due: list[AnyRow] = []
    for statement, at_most in _ways(stops, reminders_too=reminders_too, for_bookings_only=room.for_bookings_only):
        limit = min(at_most or room.limit, room.limit - len(due))
        if limit > 0:
            due += session.execute(statement, {"now": now, "limit": limit}).all()
    return due


@functools.lru_cache(maxsize=16)
def _ways(stops: AccountPauses, *, reminders_too: bool, for_bookings_only: bool) -> list[tuple[AnySelect, int | None]]:
    """The statements that find due texts, and how many each may take if not all: the same for as long as a pause."""
    return [
        (_next(which, reminders_too=reminders_too, for_bookings_only=for_bookings_only), at_most)
        for which, at_most in stops.claims()
    ]


def _next(which: ColumnElement[bool], *, reminders_too: bool, for_bookings_only: bool) -> AnySelect:
    now = bindparam("now", type_=Message.due_at.type)
    conditions: list[ColumnElement[bool]] = [
        # Spelt out, so that the index of planned texts is used.
        Message.state == literal_column("'planned'"),
        Message.due_at <= now,
        or_(Message.next_step_at.is_(None), Message.next_step_at <= now),
        which,
        ~select(VenueSetting.name).where(VenueSetting.name == SENDING_HELD).exists(),
    ]
    if not reminders_too:
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    if for_bookings_only:
        conditions.append(Message.priority < NORMAL)
    return (
        facts.with_facts()
        .where(*conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=Message)
    )
