"""What the search for duplicates has done: until which entry of the journal, when, and which process is at it now."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import locks
from db.models import VenueSetting
from db.writes import insert_once, update_where
from venue.roles import Permission, require

NAME = "mark.duplicates"


@dataclass(frozen=True)
class Mark:
    """`entry` is the last entry of the journal whose changes were looked at. `passed_at` is when the last complete pass
    began, `checked_at` when anything was last looked at, `lease_until` until when a process may go on with a pass that
    it began at `pass_began_at`. Times are in UTC."""

    entry: int = 0
    passed_at: datetime | None = None
    checked_at: datetime | None = None
    pass_began_at: datetime | None = None
    lease_until: datetime | None = None

    def is_leased(self, now: datetime) -> bool:
        """Whether a process is at a pass."""
        return self.lease_until is not None and self.lease_until > now


def last_checked(session: Session) -> datetime | None:
    """When duplicates were last looked for, in UTC; None before the first time."""
    require(session, Permission.READ)
    return _read(session).checked_at


def locked(session: Session) -> Mark:
    """The mark, which no other process changes until the transaction ends."""
    require(session, Permission.DELIVERY)
    locks.one_at_a_time(session, NAME)
    return _read(session)


def write(session: Session, mark: Mark, *, now: datetime) -> None:
    require(session, Permission.DELIVERY)
    values = {name: each.isoformat() if isinstance(each, datetime) else each for name, each in asdict(mark).items()}
    row = {"name": NAME, "value": json.dumps(values), "updated_at": now}
    if not insert_once(session, VenueSetting, [row]):
        update_where(session, VenueSetting, VenueSetting.name == NAME, row)


def _read(session: Session) -> Mark:
    value = session.scalar(select(VenueSetting.value).where(VenueSetting.name == NAME))
    stored = json.loads(value) if value else {}
    times = {name: datetime.fromisoformat(each) for name, each in stored.items() if isinstance(each, str)}
    return Mark(**{**stored, **times})
