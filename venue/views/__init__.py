"""Saved views: the customer list's search, filters, order and columns, under a name."""

from venue.views.edit import delete, save, update
from venue.views.find import View, ViewRow, Watched, get, listed, named, named_row, opened, watched

__all__ = [
    "View",
    "ViewRow",
    "Watched",
    "delete",
    "get",
    "listed",
    "named",
    "named_row",
    "opened",
    "save",
    "update",
    "watched",
]
