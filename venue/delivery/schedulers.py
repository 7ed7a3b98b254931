"""What schedulers leave for every screen to say: that they are alive, and what keeps texts back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, select, type_coerce, union_all
from sqlalchemy.orm import Session

from db.models import Heartbeat, Pause, VenueSetting
from db.types import Instant
from db.writes import delete_where, insert_once, update_where
from venue.delivery import after_restore, due_messages
from venue.delivery.after_restore import Guard
from venue.delivery.due_messages import SENDING_HELD, Rate
from venue.messages.pauses import Paused
from venue.roles import Permission, require

ALIVE_FOR = timedelta(seconds=90)
# What stands among the venue's settings, for every screen to say, while the day's limit keeps texts back.
DAY_USED_UP = "flag.day_used_up"


@dataclass(frozen=True)
class SchedulerState:
    """Whether a scheduler is alive, when one was last seen, what is not sent, and what is wrong with its clock.

    `limit` says that the day's limit keeps texts back, or nothing.
    """

    alive: bool
    last_seen_at: datetime | None
    paused: Sequence[Paused] = ()
    clocks: Sequence[str] = ()
    guard: Guard | None = None
    limit: str = ""


def beat(session: Session, *, worker: str, started_at: datetime, now: datetime, note: str = "") -> None:
    """Say that a scheduler is alive, and what is wrong with its machine, if anything."""
    require(session, Permission.DELIVERY)
    insert_once(session, Heartbeat, [{"worker": worker, "started_at": started_at, "seen_at": now, "note": note}])
    update_where(session, Heartbeat, Heartbeat.worker == worker, {"seen_at": now, "note": note})


def note_limit(session: Session, rate: Rate, *, now: datetime) -> None:
    """Write down for staff that the day's limit keeps texts back, for as long as it does."""
    require(session, Permission.DELIVERY)
    room = due_messages.room(session, rate, rate.per_day, now)
    noted = VenueSetting.name == DAY_USED_UP
    if not room.for_bookings_only:
        delete_where(session, VenueSetting, noted)
        return
    words = f"the {rate.per_day:,} texts that may go in 24 hours (SMS_PER_DAY) have gone"
    words = (
        f"All of {words}: the others wait" if room.left <= 0 else f"Most of {words}: reminders wait, bookings do not"
    )
    insert_once(session, VenueSetting, [{"name": DAY_USED_UP, "value": words, "updated_at": now}])
    update_where(session, VenueSetting, and_(noted, VenueSetting.value != words), {"value": words})


# The banner of every screen asks this, in one question.
_BEAT, _CLOCK, _PAUSE, _GUARD, _LIMIT = "beat", "clock", "pause", "guard", "limit"
_beats, _pauses, _settings = Heartbeat.__table__.c, Pause.__table__.c, VenueSetting.__table__.c


def _told(what: str, name: Any, words: Any, at: Any) -> Any:
    said: tuple[Any, ...] = (literal_column(f"'{what}'").label("what"), name.label("name"), words.label("words"))
    return select(*said, type_coerce(at, Instant()).label("at"))


_SCHEDULER = union_all(
    _told(_BEAT, literal_column("''"), literal_column("''"), func.max(_beats.seen_at)),
    _told(_CLOCK, _beats.worker, _beats.note, _beats.seen_at).where(
        _beats.seen_at > bindparam("alive_since", type_=Instant()), _beats.note != ""
    ),
    _told(_PAUSE, _pauses.scope, _pauses.reason, _pauses.paused_at),
    _told(_GUARD, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == SENDING_HELD),
    _told(_LIMIT, _settings.name, _settings.value, _settings.updated_at).where(_settings.name == DAY_USED_UP),
)


def state(session: Session, *, now: datetime) -> SchedulerState:
    """From the heartbeats: alive when one was seen in the last minute and a half."""
    rows = session.execute(_SCHEDULER, {"alive_since": now - ALIVE_FOR}).all()
    rows = sorted(rows, key=lambda row: row.name)
    told = {what: [row for row in rows if row.what == what] for what in (_BEAT, _CLOCK, _PAUSE, _GUARD, _LIMIT)}
    seen_at = told[_BEAT][0].at
    return SchedulerState(
        alive=seen_at is not None and seen_at > now - ALIVE_FOR,
        last_seen_at=seen_at,
        paused=[Paused(row.name, row.words, row.at) for row in told[_PAUSE]],
        clocks=[row.words for row in told[_CLOCK]],
        guard=next((after_restore.read(row.words, row.at) for row in told[_GUARD]), None),
        limit=next((row.words for row in told[_LIMIT]), ""),
    )
