"""Figures about sending, for monitoring: numbers of texts and ages, without any name or number."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from channels.gateway import NotSent, Sent
from db.models import Customer, Message, MessageAttempt
from venue import reminders
from venue.delivery import outages, schedulers
from venue.delivery.schedulers import SchedulerState
from venue.messages import channels
from venue.messages.channels import Channel
from venue.messages.new_message import BULK
from venue.messages.pauses import EVERYTHING
from venue.messages.states import REMINDERS, State
from venue.profile import venue_of
from venue.roles import Permission, require

# A text that has been due for this long, and has not gone, is late. It was tried about six times then if it could be.
LATE_AFTER = timedelta(minutes=5)
# Mail servers that ask to wait, as those with greylisting do, mean minutes (RFC 6647, 5).
EMAIL_LATE_AFTER = timedelta(minutes=30)
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
    `due` are the texts whose time has come and that have not gone, also those that are tried again later because the
    provider did not take them; `late` are those of them that were due over 5 minutes ago. Neither counts what is held
    back for a reason: reminders outside the sending hours, bulk texts, texts to a paused country, and a text that
    waits because the provider refused its number for now. `emails_due` and `emails_late` are those of e-mails, which
    are late after 30 minutes. `scheduler_seen` is None when none ever was. `provider_away` is for how long the provider
    of texts has not answered, zero while it does.
    """

    open: Sequence[Texts]
    last_day: Sequence[Texts]
    due: int
    late: int
    emails_due: int
    emails_late: int
    schedulers: int
    scheduler_seen: timedelta | None
    provider_away: timedelta
    paused: bool
    paused_countries: int
    held_after_restore: bool


def figures(session: Session, *, now: datetime) -> Figures:
    """What `/metrics` shows. Each part uses an index: it may be asked every few seconds."""
    require(session, Permission.READ)
    state = schedulers.state(session, now=now)
    away_since = outages.away_since(session)
    waiting = functools.partial(_waiting, session, state, now=now)
    return Figures(
        open=_counted(session, _in(OPEN)),
        last_day=_counted(session, and_(_in(ENDED), Message.due_at > now - LAST_DAY, Message.due_at <= now)),
        due=waiting(Channel.TEXT, since=now),
        late=waiting(Channel.TEXT, since=now - LATE_AFTER),
        emails_due=waiting(Channel.EMAIL, since=now),
        emails_late=waiting(Channel.EMAIL, since=now - EMAIL_LATE_AFTER),
        schedulers=len(schedulers.alive_workers(session, now=now)),
        scheduler_seen=now - state.last_seen_at if state.last_seen_at else None,
        provider_away=now - away_since if away_since else timedelta(0),
        paused=_is_paused(state),
        paused_countries=len(_countries(state)),
        held_after_restore=state.guard is not None,
    )


def why_not_working(session: Session, *, now: datetime) -> str:
    """Why texts do not go, as words for the log; empty while they do, and while there is nothing to send and the
    provider answers."""
    require(session, Permission.DELIVERY)
    state = schedulers.state(session, now=now)
    if not state.alive:
        return "no scheduler was seen lately"
    if state.guard is not None:
        return "sending is on hold after a restored backup"
    if _is_paused(state):
        return "sending is paused"
    if _has_sent(session, since=now - LATE_AFTER):
        return ""
    late = _waiting(session, state, Channel.TEXT, now=now, since=now - LATE_AFTER)
    if late:
        return f"{_are_late(late, 'text', LATE_AFTER)}, and none was sent in that time"
    return _does_not_answer(session, now)


def delays(session: Session, *, now: datetime) -> list[str]:
    """What is late, and for how long the provider of texts has not answered: a sentence each, without a full stop."""
    require(session, Permission.READ)
    state = schedulers.state(session, now=now)
    texts = _waiting(session, state, Channel.TEXT, now=now, since=now - LATE_AFTER)
    emails = _waiting(session, state, Channel.EMAIL, now=now, since=now - EMAIL_LATE_AFTER)
    late = (_are_late(texts, "text", LATE_AFTER), _are_late(emails, "e-mail", EMAIL_LATE_AFTER))
    silence = _does_not_answer(session, now)
    return [*([silence] if silence else ()), *(f"{words}: Messages shows why" for words in late if words)]


