"""Writing a row that may be there already."""

import functools
from collections.abc import Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Insert, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import Base

Entity = TypeVar("Entity", bound=Base)

# Not more at once than is sent along without waiting for an answer.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> int:
    """Insert the rows whose unique keys are not taken yet; how many went in. Two callers at once insert each once."""
    inserted = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        result = session.execute(_insert(table, session.get_bind().dialect.name), rows[start : start + ROWS_AT_ONCE])
        inserted += cast("CursorResult[Any]", result).rowcount
    return inserted


def insert_one(session: Session, entity: type[Entity], values: dict[str, Any]) -> Entity | None:
    """Insert one row and give it back; None when one of its unique keys is taken.

    One question, where a savepoint around the insert would take three.
    """
    insert = _maker(session.get_bind().dialect.name)(entity).on_conflict_do_nothing().returning(entity)
    return cast("Entity | None", session.scalar(insert.values(values)))


def add_once(session: Session, row: Entity) -> Entity:
    """Add a row that a form makes, and give it back; when the same form has made one already, give back that one.

    The class of the row has a unique `form_token`; None is of no form.
    """
    entity: Any = type(row)
    token = entity.form_token == cast("Any", row).form_token
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if "form_token" not in str(error.orig):
            raise
        return cast("Entity", session.scalars(select(entity).where(token)).one())
    return row


@functools.cache
def _insert(table: type[Base], dialect: str) -> Insert:
    counted: Insert = _maker(dialect)(cast("Table", table.__table__)).on_conflict_do_nothing()
    return counted.execution_options(preserve_rowcount=True)


def _maker(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert
