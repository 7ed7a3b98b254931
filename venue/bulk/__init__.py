"""Bulk acts: one change to many customers at once, to exactly those who were counted."""

from venue.bulk.selection import Chosen, Selection, SelectionChanged, Summary, choose, confirm, summary
from venue.bulk.setting_fields import clear_field, set_field
from venue.bulk.tagging import Changed, tag, untag

__all__ = [
    "Changed",
    "Chosen",
    "Selection",
    "SelectionChanged",
    "Summary",
    "choose",
    "clear_field",
    "confirm",
    "set_field",
    "summary",
    "tag",
    "untag",
]
