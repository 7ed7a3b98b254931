"""Bookings: making, changing and deleting them."""

from venue.bookings.arrivals import count_walk_ins, mark_arrived, mark_late, walk_in
from venue.bookings.edit import (
    LARGEST_BOOKING,
    book,
    delete,
    get,
    seats_left,
    seats_problem,
    update,
    why_cancelled,
    why_full,
)
from venue.bookings.find import for_customer, row
from venue.bookings.guests import GuestCounts, count_for_event, for_event, of_customers, page_for_event
from venue.bookings.late_cancellations import WITHIN as LATE_WITHIN
from venue.bookings.move import hand_over, move

__all__ = [
    "LARGEST_BOOKING",
    "LATE_WITHIN",
    "GuestCounts",
    "book",
    "count_for_event",
    "count_walk_ins",
    "delete",
    "for_customer",
    "for_event",
    "get",
    "hand_over",
    "mark_arrived",
    "mark_late",
    "move",
    "of_customers",
    "page_for_event",
    "row",
    "seats_left",
    "seats_problem",
    "update",
    "walk_in",
    "why_cancelled",
    "why_full",
]
