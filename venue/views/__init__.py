"""Saved views: the customer list's search, filters, order and columns, under a name."""

from venue.views.edit import delete, save, update
from venue.views.find import View, ViewRow, Watched, get, listed, named, opened, watched

__all__ = ["View", "ViewRow", "Watched", "delete", "get", "listed", "named", "opened", "save", "update", "watched"]
