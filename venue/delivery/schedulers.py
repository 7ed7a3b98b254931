"""The state of the schedulers, for the banner of every screen: whether one is alive, and what prevents sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select, type_coerce, union_all
from sqlalchemy.orm import Session

from db.models import Heartbeat, Pause, VenueSetting
from db.types import Instant
from db.writes import delete_where, insert_once, update_where
from venue import masking
from venue.delivery import after_restore, due_messages
from venue.delivery.after_restore import Guard
from venue.delivery.due_messages import SENDING_HELD, Rate
from venue.messages import mail_pauses
from venue.messages.pauses import EVERYTHING, MAIL, Paused
from venue.roles import Permission, require

ALIVE_FOR = timedelta(seconds=90)
# The venue setting that exists while the day's limit delays texts. Its value is the sentence for the banner.
DAY_USED_UP = "flag.day_used_up"


@dataclass(frozen=True)
class SchedulerState:
    """Whether a scheduler is alive, when one was last seen (UTC), what is paused or held, and warnings about clocks.

    `limit` is a sentence while the day's limit delays texts, or an empty string.
    """

    alive: bool
    last_seen_at: datetime | None
    paused: Sequence[Paused] = ()
    clocks: Sequence[str] = ()
    guard: Guard | None = None
    limit: str = ""


def beat(session: Session, *, worker: str, started_at: datetime, now: datetime, note: str = "") -> None:
    """Record that a scheduler is alive. `note` is a warning about its machine, or empty."""
    require(session, Permission.DELIVERY)
    insert_once(session, Heartbeat, [{"worker": worker, "started_at": started_at, "seen_at": now, "note": note}])
    update_where(session, Heartbeat, Heartbeat.worker == worker, {"seen_at": now, "note": note})


def note_limit(session: Session, rate: Rate, *, now: datetime) -> None:
    """Set or remove the notice for staff that the day's limit delays texts."""
    require(session, Permission.DELIVERY)
    room = due_messages.room(session, rate, rate.per_day, now)
    noted = VenueSetting.name == DAY_USED_UP
    if not room.for_bookings_only:
        delete_where(session, VenueSetting, noted)
        return
    limit = f"the limit of {rate.per_day:,} texts in 24 hours (see Settings)"
    words = (
        f"All of {limit} is used: the other texts wait"
        if room.left <= 0
        else f"Most of {limit} is used: reminders wait, texts about bookings do not"
    )
    insert_once(session, VenueSetting, [{"name": DAY_USED_UP, "value": words, "updated_at": now}])
    update_where(session, VenueSetting, and_(noted, VenueSetting.value != words), {"value": words})


# One query for everything that the banner shows.
_BEAT, _CLOCK, _PAUSE, _MAIL, _GUARD, _LIMIT = "beat", "clock", "pause", "mail", "guard", "limit"
_beats, _pauses, _settings = Heartbeat.__table__.c, Pause.__table__.c, VenueSetting.__table__.c
_OF_MAIL = _pauses.account.startswith(MAIL)


def _part(what: str, name: Any, words: Any, at: Any) -> Any:
    columns: tuple[Any, ...] = (literal_column(f"'{what}'").label("what"), name.label("name"), words.label("words"))
    return select(*columns, type_coerce(at, Instant()).label("at"))


_SCHEDULER = union_all(
    _part(_BEAT, literal_column("''"), literal_column("''"), func.max(_beats.seen_at)),
    _part(_CLOCK, _beats.worker, _beats.note, _beats.seen_at).where(
        _beats.seen_at > bindparam("alive_since", type_=Instant()), _beats.note != ""
    ),
    _part(_PAUSE, _pauses.scope, _pauses.reason, _pauses.paused_at).where(~_OF_MAIL),
    _part(_MAIL, func.coalesce(_pauses.error_code, ""), _pauses.reason, _pauses.paused_at).where(_OF_MAIL),
    _part(_GUARD, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == SENDING_HELD),
    _part(_LIMIT, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == DAY_USED_UP),
)


def alive_workers(session: Session, *, now: datetime) -> set[str]:
    """The schedulers that were seen in the last 90 seconds, each like "host:4711"."""
    require(session, Permission.READ, Permission.DELIVERY)
    return set(session.scalars(select(Heartbeat.worker).where(Heartbeat.seen_at > now - ALIVE_FOR)))


def state(session: Session, *, now: datetime) -> SchedulerState:
    """The current state. A scheduler is alive if it was seen in the last 90 seconds."""
    rows = session.execute(_SCHEDULER, {"alive_since": now - ALIVE_FOR}).all()
    rows = sorted(rows, key=lambda row: row.name)
    parts = {what: [row for row in rows if row.what == what] for what in (_BEAT, _CLOCK, _PAUSE, _MAIL, _GUARD, _LIMIT)}
    seen_at = parts[_BEAT][0].at
    # In Python: the columns of a union have the types of its first part.
    shown = str if masking.sees_numbers(session) else masking.hide_numbers
    return SchedulerState(
        alive=seen_at is not None and seen_at > now - ALIVE_FOR,
        last_seen_at=seen_at,
        paused=[
            *(Paused(row.name, shown(row.words), row.at) for row in parts[_PAUSE]),
            *(
                Paused(EVERYTHING, shown(row.words), row.at, of_emails=True)
                for row in parts[_MAIL]
                if mail_pauses.is_noticed(row.at, row.name or None, now=now)
            ),
        ],
        clocks=[row.words for row in parts[_CLOCK]],
        guard=next((after_restore.read(row.words, row.at) for row in parts[_GUARD]), None),
        limit=next((row.words for row in parts[_LIMIT]), ""),
    )
