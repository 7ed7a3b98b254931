"""Writing a row that may be there already."""

import functools
from collections.abc import Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, make_transient_to_detached

from db.models import Base
from db.prepared import Prepared

Entity = TypeVar("Entity", bound=Base)

# Not more at once than is sent along without waiting for an answer.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose unique keys are not taken yet; how many went in. Two callers at once insert each once."""
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        insert = _insert(table, session.get_bind().dialect.name, tuple(rows[0]))
        inserted += insert.run(session, rows[start : start + ROWS_AT_ONCE])
    return inserted


def insert_one(session: Session, entity: type[Entity], values: dict[str, Any]) -> Entity | None:
    """Insert one row and give it back; None when one of its unique keys is taken.

    One question, where a savepoint around the insert would take three.
    """
    stored = _insert_one(entity, session.get_bind().dialect.name, tuple(values)).row(session, **values)
    if stored is None:
        return None
    made = entity(**stored._asdict())
    make_transient_to_detached(made)
    session.add(made)
    return made


@functools.cache
def _insert(table: type[Base], dialect: str, columns: tuple[str, ...]) -> Prepared:
    counted: Insert = _maker(dialect)(cast("Table", table.__table__)).on_conflict_do_nothing()
    return Prepared(counted.execution_options(preserve_rowcount=True), columns)


@functools.cache
def _insert_one(table: type[Base], dialect: str, columns: tuple[str, ...]) -> Prepared:
    stored = cast("Table", table.__table__)
    return Prepared(_maker(dialect)(stored).on_conflict_do_nothing().returning(*stored.c), columns)


def _maker(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert
