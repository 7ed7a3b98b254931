"""Customers: adding, changing, finding and deleting them."""

from venue.customers.edit import (
    FIELDS,
    MOST_LOOKALIKES,
    add,
    checked,
    delete,
    get,
    keep_search_text,
    row,
    search,
    update,
    update_many,
    what_goes,
)
from venue.customers.filters import CustomerFilter
from venue.customers.find import every

__all__ = [
    "FIELDS",
    "MOST_LOOKALIKES",
    "CustomerFilter",
    "add",
    "checked",
    "delete",
    "every",
    "get",
    "keep_search_text",
    "row",
    "search",
    "update",
    "update_many",
    "what_goes",
]
