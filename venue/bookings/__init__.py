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

__all__ = [
    "LARGEST_BOOKING",
    "book",
    "delete",
    "for_customer",
    "for_event",
    "get",
    "mark_arrived",
    "row",
    "seats_left",
    "seats_problem",
    "update",
    "why_cancelled",
    "why_full",
]
