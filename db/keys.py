"""Conditions for rows by their keys."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, tuple_


def with_keys(table: Table, keys: Collection[Sequence[Any]]) -> ColumnElement[bool]:
    """The rows of a table with these primary keys, each with a value for each of its columns."""
    if not keys:
        return false()
    values = list(zip(*keys, strict=True))
    same = [len(set(each)) == 1 for each in values]
    columns = list(table.primary_key)
    # A list of single values takes a fraction of the time of a list of pairs.
    equal = [column == each[0] for column, each, is_same in zip(columns, values, same, strict=True) if is_same]
    rest = [column for column, is_same in zip(columns, same, strict=True) if not is_same]
    if len(rest) == 1:
        equal.append(rest[0].in_(values[columns.index(rest[0])]))
    elif rest:
        equal = [tuple_(*columns).in_(list(keys))]
    return and_(*equal)
