"""Statements that are asked again and again: put into SQL once, and on SQLite given to the driver itself.

SQLite answers in a few microseconds what SQLAlchemy takes fifty to ask. Beside PostgreSQL's way there and back those do
not count, and SQLAlchemy knows what a lost connection is.
"""

import functools
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Insert, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from db.types import AnyRow, AnySelect

_SQLITE = sqlite.dialect()


class Prepared:
    """A statement whose values are all named; a list in it is always the same. What a session has pending is written
    before.

    Rows are read by name, the same on both databases. An insert says for which `columns` it is given values; the others
    have their defaults.
    """

    def __init__(
        self,
        statement: AnySelect | CompoundSelect[*tuple[Any, ...]] | Insert | Update,
        columns: Sequence[str] | None = None,
    ):
        self.statement = statement
        self._columns = columns

    def row(self, session: Session, **values: Any) -> AnyRow | None:
        """The first row, if there is any."""
        rows = self.rows(session, **values)
        return rows[0] if rows else None

    def rows(self, session: Session, **values: Any) -> Sequence[AnyRow]:
        connection = _connection(session)
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, values).all()
        return self._on_sqlite.rows(connection, values)

    def run(self, session: Session, each: Sequence[dict[str, Any]]) -> int:
        """Write with each of these values; how many rows were written."""
        connection = _connection(session)
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, each).rowcount
        return self._on_sqlite.run(connection, each)

    @functools.cached_property
    def _on_sqlite(self) -> "_OnSqlite":
        return _OnSqlite(self.statement, self._columns)


def _connection(session: Session) -> Connection:
    session.flush()
    # Whoever only reads has been given one: see Database.reading.
    return session.bind if isinstance(session.bind, Connection) else session.connection()


class _OnSqlite:
    """A statement as the driver takes it, and what makes rows of its answer."""

    def __init__(self, statement: Any, columns: Sequence[str] | None):
        compiled = statement.compile(dialect=_SQLITE, column_keys=columns)
        asked = {name: None for name, value in compiled.binds.items() if value.required}
        # With a place for each member of a list.
        final = compiled.construct_expanded_state(asked)
        kinds = {name: value.type for name, value in compiled.binds.items()}
        for name, members in final.parameter_expansion.items():
            kinds |= dict.fromkeys(members, kinds[name])
        self._sql = final.statement
        self._constants = {name: value for name, value in final.parameters.items() if name not in asked}
        self._defaults = [(column.key, column.default) for column in compiled.insert_prefetch]
        self._places = [(name, _storing(kinds[name])) for name in final.positiontup]
        answered = list(statement.exported_columns)
        self._row = result_tuple([column.key for column in answered])
        reading = [(place, _reading(column.type)) for place, column in enumerate(answered)]
        self._reading = [(place, process) for place, process in reading if process]

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[AnyRow]:
        stored = self._stored(values)
        try:
            found = connection.connection.cursor().execute(self._sql, stored).fetchall()
        except sqlite3.Error as error:
            raise self._named(error, stored, connection) from error
        return [self._read(list(cells)) for cells in found]

    def run(self, connection: Connection, each: Sequence[dict[str, Any]]) -> int:
        stored = [self._stored(values) for values in each]
        try:
            return int(connection.connection.cursor().executemany(self._sql, stored).rowcount)
        except sqlite3.Error as error:
            raise self._named(error, stored, connection) from error

    def _stored(self, values: dict[str, Any]) -> list[Any]:
        given = self._constants | values
        for name, default in self._defaults:
            given[name] = default.arg if default.is_scalar else default.arg(None)
        return [process(given[name]) if process else given[name] for name, process in self._places]

    def _read(self, cells: list[Any]) -> AnyRow:
        for place, process in self._reading:
            cells[place] = process(cells[place])
        return self._row(cells)

    def _named(self, error: sqlite3.Error, stored: Any, connection: Connection) -> BaseException:
        """The error as SQLAlchemy calls it."""
        return DBAPIError.instance(self._sql, stored, error, sqlite3.Error, dialect=connection.dialect)


def _storing(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes of a value what SQLite keeps of it, where that is not the same."""
    return kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)


def _reading(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
