"""Customers: add, change, find and delete them."""

from venue.customers.edit import (
    FIELDS,
    MOST_LOOKALIKES,
    add,
    checked,
    checked_for,
    delete,
    get,
    preview_deletion,
    row,
    search,
    update,
    update_many,
    update_search_text,
)
from venue.customers.filters import CustomerFilter
from venue.customers.find import every

__all__ = [
    "FIELDS",
    "MOST_LOOKALIKES",
    "CustomerFilter",
    "add",
    "checked",
    "checked_for",
    "delete",
    "every",
    "get",
    "preview_deletion",
    "row",
    "search",
    "update",
    "update_many",
    "update_search_text",
]
