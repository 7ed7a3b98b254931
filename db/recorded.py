"""Which tables and columns the journal records, and how it writes their values.

Columns that say `info=UNRECORDED` are left out; of those that say `info=SECRET`, only whether there is a value is
recorded.
"""

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Table

from db.models import (
    Base,
    Booking,
    Campaign,
    CampaignCustomer,
    Consent,
    Customer,
    CustomerTag,
    CustomerValue,
    CustomField,
    Device,
    DuplicatePair,
    Event,
    FieldChoice,
    Household,
    HouseholdMember,
    Import,
    LateCancellation,
    MergedCustomer,
    Message,
    OneTimeCode,
    PhoneNumber,
    Request,
    Reward,
    SavedView,
    SignIn,
    Staff,
    Tag,
    Template,
    VenueSetting,
    WaitlistEntry,
)
from db.types import Id, Instant

# All other tables hold bookkeeping of programs, or the journal.
RECORDED = (
    *(Customer, Event, Booking, Message, PhoneNumber, Template, VenueSetting),
    *(Consent, Import, Request),
    *(Tag, CustomerTag, CustomField, FieldChoice, CustomerValue, Household, HouseholdMember),
    *(DuplicatePair, MergedCustomer, SavedView),
    *(Campaign, CampaignCustomer, WaitlistEntry, LateCancellation, Reward),
    *(Staff, Device, SignIn, OneTimeCode),
)
# Of the settings, only what staff have chosen. The others are marks of jobs, and secrets.
CHOSEN = ("choice.", "flag.")
# In place of a password's hash and the like.
SECRET, NEW_SECRET = "(secret)", "(new secret)"

Values = Mapping[str, Any]


@functools.cache
def has_personal_key(table: str) -> bool:
    """Whether the key of this table's rows is personal, so that it may only be stored where it can be erased."""
    return any(column.info.get("personal") for column in Base.metadata.tables[table].primary_key)


def without_personal(table: Table, values: Values | None) -> Values | None:
    """The values of a row that has no customer without those that are personal. The rows of some tables, such as
    events, never belong to a customer: all their values stay."""
    personal = _personal_columns(table) if table.info.get("belongs_by") else None
    return values if values is None or not personal else {k: v for k, v in values.items() if k not in personal}


@functools.cache
def _personal_columns(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.c if column.info.get("personal"))


def table_of(entity: type[Any]) -> Table:
    table: Table = entity.__table__
    return table


@functools.cache
def columns_of(table: Table) -> dict[str, Column[Any]]:
    """The recorded columns of a table. A number is its row's key, yet personal, so it is recorded as a value."""
    return {
        column.name: column
        for column in table.c
        if column.info.get("recorded", True) and (not column.primary_key or column.info.get("personal"))
    }


@functools.cache
def key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@functools.cache
def owner_columns(table: Table) -> tuple[str, ...]:
    return tuple(name for name in ("customer_id", "event_id") if name in table.c)


def all_values(table: Table, row: Values) -> Values:
    """The recorded values of a new or deleted row, without those that are NULL."""
    values = {name: row[name] if name in row else default_of(column) for name, column in columns_of(table).items()}
    return {name: plain_value(table, name, value) for name, value in values.items() if value is not None}


def default_of(column: Column[Any]) -> Any:
    if column.default is None:
        return None
    if column.default.is_scalar:
        return column.default.arg  # type: ignore[attr-defined]
    return column.default.arg(None)  # type: ignore[attr-defined]


def plain_value(table: Table, name: str, value: Any, *, secret: str = SECRET) -> Any:
    """The value as JSON holds it. Of a secret, only whether there is one."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if table.c[name].info.get("secret"):
        return secret
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def plain(table: str, name: str, value: Any) -> Any:
    """A value of this column as entries hold it."""
    return plain_value(Base.metadata.tables[table], name, value)


def parsed(table: str, name: str, value: Any) -> Any:
    """The value of this column that an entry holds."""
    stored = Base.metadata.tables[table].c[name].type
    read = next((read for kind, read in _READ.items() if isinstance(stored, kind)), None)
    return value if value is None or read is None else read(value)


# How to read the text that stands for a value.
_READ: dict[type[Any], Callable[[str], Any]] = {Instant: datetime.fromisoformat, Date: date.fromisoformat, Id: UUID}
