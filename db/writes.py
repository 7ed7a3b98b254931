"""All writes that bypass the ORM: the only module that uses SQLAlchemy's insert, update and delete.

Each function takes the class of the table it writes to. The session is flushed first. Objects that the session has
loaded already are not refreshed. While an act is recorded (db/changes.py), each function reports the rows it changed.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Table,
    Update,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from db import changes
from db.keys import with_keys
from db.models import Base

Entity = TypeVar("Entity", bound=Base)
Rows = Sequence[Mapping[str, Any]]

# About as many as psycopg sends in one batch.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Rows) -> int:
    """Insert the rows whose unique keys do not exist yet, and return how many. Concurrent callers insert each once."""
    statement = _insert_unless_taken(session, _core_table(table))
    batches = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
    watch = changes.watch(session, table)
    if watch is not None:
        return sum(_insert_watched(session, statement, watch, batch) for batch in batches)
    statement = statement.execution_options(preserve_rowcount=True)
    return sum(_execute(session, statement, batch).rowcount for batch in batches)


def insert_one(session: Session, table: type[Entity], values: Mapping[str, Any]) -> Entity | None:
    """Insert one row and return its object; None when one of its unique keys exists already.

    This takes one statement; a savepoint around the insert would take three.
    """
    statement = _insert_unless_taken(session, table).values(values).returning(table)
    row = cast("Entity | None", _execute(session, statement).scalar())
    watch = changes.watch(session, table)
    if watch is not None and row is not None:
        watch.inserted([{column.name: getattr(row, column.name) for column in watch.table.c}])
    return row


def insert_numbered(session: Session, table: type[Base], values: Mapping[str, Any]) -> int:
    """Insert one row, and return the `id` that the database gave it."""
    columns = _core_table(table).c
    return int(_execute(session, insert(_core_table(table)).returning(columns.id), [values]).scalar_one())


def insert_new(session: Session, table: type[Base], rows: Rows) -> None:
    """Insert new rows, which must all have the same columns. Raises IntegrityError when one exists already."""
    watch = changes.watch(session, table)
    if watch is not None:
        rows = [watch.complete(row) for row in rows]
    _execute(session, insert(_core_table(table)), rows, copy=_on_postgresql(session))
    if watch is not None:
        watch.inserted(rows)


def update_where(session: Session, table: type[Base], where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Write these values, which may be SQL expressions, to the rows that match `where`, and return their number."""
    watch = changes.watch(session, table, values)
    if watch is None:
        in_order = update(table).where(_locked_in_order(session, table, where)).values(values)
        return int(_execute(session, in_order).rowcount)
    statement = update(table).where(where).values(values)
    before = watch.rows(where, values)
    after = watch.by_key(_execute(session, statement.returning(*watch.columns(values))).mappings())
    watch.updated(before, after)
    return len(after)


def _locked_in_order(session: Session, table: type[Base], where: ColumnElement[bool]) -> ColumnElement[bool]:
    """`where`, with its rows locked in the order of their keys: of two sessions that write the same rows, each could
    otherwise have locked one that the other waits for. SQLite has one writer at a time."""
    if not _on_postgresql(session):
        return where
    key = tuple(_core_table(table).primary_key)
    rows = select(*key).where(where).order_by(*key).with_for_update(key_share=True).correlate(None)
    return tuple_(*key).in_(rows) if len(key) > 1 else key[0].in_(rows)


def update_each(
    session: Session,
    table: type[Base],
    rows: Rows,
    *,
    by: tuple[str, ...] = ("id",),
    where: ColumnElement[bool] | None = None,
) -> None:
    """Write each row's own values to the stored row with the same `by` columns, if that row matches `where`.

    All rows must have the same columns.
    """
    names = tuple(rows[0])
    watch = changes.watch(session, table, names)
    before = watch.rows(_same_keys(table, rows, by, where), names) if watch else {}
    _update_each(session, table, rows, names, by, where)
    if watch is not None and before:
        still = tuple_(*watch.key).in_(list(before))
        watch.updated(before, watch.rows(still, names))


