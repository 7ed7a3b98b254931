"""Customers: add, change and find them."""

from venue.customers.checks import FIELDS, checked, checked_for, checked_with_own
from venue.customers.edit import (
    add,
    get,
    row,
    search,
    update,
    update_many,
    update_search_text,
)
from venue.customers.filters import CustomerFilter
from venue.customers.find import every
from venue.customers.lookalikes import MOST_LOOKALIKES

__all__ = [
    "FIELDS",
    "MOST_LOOKALIKES",
    "CustomerFilter",
    "add",
    "checked",
    "checked_for",
    "checked_with_own",
    "every",
    "get",
    "row",
    "search",
    "update",
    "update_many",
    "update_search_text",
]
