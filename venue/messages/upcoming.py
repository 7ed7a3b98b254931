"""Preview queued texts: those of this week, or one."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, func, select
from sqlalchemy.orm import Session

from db.models import Campaign, Message
from db.types import AnyRow, Instant
from sms import segments
from sms.texts import BadTemplate, Kind
from venue import clock, masking, reminders
from venue.messages import facts, log, outbox, pauses, templates, together
from venue.messages.causes import Cause, Reason
from venue.messages.pauses import Paused
from venue.messages.rows import MessageRow
from venue.messages.states import (
    NOT_YET_GONE,
    REMINDERS,
    State,
)
from venue.messages.together import Together
from venue.profile import Venue, venue_of
from venue.roles import Permission, require
from venue.wording import full_name

# Why the texts of a bulk text in this state wait.
WAITS = {"paused": "the bulk text is paused", "stopped": "the bulk text was stopped"}


@dataclass(frozen=True)
class UpcomingMessage:
    """A queued text: its row, when it will be sent (UTC), and the pause that stops it, or None.

    It is rendered only when `body` is read: a screen shows a few of thousands.
    """

    row: AnyRow
    leaves_at: datetime
    paused: Paused | None
    _venue: Venue
    _template: str
    _together: Together

    @property
    def body(self) -> str:
        """The text as it will be when it is sent, or an empty string if it cannot be rendered."""
        return self._words[0]

    @property
    def why_not(self) -> str:
        """Why it will not be sent, as a sentence, or an empty string."""
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
        if facts.has_fixed_body(row):
            return row.body, why_not
        if row.customer_id is None or row.event_id is None or row.booking_id is None:
            return "", why_not
        try:
            return self._rendered(why_not)
        except BadTemplate:
            return "", why_not or facts.TEMPLATE_ERROR

    def _rendered(self, why_not: str) -> tuple[str, str]:
        row, at = self.row, self.leaves_at
        others = [] if why_not else self._together.others(row, at=at)
        body = together.words(self._venue, self._template, [row, *others], now=at) if others else None
        if body is None:
            alone = facts.to_say(self._venue, row)
            return outbox.render_template(self._venue, Kind(row.kind), self._template, alone, now=at), why_not
        first = min([row, *others], key=lambda text: (_leaves_at(self._venue, text, at), text.due_at, text.id))
        return body, "" if first.id == row.id else Reason(Cause.SENT_TOGETHER, full_name(first)).words


@dataclass(frozen=True)
class Week:
    """The texts of this week, each list soonest first."""

    planned: Sequence[UpcomingMessage]
    held: Sequence[UpcomingMessage]
    skipped: Sequence[MessageRow]

    @property
    def segments(self) -> int:
        """The number of SMS segments that will be paid for. All texts are rendered: about 1 s for 10,000."""
        return sum(text.length.segments for text in self.planned if not text.why_not and not text.row.by_email)


def this_week(session: Session, *, now: datetime) -> Week:
    """The texts scheduled or on hold until `clock.week_ends`, and those skipped that were due in this time. Bulk texts
    have a page of their own."""
    require(session, Permission.READ)
    ends = clock.week_ends(now, venue_of(session).zone)
    planned = _load(session, _planned_in_week(State.PLANNED, ends), now)
    held = _load(session, _planned_in_week(State.HELD, ends), now)
    today = clock.start_of_today(now, venue_of(session).zone)
    these_days = and_(Message.due_at >= today, Message.due_at < ends, Message.campaign_id.is_(None))
    skipped = session.execute(
        log.columns(session)
        .where(
            Message.state == State.SKIPPED.value, Message.direction == "out", Message.campaign_id.is_(None), these_days
        )
        .order_by(Message.due_at, Message.id)
    ).all()
    return Week(planned, held, skipped)


def get(session: Session, message_id: UUID, *, now: datetime) -> UpcomingMessage | None:
    """One queued text, or None if it is no longer scheduled or on hold."""
    require(session, Permission.READ)
    waiting = and_(Message.id == message_id, Message.state.in_(NOT_YET_GONE))
    return next(iter(_load(session, waiting, now)), None)


def why_bulk_text_waits(session: Session, campaign_id: UUID) -> str:
    """Why a queued text of this bulk text was not sent yet: the rest of a sentence after "Waiting:"."""
    require(session, Permission.READ)
    state = session.scalar(select(Campaign.state).where(Campaign.id == campaign_id))
    if state in WAITS:
        return WAITS[state]
    hours = venue_of(session).bulk_texts.hours
    return "bulk texts are sent one after another" + ("" if hours is None else f", {clock.format_hours(hours)}")


def count_planned() -> ScalarSelect[int]:
    """A subquery for the number of texts that `this_week` lists as planned. Its parameter is `week_ends`."""
    due = Message.due_at < bindparam("week_ends", type_=Instant())
    planned = and_(Message.state == State.PLANNED.value, Message.campaign_id.is_(None), due)
    return select(func.count()).select_from(Message).where(planned).scalar_subquery()


def _planned_in_week(state: State, ends: datetime) -> ColumnElement[bool]:
    return and_(Message.state == state.value, Message.campaign_id.is_(None), Message.due_at < ends)


def _load(session: Session, which: ColumnElement[bool], now: datetime) -> list[UpcomingMessage]:
    full = masking.sees_numbers(session)
    reason = masking.free_text(Message.reason, full=full)
    known = facts.with_facts(full=full, emails=venue_of(session).sends_email)
    rows = session.execute(known.add_columns(reason).where(which)).all()
    shared = together.scheduled(session, rows, full=full)
    words = templates.bodies(session)
    paused = pauses.current(session)
    coming = (_upcoming(venue_of(session), row, words, paused, shared, now) for row in rows)
    return sorted(coming, key=lambda text: (text.leaves_at, text.row.id))


def _upcoming(
    venue: Venue, row: AnyRow, words: dict[str, str], paused: Sequence[Paused], shared: Together, now: datetime
) -> UpcomingMessage:
    stopping = next((one for one in paused if one.stops(row.number_now or "", by_email=bool(row.by_email))), None)
    return UpcomingMessage(row, _leaves_at(venue, row, now), stopping, venue, words.get(row.kind, ""), shared)


def _leaves_at(venue: Venue, row: AnyRow, now: datetime) -> datetime:
    """When the text is due, or the earliest time after that at which it may be sent."""
    at: datetime = max(row.due_at, row.next_step_at or row.due_at, now)
    hours = venue.hours
    if row.kind not in REMINDERS or hours is None or reminders.may_leave(at, zone=venue.zone, hours=hours):
        return at
    local = at.astimezone(venue.zone)
    on = local.date() if local.time() < hours.opens else local.date() + timedelta(days=1)
    return clock.at_wall_clock(on, hours.opens, venue.zone)