def _same_keys(
    table: type[Base], rows: Rows, by: tuple[str, ...], where: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    keys = tuple_(*(_core_table(table).c[name] for name in by))
    these = keys.in_([tuple(row[name] for name in by) for row in rows])
    return these if where is None else and_(these, where)


def _update_each(
    session: Session,
    table: type[Base],
    rows: Rows,
    names: tuple[str, ...],
    by: tuple[str, ...],
    where: ColumnElement[bool] | None,
) -> None:
    if _on_postgresql(session):
        # One statement for all rows, which is much faster than one for each.
        first = rows[0]
        same = tuple(name for name in names if name not in by and all(row[name] == first[name] for row in rows))
        parameters = {_parameter(name): first[name] if name in same else [row[name] for row in rows] for name in names}
        _execute(session, _update_from_arrays(table, names, same, by, where), [parameters])
    else:
        each = [{_parameter(name): row[name] for name in names} for row in rows]
        _execute(session, _update_one(table, names, by, where), each)


def delete_where(session: Session, table: type[Base], where: ColumnElement[bool]) -> int:
    """Delete the rows that match `where`, and return their number."""
    watch = changes.watch(session, table)
    if watch is not None:
        watch.deleted(list(watch.rows(where).values()))
    return int(_execute(session, delete(table).where(where)).rowcount)


def delete_rows(session: Session, table: type[Base], rows: Rows) -> None:
    """Delete these rows, which were read with all their columns and locked: they are not read again."""
    watch = changes.watch(session, table)
    if watch is not None:
        watch.deleted(rows)
    stored = _core_table(table)
    keys = [tuple(row[column.name] for column in stored.primary_key) for row in rows]
    _execute(session, delete(table).where(with_keys(stored, keys)))


def add_once(session: Session, row: Entity) -> Entity:
    """Add a row by the ORM and return it; or return the row that was added with the same `form_token` before.

    So a form that is submitted twice adds one row. The table needs a unique `form_token`; None is always added.
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


def _insert_watched(session: Session, statement: Any, watch: changes.Watch, rows: Rows) -> int:
    """Insert the rows whose unique keys do not exist yet, record them, and return how many."""
    given = watch.by_key([watch.complete(row) for row in rows])
    if any(column.name in rows[0] for column in watch.key):
        stored = watch.by_key(_execute(session, statement.returning(*watch.key), list(given.values())).mappings())
    else:
        # The keys are new: mostly all rows are inserted, and otherwise the keys say which. RETURNING takes longer.
        quick = statement.execution_options(preserve_rowcount=True)
        all_stored = _execute(session, quick, list(given.values())).rowcount == len(given)
        stored = given if all_stored else watch.rows(tuple_(*watch.key).in_(list(given)), ())
    watch.inserted(row for key, row in given.items() if key in stored)
    return len(stored)


def _execute(session: Session, statement: Insert | Update | Delete, rows: Rows = (), *, copy: bool = False) -> Any:
    """Run one write and return its result. All writes above end here; `statement.table` is the table."""
    if copy:
        session.flush()
        return _copy(session, statement.table, rows)
    return session.execute(statement, rows or None, execution_options={"synchronize_session": False})


def _copy(session: Session, table: Any, rows: Rows) -> None:
    """Insert rows by PostgreSQL's COPY, which takes a quarter of the time."""
    names = list(rows[0])
    driver: Any = session.connection().connection.driver_connection
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except psycopg.Error as error:
        # As SQLAlchemy raises it for all other statements, without the values.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=session.get_bind().dialect
        ) from error


def _insert_unless_taken(session: Session, table: Any) -> Any:
    maker: Any = postgresql.insert if _on_postgresql(session) else sqlite.insert
    return maker(table).on_conflict_do_nothing()


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _core_table(table: type[Base]) -> Table:
    return cast("Table", table.__table__)


@functools.cache
def _update_from_arrays(
    table: type[Base],
    names: tuple[str, ...],
    same: tuple[str, ...],
    by: tuple[str, ...],
    where: ColumnElement[bool] | None,
) -> Update:
    """An update from one array for each column, and from a single value for columns that are the `same` in all rows."""
    columns = {name: table.__table__.c[name] for name in names}
    own = [each for name, each in columns.items() if name not in same]
    arrays = [bindparam(_parameter(each.name), type_=ARRAY(each.type)) for each in own]
    rows = func.unnest(*arrays).table_valued(*(column(each.name, each.type) for each in own)).render_derived()
    shared = {name: bindparam(_parameter(name), type_=columns[name].type) for name in same}
    return _update(table, {name: shared[name] if name in same else rows.c[name] for name in names}, by, where)


@functools.cache
def _update_one(
    table: type[Base], names: tuple[str, ...], by: tuple[str, ...], where: ColumnElement[bool] | None
) -> Update:
    columns = table.__table__.c
    parameters = {name: bindparam(_parameter(name), type_=columns[name].type) for name in names}
    return _update(table, parameters, by, where)


def _update(
    table: type[Base], parameters: dict[str, Any], by: tuple[str, ...], where: ColumnElement[bool] | None
) -> Update:
    stored = _core_table(table)
    these = [stored.c[name] == parameters[name] for name in by] + ([] if where is None else [where])
    return update(stored).where(*these).values({name: value for name, value in parameters.items() if name not in by})


def _parameter(name: str) -> str:
    return f"value_{name}"
