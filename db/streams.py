"""Read the rows of a long list without holding them all."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.types import AnyRow, AnySelect

ROWS_AT_ONCE = 1_000


def stream(session: Session, query: AnySelect) -> Iterator[AnyRow]:
    """The rows of a query, some at a time. The session must be from `reading_at_length`."""
    rows: Iterator[AnyRow] = iter(session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)))
    return rows


def count_rows(session: Session, query: AnySelect, most: int) -> int:
    """The number of rows of a query, counted up to `most`."""
    rows = query.order_by(None).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0
