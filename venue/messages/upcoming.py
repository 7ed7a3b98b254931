"""What waits to go: the coming week before it happens, and what staff may do about one text."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, select
from sqlalchemy.orm import Session

from db.models import Message
from db.types import AnyRow, Instant
from sms import segments
from sms.texts import BadTemplate, Kind
from venue import clock, reminders
from venue.messages import facts, log, outbox, pauses, templates
from venue.messages.causes import Cause, Reason
from venue.messages.pauses import Paused
from venue.messages.rows import MessageRow
from venue.messages.states import (
    NOT_YET_GONE,
    REMINDERS,
    State,
)
from venue.profile import Venue, venue_of
from venue.roles import Permission, require


@dataclass(frozen=True)
class Coming:
    """One text before it goes: its row, when it leaves, and the pause that it waits for the end of.

    Its words are made when they are asked for: of thousands a screen shows a few.
    """

    row: AnyRow
    leaves_at: datetime
    paused: Paused | None
    _venue: Venue
    _template: str

    @property
    def body(self) -> str:
        """As it will be when it leaves, or nothing where it cannot be put into words."""
        return self._words[0]

    @property
    def why_not(self) -> str:
        """Why it will not go after all, or nothing."""
        return self._words[1]

    @property
    def length(self) -> segments.Count:
        return segments.count(self.body)

    @functools.cached_property
    def _words(self) -> tuple[str, str]:
        row, at = self.row, self.leaves_at
        reason = facts.why_not(row)
        if reason is None and row.useful_until is not None and row.useful_until <= at:
            reason = Reason(Cause.TOO_LATE)
        why_not = reason.words if reason else ""
        if facts.has_fixed_words(row):
            return row.body, why_not
        if row.customer_id is None or row.event_id is None or row.booking_id is None:
            return "", why_not
        try:
            return outbox.worded(
                self._venue, Kind(row.kind), self._template, facts.to_say(self._venue, row), now=at
            ), why_not
        except BadTemplate:
            return "", why_not or facts.FAULTY_WORDS


@dataclass(frozen=True)
class Week:
    """The texts of the coming seven days, each list soonest first."""

    planned: Sequence[Coming]
    held: Sequence[Coming]
    skipped: Sequence[MessageRow]

    @property
    def segments(self) -> int:
        """What those that go will cost; a second or so for ten thousand, since all are put into words."""
        return sum(text.length.segments for text in self.planned if not text.why_not)


def coming_week(session: Session, *, now: datetime) -> Week:
    """Every text planned or held until the week ends, and those of these days that were skipped."""
    require(session, Permission.READ)
    ends = clock.week_ends(now, venue_of(session).zone)
    planned = _foreseen(session, _planned_in_week(State.PLANNED, ends), now)
    held = _foreseen(session, _planned_in_week(State.HELD, ends), now)
    today = clock.start_of_today(now, venue_of(session).zone)
    these_days = and_(Message.due_at >= today, Message.due_at < ends)
    skipped = session.execute(
        log.columns()
        .where(Message.state == State.SKIPPED.value, Message.direction == "out", these_days)
        .order_by(Message.due_at, Message.id)
    ).all()
    return Week(planned, held, skipped)


def foresee(session: Session, message_id: UUID, *, now: datetime) -> Coming | None:
    """The same of one text; None when it waits no more."""
    require(session, Permission.READ)
    waiting = and_(Message.id == message_id, Message.state.in_(NOT_YET_GONE))
    return next(iter(_foreseen(session, waiting, now)), None)


def count_planned() -> ScalarSelect[int]:
    """How many texts `coming_week` has as planned, within a question asked with `week_ends`."""
    planned = and_(Message.state == State.PLANNED.value, Message.due_at < bindparam("week_ends", type_=Instant()))
    return select(func.count()).select_from(Message).where(planned).scalar_subquery()


# Foreseeing


def _planned_in_week(state: State, ends: datetime) -> ColumnElement[bool]:
    return and_(Message.state == state.value, Message.due_at < ends)


def _foreseen(session: Session, which: ColumnElement[bool], now: datetime) -> list[Coming]:
    rows = session.execute(
        facts.with_facts().add_columns(Message.due_at, Message.next_step_at, Message.reason).where(which)
    ).all()
    words = templates.bodies(session)
    paused = pauses.standing(session)
    coming = (_coming(venue_of(session), row, words, paused, now) for row in rows)
    return sorted(coming, key=lambda text: (text.leaves_at, text.row.id))


def _coming(venue: Venue, row: AnyRow, words: dict[str, str], paused: Sequence[Paused], now: datetime) -> Coming:
    stopping = next((one for one in paused if one.stops(row.number_now or "")), None)
    return Coming(row, _leaves_at(venue, row, now), stopping, venue, words.get(row.kind, ""))


def _leaves_at(venue: Venue, row: AnyRow, now: datetime) -> datetime:
    """When it is due, or as soon after as it may go."""
    at: datetime = max(row.due_at, row.next_step_at or row.due_at, now)
    hours = venue.hours
    if row.kind not in REMINDERS or hours is None or reminders.may_leave(at, zone=venue.zone, hours=hours):
        return at
    local = at.astimezone(venue.zone)
    on = local.date() if local.time() < hours.opens else local.date() + timedelta(days=1)
    return clock.at_wall_clock(on, hours.opens, venue.zone)
