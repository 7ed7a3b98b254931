"""Is anything left of a name or a number? A search through every text column of every table."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, and_, select
from sqlalchemy.orm import Session

from db import personal
from db.types import AnyRow, AnySelect
from venue.privacy.mentions import Name, Wanted, may_mention
from venue.roles import Permission, require


@dataclass(frozen=True)
class Hit:
    """A value that mentions a name or a number. `key` is the key of its row, `is_identity` whether the value says who
    the row's own customer is."""

    table: str
    column: str
    key: tuple[Any, ...]
    is_personal: bool
    is_identity: bool


def scan(session: Session, *, names: Sequence[Name] = (), numbers: Sequence[str] = ()) -> list[Hit]:
    """All values of the database that mention one of these names or E.164 numbers. It reads every table, which took
    5 seconds for 100,000 customers with a booking and a text each, on a busy machine. Names in parts of a file that is
    compressed are not found."""
    return search(session, Wanted(names, numbers))


def search(session: Session, wanted: Wanted) -> list[Hit]:
    """As `scan`."""
    require(session, Permission.DELETE, ask_again=False)
    return [hit for table in personal.tables() for hit, _ in hits(session, table, wanted)]


def hits(session: Session, table: Table, wanted: Wanted) -> Iterator[tuple[Hit, AnyRow]]:
    """The values of one table that mention what is wanted, each with its row."""
    require(session, Permission.DELETE, ask_again=False)
    if not wanted:
        return
    for row in _candidates(session, table, wanted):
        for column in personal.text_columns(table):
            value = row._mapping[column]
            if value and wanted.is_in(value):
                yield _hit(table, column, row), row
    yield from _in_files(session, table, wanted)


def _candidates(session: Session, table: Table, wanted: Wanted) -> Sequence[AnyRow]:
    if not personal.text_columns(table):
        return ()
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    rows: dict[tuple[Any, ...], AnyRow] = {}
    for part in wanted.parts():
        query = _query(table, len(part.patterns), is_postgresql=is_postgresql)
        for row in session.execute(query, part.patterns):
            rows[tuple(row._mapping[column] for column in table.primary_key)] = row
    return [rows[key] for key in sorted(rows, key=repr)]


@functools.cache
def _query(table: Table, patterns: int, *, is_postgresql: bool) -> AnySelect:
    """Made once for each number of patterns: that takes longer than its run in a small database."""
    columns = personal.text_columns(table)
    others = [column for column in table.primary_key if column not in columns]
    condition = may_mention(columns, patterns=patterns, is_postgresql=is_postgresql)
    return select(*others, *columns).where(condition)


def _in_files(session: Session, table: Table, wanted: Wanted) -> Iterator[tuple[Hit, AnyRow]]:
    """Hits in the content of files, as far as they are plain text."""
    for column in personal.binary_columns(table):
        rows = session.execute(select(*table.primary_key, column), execution_options={"yield_per": 1})
        for row in rows:
            content: bytes = row._mapping[column] or b""
            if any(wanted.is_in(content.decode(encoding, "ignore")) for encoding in ("utf-8", "cp1252", "utf-16")):
                yield _hit(table, column, row), row


def _hit(table: Table, column: Any, row: AnyRow) -> Hit:
    key = tuple(row._mapping[each] for each in table.primary_key)
    info = column.info
    return Hit(table.name, column.name, key, bool(info.get("personal")), bool(info.get("identity")))


def where_key(table: Table, key: tuple[Any, ...]) -> Any:
    """The condition that finds the row with this key."""
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
