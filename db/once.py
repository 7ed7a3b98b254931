"""Writing a row that may be there already."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import Base

# SQLite allows 32,766 values in a statement, PostgreSQL 65,535.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose unique keys are not taken yet; how many went in. Two callers at once insert each once."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        statement = dialect.insert(table).values(rows[start : start + ROWS_AT_ONCE]).on_conflict_do_nothing()
        counted = statement.execution_options(preserve_rowcount=True)
        inserted += cast("CursorResult[Any]", session.execute(counted)).rowcount
    return inserted
