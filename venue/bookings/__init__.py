"""Bookings: making, changing and deleting them."""

from venue.bookings.edit import (
    LARGEST_BOOKING,
    book,
    delete,
    get,
    mark_arrived,
    seats_left,
    seats_problem,
    update,
    why_cancelled,
    why_full,
)
from venue.bookings.find import for_customer, for_event, row
from venue.bookings.move import hand_over, move

__all__ = [
    "LARGEST_BOOKING",
    "book",
    "delete",
    "for_customer",
    "for_event",
    "get",
    "hand_over",
    "mark_arrived",
    "move",
    "row",
    "seats_left",
    "seats_problem",
    "update",
    "why_cancelled",
    "why_full",
]
