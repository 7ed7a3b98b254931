"""What became of the last call to the owner's watch (PING_URL), for `doctor`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.models import VenueSetting
from db.writes import insert_once, update_where
from venue.roles import Permission, require

LAST_PING = "mark.last_ping"


@dataclass(frozen=True)
class Ping:
    """The last call: when (UTC), and what went wrong; `problem` is empty if it was answered."""

    at: datetime
    problem: str


def note(session: Session, problem: str, *, now: datetime) -> None:
    """Record a call, and what went wrong; empty if nothing did."""
    require(session, Permission.DELIVERY)
    values = {"value": problem, "updated_at": now}
    insert_once(session, VenueSetting, [{"name": LAST_PING, **values}])
    update_where(session, VenueSetting, VenueSetting.name == LAST_PING, values)


def last(session: Session) -> Ping | None:
    """The last call; None before the first."""
    require(session, Permission.READ)
    found = session.get(VenueSetting, LAST_PING)
    return Ping(found.updated_at, found.value) if found else None
