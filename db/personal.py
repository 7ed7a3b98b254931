"""Where personal data is, and whose: read from what the models say of their tables and columns."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, String, Table, and_, false, func, or_, select
from sqlalchemy.orm import Session

from db.models import Base, Customer, JournalValue, MergedCustomer
from db.recorded import table_of


def tables() -> Sequence[Table]:
    """All tables, each after those that it refers to."""
    return Base.metadata.sorted_tables


def entity_of(table: Table) -> type[Base]:
    """The class of a table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


def personal_columns(table: Table) -> list[Column[Any]]:
    """The columns that may name or describe a customer."""
    return [column for column in table.c if column.info.get("personal")]


def text_columns(table: Table) -> list[Column[Any]]:
    """All columns in which text can be searched."""
    return [column for column in table.c if isinstance(column.type, String)]


def binary_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if isinstance(column.type, LargeBinary)]


def rows_of(table: Table, customer_id: UUID, numbers: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a row of this table belongs to a customer, who has these E.164 numbers and no one else does.

    Rows that name a customer belong to them alone; the others to who has their number.
    """
    conditions: list[ColumnElement[bool]] = []
    unowned: list[ColumnElement[bool]] = []
    for name in table.info.get("belongs_by", ()):
        column = table.c[name]
        conditions.append(and_(*unowned, _is_of(column, customer_id, numbers)))
        unowned.append(column.is_(None))
    return or_(false(), *conditions)


def _is_of(column: Column[Any], customer_id: UUID, numbers: Sequence[str]) -> ColumnElement[bool]:
    if column.name == "mobile_number":
        return column.in_(numbers)
    if column.table is table_of(JournalValue):
        # Who was merged into another keeps their entries.
        merged = select(MergedCustomer.old_id).where(MergedCustomer.survivor_id == customer_id)
        return or_(column == customer_id, column.in_(merged))
    if column.table is table_of(Customer) or column.name == "customer_id":
        return column == customer_id
    (reference,) = column.foreign_keys
    return column.in_(select(reference.column).where(rows_of(reference.column.table, customer_id, numbers)))


def is_deleted_with_customer(table: Table) -> bool:
    """Whether the database deletes a customer's rows of this table together with the customer."""
    customers = table_of(Customer)
    return table is customers or any(
        reference.column.table is customers and reference.ondelete == "CASCADE" for reference in table.foreign_keys
    )


def without_time_limit(session: Session) -> None:
    """For a search through everything: no time limit for the statements of this transaction, on PostgreSQL."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.set_config("statement_timeout", "0", True)))