def _does_not_answer(session: Session, now: datetime) -> str:
    since = outages.away_since(session)
    if since is None or since > now - LATE_AFTER:
        return ""
    return f"Twilio has not answered for {_in_minutes(now - since)}: can this machine reach the internet?"


def _are_late(count: int, what: str, after: timedelta) -> str:
    if not count:
        return ""
    return f"{count:,} {what}{' is' if count == 1 else 's are'} over {_in_minutes(after)} late"


def _in_minutes(time: timedelta) -> str:
    return f"{time // timedelta(minutes=1):,} minutes"


def _in(states: Sequence[State]) -> ColumnElement[bool]:
    return Message.state.in_([each.value for each in states])


def _counted(session: Session, which: ColumnElement[bool]) -> Sequence[Texts]:
    query = select(Message.state, Message.kind, func.count()).where(which).group_by(Message.state, Message.kind)
    return [Texts(*row) for row in session.execute(query.order_by(Message.state, Message.kind))]


def _waiting(session: Session, state: SchedulerState, channel: Channel, *, now: datetime, since: datetime) -> int:
    """How many messages of this channel have been allowed to leave since this instant."""
    venue = venue_of(session)
    conditions = [
        Message.priority < literal_column(str(BULK)),
        Message.due_at <= since,
        channels.goes_by(emails=venue.sends_email) == channel.value,
    ]
    if channel is Channel.TEXT:
        conditions += [_is_to_none_of(country) for country in _countries(state)]
    # In the morning, those of the night become late only after some minutes within the sending hours.
    if not all(reminders.may_leave(each, zone=venue.zone, hours=venue.hours) for each in (now, since)):
        conditions.append(Message.kind.not_in([kind.value for kind in REMINDERS]))
    counted = select(func.count()).select_from(Message).outerjoin(Customer, Customer.id == Message.customer_id)
    # Two statements, so that each uses an index.
    return sum(session.scalar(counted.where(which, *conditions)) or 0 for which in (_is_queued(since), _IS_IN_RETRY))


def _last_call_failed(fence: Any) -> ColumnElement[bool]:
    """Whether the call with this fence did not reach the provider. It waits for the next one, but is late all the same,
    unlike a message that waits because of its own number."""
    call = and_(MessageAttempt.message_id == Message.id, MessageAttempt.fence == fence)
    return exists().where(call, MessageAttempt.outcome == NotSent.__name__.lower())


# While a message is tried again, it is still one that has not gone.
_IS_IN_RETRY = and_(Message.state == literal_column("'sending'"), _last_call_failed(Message.fence - 1))


def _is_queued(since: datetime) -> ColumnElement[bool]:
    waits_for_nothing = or_(Message.next_step_at.is_(None), Message.next_step_at <= since)
    # A literal, so that the partial index on planned messages is used.
    return and_(Message.state == literal_column("'planned'"), or_(waits_for_nothing, _last_call_failed(Message.fence)))


def _is_to_none_of(country: str) -> ColumnElement[bool]:
    return or_(Message.mobile_number.is_(None), ~Message.mobile_number.startswith(country))


def _has_sent(session: Session, *, since: datetime) -> bool:
    """Whether the provider took a text that was sent to it since then."""
    took = (
        MessageAttempt.started_at > since,
        MessageAttempt.channel == Channel.TEXT.value,
        MessageAttempt.outcome == Sent.__name__.lower(),
    )
    return bool(session.scalar(select(exists().where(*took))))


def _is_paused(state: SchedulerState) -> bool:
    return any(each.scope == EVERYTHING and not each.of_emails for each in state.paused)


def _countries(state: SchedulerState) -> list[str]:
    return [each.scope for each in state.paused if each.scope != EVERYTHING and not each.of_emails]
