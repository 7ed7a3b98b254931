"""The filter of the list of texts. The list, its address, the download and the export use it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from db.models import Message
from sms.texts import Kind
from venue import clock, masking
from venue.filters import Filter, condition, read_yes
from venue.messages.channels import Channel
from venue.messages.states import State
from venue.profile import venue_of


def _read_instant(typed: str) -> datetime:
    instant = datetime.fromisoformat(typed)
    if instant.tzinfo is None:
        raise ValueError(f"{typed} has no time zone")
    return instant


@dataclass(frozen=True)
class MessageFilter(Filter):
    """Matches texts that meet all conditions that are set. `words` are a name or number, `since` is when a text was
    created at the earliest. `on` is the day in the venue's zone on which it was sent or is due, `first_day` and
    `last_day` are the first and the last of these days. `waiting`: not marked as handled."""

    words: str = condition("q", str, default="")
    kind: Kind | None = condition("kind", Kind)
    state: State | None = condition("state", State)
    since: datetime | None = condition("since", _read_instant)
    on: date | None = condition("on", clock.read_day)
    first_day: date | None = condition("from", clock.read_day)
    last_day: date | None = condition("until", clock.read_day)
    channel: Channel | None = condition("channel", Channel)
    waiting: bool = condition("waiting", read_yes, default=False)


def conditions(session: Session, where: MessageFilter) -> list[ColumnElement[bool]]:
    """SQL conditions for the filter: one or two for each field that is set."""
    matching: list[ColumnElement[bool]] = []
    if where.words.strip():
        matching.append(masking.matches(session, where.words))
    if where.kind is not None:
        matching.append(Message.kind == where.kind.value)
    if where.state is not None:
        matching.append(Message.state == where.state.value)
    if where.since is not None:
        matching.append(Message.created_at >= where.since)
    if where.channel is not None:
        matching.append(Message.channel == where.channel.value)
    if where.waiting:
        matching.append(Message.handled_at.is_(None))
    matching += _in_days(session, where.first_day, where.last_day)
    matching += _in_days(session, where.on, where.on)
    return matching


def _in_days(session: Session, first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    zone = venue_of(session).zone
    matching: list[ColumnElement[bool]] = []
    if first is not None:
        matching.append(moment() >= clock.start_of(first, zone))
    if last is not None:
        matching.append(moment() < clock.day_bounds(last, zone)[1])
    return matching


def moment() -> ColumnElement[datetime]:
    """SQL for when a text was sent or is due, or else was created."""
    return func.coalesce(Message.sent_at, Message.due_at, Message.created_at)
