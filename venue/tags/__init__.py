"""Tags: make and change them, put them on customers and take them off."""

from venue.tags.edit import COLOURS, add, delete, update
from venue.tags.find import (
    GONE,
    CountedTag,
    TagRow,
    at_door,
    count,
    counting,
    counting_tagged,
    every,
    has,
    has_none,
    joined_names,
    listed,
    missing,
    named,
    of_customers,
)
from venue.tags.merge import merge
from venue.tags.on_customers import put_on, take_off

__all__ = [
    "COLOURS",
    "GONE",
    "CountedTag",
    "TagRow",
    "add",
    "at_door",
    "count",
    "counting",
    "counting_tagged",
    "delete",
    "every",
    "has",
    "has_none",
    "joined_names",
    "listed",
    "merge",
    "missing",
    "named",
    "of_customers",
    "put_on",
    "take_off",
    "update",
]
