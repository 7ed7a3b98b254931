"""Messages: what is queued, when, in what words, and where each one is."""

from venue.messages.outbox import (
    TO_NUMBER,
    Kind,
    about,
    count_scheduled,
    erase_customer,
    preview,
    queue,
    rendered,
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
    "preview",
    "queue",
    "rendered",
    "renumber",
    "skip_planned",
    "skipped_for_its_number",
    "text_customer",
    "text_number",
]
