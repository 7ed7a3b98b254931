"""Traces that erased customers leave in the files of SQLite: removed by the scheduler, soon after each erasure."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import search
from db.models import Erasure, VenueSetting
from db.session import Database, Transaction
from db.writes import insert_once, update_where
from venue.roles import Permission, require

# The venue setting for the last erasure whose traces were removed.
MARK = "mark.traces_removed"


def remove_traces(transaction: Transaction, database: Database, *, now: datetime) -> bool:
    """After an erasure, merge the search index and empty the write-ahead log. Returns whether there was one."""
    with transaction() as session:
        latest = _latest(session)
        marked = session.scalar(select(VenueSetting.value).where(VenueSetting.name == MARK))
    if latest in ("", marked):
        return False
    first = True
    while _merge(transaction, first=first):
        first = False
    # Others may be reading: then it is tried again the next time.
    if database.truncate_log():
        with transaction() as session:
            insert_once(session, VenueSetting, [{"name": MARK, "value": latest, "updated_at": now}])
            update_where(session, VenueSetting, VenueSetting.name == MARK, {"value": latest, "updated_at": now})
    return True


def _latest(session: Session) -> str:
    require(session, Permission.DELIVERY)
    latest = session.scalar(select(func.max(Erasure.erased_at)))
    count = session.scalar(select(func.count()).select_from(Erasure))
    return f"{count} {latest.isoformat()}" if latest else ""


def _merge(transaction: Transaction, *, first: bool) -> bool:
    with transaction() as session:
        return search.merge_index(session, first=first)
