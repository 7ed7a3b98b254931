"""Events: add, change, find, cancel and delete them."""

from venue.events.capacities import overbooked_by
from venue.events.changes import mark_of
from venue.events.edit import LARGEST_CAPACITY, MovePreview, add, cancel, check, delete, get, preview_move, update
from venue.events.filtered import EventFilter, categories, filtered, listed, months
from venue.events.find import (
    LISTING,
    When,
    every,
    is_full,
    is_on,
    is_over,
    is_past_day,
    nearest_first,
    past,
    row,
    seats_offered,
    seats_taken,
    takes_marks,
    to_book,
    upcoming,
    upcoming_page,
)

__all__ = [
    "LARGEST_CAPACITY",
    "LISTING",
    "EventFilter",
    "MovePreview",
    "When",
    "add",
    "cancel",
    "categories",
    "check",
    "delete",
    "every",
    "filtered",
    "get",
    "is_full",
    "is_on",
    "is_over",
    "is_past_day",
    "listed",
    "mark_of",
    "months",
    "nearest_first",
    "overbooked_by",
    "past",
    "preview_move",
    "row",
    "seats_offered",
    "seats_taken",
    "takes_marks",
    "to_book",
    "upcoming",
    "upcoming_page",
    "update",
]
