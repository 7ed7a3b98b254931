"""The rows that an act changed, as its journal entry holds them."""

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.models import JournalValue
from db.recorded import parsed
from venue.journal.undone_rows import ENTITIES
from venue.roles import Permission, require

AT_ONCE = 1_000
Key = tuple[UUID, ...]


@dataclass(frozen=True)
class RecordedRow:
    """A row as the act found it and left it, as Python values. `before` is None if it added it, `after` if it deleted
    it."""

    key: Key
    customer_id: UUID | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def counts(session: Session, entry_id: int) -> Counter[tuple[str, str]]:
    """How many rows of each table the entry changed, by how: "added", "deleted", "changed", or "erased" since."""
    require(session, Permission.READ)
    value = JournalValue
    is_new, is_gone = value.before.is_(None), value.after.is_(None)
    query = select(value.table_name, is_new, is_gone, func.count()).group_by(value.table_name, is_new, is_gone)
    rows = session.execute(query.where(value.entry_id == entry_id, value.table_name.in_(ENTITIES)))
    return Counter({(table, _how(bool(new), bool(gone))): count for table, new, gone, count in rows})


def batches(session: Session, entry_id: int, table: str, how: str) -> Iterator[list[RecordedRow]]:
    """The rows of a table that the entry "added", "deleted" or "changed", in their order, a thousand at a time."""
    require(session, Permission.READ)
    if how not in _CHANGED:
        raise ValueError("no such change of a row")
    value = JournalValue
    columns = (value.position, value.row_id, value.customer_id, value.before, value.after)
    here = and_(value.entry_id == entry_id, value.table_name == table, _CHANGED[how])
    last = -1
    while True:
        query = select(*columns).where(here, value.position > last).order_by(value.position).limit(AT_ONCE)
        stored = session.execute(query).all()
        if not stored:
            return
        last = stored[-1].position
        yield [
            RecordedRow(_key(row.row_id), row.customer_id, _values(table, row.before), _values(table, row.after))
            for row in stored
        ]


def _how(is_new: bool, is_gone: bool) -> str:
    return {(True, False): "added", (False, True): "deleted", (False, False): "changed"}.get(
        (is_new, is_gone), "erased"
    )


_CHANGED: Mapping[str, ColumnElement[bool]] = {
    "added": and_(JournalValue.before.is_(None), JournalValue.after.is_not(None)),
    "deleted": and_(JournalValue.before.is_not(None), JournalValue.after.is_(None)),
    "changed": and_(JournalValue.before.is_not(None), JournalValue.after.is_not(None)),
}


def _key(row_id: str) -> Key:
    return tuple(map(_uuid, row_id.split(" ")))


# A bulk act is about one tag or field.
_uuid = functools.lru_cache(maxsize=4_096)(UUID)


# The rows of a bulk act mostly have the same values.
@functools.lru_cache(maxsize=1_024)
def _values(table: str, stored: str | None) -> Mapping[str, Any] | None:
    """The values that an entry holds, as the columns have them."""
    if stored is None:
        return None
    return {name: parsed(table, name, value) for name, value in json.loads(stored).items()}
