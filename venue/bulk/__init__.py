"""Bulk acts: one change to many customers at once, to exactly those who were counted."""

from venue.bulk.selection import Chosen, Selection, SelectionChanged, choose
from venue.bulk.tagging import Changed, tag, untag

__all__ = ["Changed", "Chosen", "Selection", "SelectionChanged", "choose", "tag", "untag"]
