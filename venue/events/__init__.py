"""Events: add, change, find, cancel and delete them."""

from venue.events.edit import LARGEST_CAPACITY, MovePreview, add, cancel, check, delete, get, preview_move, update
from venue.events.find import (
    LISTING,
    When,
    every,
    is_full,
    is_over,
    is_past_day,
    nearest_first,
    past,
    row,
    seats_taken,
    to_book,
    upcoming,
    upcoming_page,
)

__all__ = [
    "LARGEST_CAPACITY",
    "LISTING",
    "MovePreview",
    "When",
    "add",
    "cancel",
    "check",
    "delete",
    "every",
    "get",
    "is_full",
    "is_over",
    "is_past_day",
    "nearest_first",
    "past",
    "preview_move",
    "row",
    "seats_taken",
    "to_book",
    "upcoming",
    "upcoming_page",
    "update",
]
