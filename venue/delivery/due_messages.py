"""The messages that are due: in which order they are sent, and how many may be sent now."""

import functools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from db.models import Message, MessageAttempt, VenueSetting
from db.types import AnyRow, AnySelect
from venue import reminders
from venue.messages import channels, facts
from venue.messages.channels import Channel
from venue.messages.new_message import BULK, NORMAL
from venue.messages.pauses import AccountPauses
from venue.messages.states import REMINDERS
from venue.profile import venue_of

# While this venue setting exists, nothing is claimed; see `after_restore`.
SENDING_HELD = "flag.sending_held"


@dataclass(frozen=True)
class Rate:
    """The most texts that all schedulers together may send. `kept_for_bookings` is the share of the day's limit that is
    reserved for texts about bookings. `kept_from_bulk` is the share of each second's limit that bulk texts leave free,
    so that a text that becomes due finds room at once."""

    per_second: int = 1_000_000
    per_day: int = 1_000_000
    kept_for_bookings: float = 0.1
    kept_from_bulk: float = 0.2

    @property
    def bulk_per_second(self) -> int:
        """The most texts within a second for bulk texts to be among them; at least 1."""
        return max(1, self.per_second - max(1, int(self.per_second * self.kept_from_bulk)))


@dataclass(frozen=True)
class Room:
    """How many texts may be sent now, how many are left of the day's limit, how many of these are `kept` for texts
    about bookings, whether only those may use what is left, and how many of the `limit` may be bulk texts."""

    limit: int
    left: int
    for_bookings_only: bool
    kept: int = 0
    bulk: int = 0

    def for_bulk(self, claimed: int, *, at_most: int) -> "Room":
        """What remains for bulk texts after this number of others; `at_most` is a limit of the caller."""
        return replace(self, limit=min(self.limit - claimed, self.bulk - claimed, at_most), left=self.left - claimed)


def room(session: Session, rate: Rate, limit: int, now: datetime) -> Room:
    """How many texts may be sent now. Exact across schedulers if the caller holds the "claim" lock."""
    since = {"a_second_ago": now - timedelta(seconds=1), "a_day_ago": now - timedelta(days=1)}
    second, day = session.execute(_STARTED, since).one()
    at_once = min(limit, rate.per_second - second)
    left = rate.per_day - day
    kept = int(rate.per_day * rate.kept_for_bookings)
    return Room(
        limit=max(0, min(at_once, left if left <= kept else left - kept)),
        left=left,
        for_bookings_only=left <= kept,
        kept=kept,
        bulk=max(0, min(limit, rate.bulk_per_second - second)),
    )


# Attempts that the provider did not accept, as during an outage, do not count. Attempts in progress have no outcome
# yet.
_MAY_HAVE_GONE = or_(MessageAttempt.outcome.is_(None), MessageAttempt.outcome.not_in(("notsent", "refused")))
# E-mails have no part in the limits of texts.
_STARTED = select(
    func.count().filter(MessageAttempt.started_at > bindparam("a_second_ago")), func.count().filter(_MAY_HAVE_GONE)
).where(MessageAttempt.started_at > bindparam("a_day_ago"), MessageAttempt.channel == Channel.TEXT.value)


def next_ones(
    session: Session, room: Room, stops: AccountPauses, now: datetime, *, emails: bool = False, most_emails: int = 0
) -> list[AnyRow]:
    """The next messages that may be sent, but for bulk texts, as locked rows of `facts.with_facts`. `emails` is whether
    the venue sends any, `most_emails` how many may go now besides the texts."""
    venue = venue_of(session)
    reminders_too = reminders.may_leave(now, zone=venue.zone, hours=venue.hours)
    due: list[AnyRow] = []
    which = {"reminders_too": reminders_too, "for_bookings_only": room.for_bookings_only, "emails": emails}
    for statement, at_most in _statements(stops, **which):
        limit = min(at_most or room.limit, room.limit - len(due))
        if limit > 0:
            due += session.execute(statement, {"now": now, "limit": limit}).all()
    if emails and most_emails > 0:
        statement = _emails(reminders_too=reminders_too)
        due += session.execute(statement, {"now": now, "limit": most_emails}).all()
    return due


@functools.lru_cache(maxsize=16)
def _statements(
    stops: AccountPauses, *, reminders_too: bool, for_bookings_only: bool, emails: bool
) -> list[tuple[AnySelect, int | None]]:
    """The statements that find due messages, each with the most rows to take; None is no limit."""
    return [
        (_next(which, reminders_too=reminders_too, for_bookings_only=for_bookings_only, emails=emails), at_most)
        for which, at_most in _which(stops, emails=emails)
    ]


def _which(stops: AccountPauses, *, emails: bool) -> list[tuple[ColumnElement[bool], int | None]]:
    """Conditions for the texts that may be claimed, each with the most to claim."""
    if not emails:
        return stops.claims()
    by_text = ~channels.by_email(emails=True)
    return [(and_(which, by_text), at_most) for which, at_most in stops.claims()]


@functools.lru_cache(maxsize=2)
def _emails(*, reminders_too: bool) -> AnySelect:
    which = channels.by_email(emails=True)
    return _next(which, reminders_too=reminders_too, for_bookings_only=False, emails=True)


def _next(which: ColumnElement[bool], *, reminders_too: bool, for_bookings_only: bool, emails: bool) -> AnySelect:
    now = bindparam("now", type_=Message.due_at.type)
    conditions: list[ColumnElement[bool]] = [
        # A literal, so that the partial index on planned messages is used.
        Message.state == literal_column("'planned'"),
        Message.priority < literal_column(str(BULK)),
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
        facts.with_facts(full=True, emails=emails)
        .where(*conditions)
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True, of=Message)
    )
