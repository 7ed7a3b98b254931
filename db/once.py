"""Writing a row that may be there already."""

import functools
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Base

# Not more at once than is sent along without waiting for an answer.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose unique keys are not taken yet; how many went in. Two callers at once insert each once."""
    session.flush()
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        statement = _insert(table, session.get_bind().dialect.name)
        inserted += session.connection().execute(statement, rows[start : start + ROWS_AT_ONCE]).rowcount
    return inserted


@functools.cache
def _insert(table: type[Base], dialect: str) -> Insert:
    maker = postgresql if dialect == "postgresql" else sqlite
    statement = maker.insert(cast("Table", table.__table__)).on_conflict_do_nothing()
    counted: Insert = statement.execution_options(preserve_rowcount=True)
    return counted
