"""Every write but the ORM's own: the one module that uses SQLAlchemy's insert, update and delete.

Each function is given the class of the table it writes to. What the session has pending is written first; objects that
it has loaded already do not see what is written here.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Delete,
    Insert,
    Table,
    Update,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import Base

Entity = TypeVar("Entity", bound=Base)
Rows = Sequence[Mapping[str, Any]]

# psycopg sends about as many without waiting for an answer.
ROWS_AT_ONCE = 500


def insert_once(session: Session, table: type[Base], rows: Rows) -> int:
    """Insert the rows whose unique keys are not taken yet; how many went in. Two callers at once insert each once."""
    statement = _insert_unless_taken(session, _stored(table)).execution_options(preserve_rowcount=True)
    return sum(
        _written(session, statement, rows[start : start + ROWS_AT_ONCE]).rowcount
        for start in range(0, len(rows), ROWS_AT_ONCE)
    )


def insert_one(session: Session, table: type[Entity], values: Mapping[str, Any]) -> Entity | None:
    """Insert one row and return its object; None when one of its unique keys is taken.

    It is one statement, where a savepoint around the insert would take three.
    """
    statement = _insert_unless_taken(session, table).values(values).returning(table)
    return cast("Entity | None", _written(session, statement).scalar())


def insert_new(session: Session, table: type[Base], rows: Rows) -> None:
    """Insert rows that all have the same columns, and of which none is there already."""
    _written(session, insert(_stored(table)), rows, copy=_on_postgresql(session))


def update_where(session: Session, table: type[Base], where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Write these values, which may be expressions, to the rows of which `where` is true; how many there were."""
    return int(_written(session, update(table).where(where).values(values)).rowcount)


def update_each(
    session: Session,
    table: type[Base],
    rows: Rows,
    *,
    by: tuple[str, ...] = ("id",),
    where: ColumnElement[bool] | None = None,
) -> None:
    """Write to rows that are there already, each its own values, unless `where` is not true of them.

    All rows must have the same columns; `by` names those that say which row it is.
    """
    names = tuple(rows[0])
    if _on_postgresql(session):
        # One statement for all: else each would be planned, run and answered separately.
        first = rows[0]
        same = tuple(name for name in names if name not in by and all(row[name] == first[name] for row in rows))
        given = {_given(name): first[name] if name in same else [row[name] for row in rows] for name in names}
        _written(session, _update_from_arrays(table, names, same, by, where), [given])
    else:
        each = [{_given(name): row[name] for name in names} for row in rows]
        _written(session, _update_one(table, names, by, where), each)


def delete_where(session: Session, table: type[Base], where: ColumnElement[bool]) -> int:
    """Delete the rows of which `where` is true; how many there were."""
    return int(_written(session, delete(table).where(where)).rowcount)


def add_once(session: Session, row: Entity) -> Entity:
    """Add a row that a form makes, by the ORM, and return it; the row that the same form has made before, if it has.

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


def _written(session: Session, statement: Insert | Update | Delete, rows: Rows = (), *, copy: bool = False) -> Any:
    """Run one write, and return its result. Each of the writes above ends here; `statement.table` is the table."""
    if copy:
        session.flush()
        return _copied(session, statement.table, rows)
    return session.execute(statement, rows or None, execution_options={"synchronize_session": False})


def _copied(session: Session, table: Any, rows: Rows) -> None:
    """PostgreSQL's way to take in many rows, which takes a quarter of the time."""
    names = list(rows[0])
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _insert_unless_taken(session: Session, table: Any) -> Any:
    maker: Any = postgresql.insert if _on_postgresql(session) else sqlite.insert
    return maker(table).on_conflict_do_nothing()


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _stored(table: type[Base]) -> Table:
    return cast("Table", table.__table__)


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
    stored = _stored(table)
    these = [stored.c[name] == given[name] for name in by] + ([] if where is None else [where])
    return update(stored).where(*these).values({name: value for name, value in given.items() if name not in by})


def _given(name: str) -> str:
    return f"given_{name}"
