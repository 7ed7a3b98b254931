"""Column types that refuse what the venue does not store."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, SafeUUID

from sqlalchemy import DateTime, Row, Select, Text, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on the way in and on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        value = _in_utc(value)
        return value if value is None or dialect.name == "postgresql" else value.replace(tzinfo=None)

    # A page of a list reads a hundred of these, a booking writes twenty: one step each way, not three.

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _in_utc if dialect.name == "postgresql" else _to_sqlite

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _from_postgresql if dialect.name == "postgresql" else _from_sqlite


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise TypeError(f"{value!r} has no time zone: instants are aware")
    return value.astimezone(UTC)


def _to_sqlite(value: datetime | None) -> str | None:
    value = _in_utc(value)
    return value if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_postgresql(value: datetime | None) -> datetime | None:
    return value if value is None else value.astimezone(UTC)


def _from_sqlite(value: str | None) -> datetime | None:
    return value if value is None else datetime.fromisoformat(f"{value}+00:00")


class Id(Uuid[UUID]):
    """A UUID, which SQLite keeps as 32 digits."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        native = self.native_uuid and dialect.supports_native_uuid
        return super().result_processor(dialect, coltype) if native else _uuid_from_digits  # type: ignore[no-untyped-call]


_SAFETY = SafeUUID.unknown


def _uuid_from_digits(digits: str | None) -> UUID | None:
    # A quarter of the time that UUID(digits) takes, which checks what was checked when it was written.
    if digits is None:
        return None
    made = object.__new__(UUID)
    object.__setattr__(made, "int", int(digits, 16))
    object.__setattr__(made, "is_safe", _SAFETY)
    return made


class FirstNameKey(FunctionElement[str]):
    """The folded first name out of a `sort_key`, in the order of its bytes too."""

    type = Text()
    inherit_cache = True


@compiles(FirstNameKey, "sqlite")
def _on_sqlite(element: FirstNameKey, compiler: Any, **how: Any) -> str:
    key = compiler.process(element.clauses, **how)
    return f"substr({key}, instr({key}, char(31)) + 1)"


@compiles(FirstNameKey, "postgresql")
def _on_postgresql(element: FirstNameKey, compiler: Any, **how: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **how)}, chr(31), 2)"


# What a query of several columns is, and what it gives back.
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
