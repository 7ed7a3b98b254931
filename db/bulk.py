"""Writing many rows at once, the way each database does it fastest."""

import functools
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, Update, any_, bindparam, column, func, insert, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import Base


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, none of which may be there already."""
    stored = cast("Table", table.__table__)
    if session.get_bind().dialect.name != "postgresql":
        session.connection().execute(insert(stored), list(rows))
        return
    names = list(rows[0])
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {stored.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def update_each(
    session: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    by: tuple[str, ...] = ("id",),
    where: ColumnElement[bool] | None = None,
) -> None:
    """Write to rows that are there already, each its own values, unless `where` is not true of them.

    All rows must have the same columns; `by` names those that say which row it is.
    """
    names = tuple(rows[0])
    if session.get_bind().dialect.name == "postgresql":
        # One statement for all: each by itself would be planned, run and answered by itself.
        first = rows[0]
        same = tuple(name for name in names if name not in by and all(row[name] == first[name] for row in rows))
        given = {_given(name): first[name] if name in same else [row[name] for row in rows] for name in names}
        session.connection().execute(_update_from_arrays(table, names, same, by, where), given)
    else:
        each = [{_given(name): row[name] for name in names} for row in rows]
        session.connection().execute(_update_one(table, names, by, where), each)


def one_of(session: Session, of: InstrumentedAttribute[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a column is one of these values. On PostgreSQL they are one array: lists of other lengths would be other
    statements, each planned anew."""
    if session.get_bind().dialect.name != "postgresql":
        return of.in_(values)
    return of == any_(bindparam(None, values, type_=ARRAY(of.type)))


@functools.cache
def _update_from_arrays(
    table: type[Base],
    names: tuple[str, ...],
    same: tuple[str, ...],
    by: tuple[str, ...],
    where: ColumnElement[bool] | None,
) -> Update:
    """An array for each column, but one value where it is the `same` for all rows: an array is long to write."""
    columns = {name: table.__table__.c[name] for name in names}
    own = [each for name, each in columns.items() if name not in same]
    arrays = [bindparam(_given(each.name), type_=ARRAY(each.type)) for each in own]
    rows = func.unnest(*arrays).table_valued(*(column(each.name, each.type) for each in own)).render_derived()
    shared = {name: bindparam(_given(name), type_=columns[name].type) for name in same}
    return _update(table, {name: shared[name] if name in same else rows.c[name] for name in names}, by, where)


@functools.cache
def _update_one(
    table: type[Base], names: tuple[str, ...], by: tuple[str, ...], where: ColumnElement[bool] | None
) -> Update:
    columns = table.__table__.c
    given = {name: bindparam(_given(name), type_=columns[name].type) for name in names}
    return _update(table, given, by, where)


def _update(table: type[Base], given: dict[str, Any], by: tuple[str, ...], where: ColumnElement[bool] | None) -> Update:
    stored = cast("Table", table.__table__)
    these = [stored.c[name] == given[name] for name in by] + ([] if where is None else [where])
    return update(stored).where(*these).values({name: value for name, value in given.items() if name not in by})


def _given(name: str) -> str:
    return f"given_{name}"
