"""Bookings: making, changing and deleting them."""

from venue.bookings.edit import (
    MOST_SEATS,
    book,
    delete,
    for_customer,
    for_event,
    get,
    mark_arrived,
    row,
    update,
    what_is_left,
)

__all__ = [
    "MOST_SEATS",
    "book",
    "delete",
    "for_customer",
    "for_event",
    "get",
    "mark_arrived",
    "row",
    "update",
    "what_is_left",
]
