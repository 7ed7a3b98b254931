"""Events: adding, changing, finding and cancelling them."""

from venue.events.edit import LARGEST_CAPACITY, Moving, add, cancel, check, delete, get, moving, update
from venue.events.find import (
    LISTING,
    all_by_nearness,
    coming,
    coming_page,
    is_full,
    is_over,
    is_past_day,
    past,
    row,
    seats_taken,
    to_book,
)

__all__ = [
    "LARGEST_CAPACITY",
    "LISTING",
    "Moving",
    "add",
    "all_by_nearness",
    "cancel",
    "check",
    "coming",
    "coming_page",
    "delete",
    "get",
    "is_full",
    "is_over",
    "is_past_day",
    "moving",
    "past",
    "row",
    "seats_taken",
    "to_book",
    "update",
]
