"""Messages: what is queued, when it is sent, what it says, and its state."""

from venue.messages.outbox import (
    TO_NUMBER,
    Kind,
    about,
    count_scheduled,
    erase_customer,
    of_deleted_booking,
    preview,
    queue,
    render,
    renumber,
    skip_planned,
    skipped_for_its_number,
    text_customer,
    text_number,
)
from venue.messages.states import MAYBE_GONE, NOT_YET_GONE

__all__ = [
    "MAYBE_GONE",
    "NOT_YET_GONE",
    "TO_NUMBER",
    "Kind",
    "about",
    "count_scheduled",
    "erase_customer",
    "of_deleted_booking",
    "preview",
    "queue",
    "render",
    "renumber",
    "skip_planned",
    "skipped_for_its_number",
    "text_customer",
    "text_number",
]
