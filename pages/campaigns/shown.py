"""Bulk texts in words: their state, and how far they have come."""

from pages.elements.board import Badge
from venue.campaigns import Progress
from venue.campaigns.labels import STATES

COLOURS = {"draft": "gray", "sending": "blue", "paused": "orange", "stopped": "red", "finished": "green"}
BADGES = {state: Badge(COLOURS[state], words) for state, words in STATES.items()}


def how_far(progress: Progress) -> str:
    """Like "12 waiting, 40 sent, 3 skipped"."""
    skipped = sum(progress.skipped.values()) + progress.erased
    parts = {
        "waiting": progress.waiting,
        "being sent": progress.on_its_way,
        "sent": progress.went,
        "unknown": progress.unknown,
        "failed": progress.failed,
        "skipped": skipped,
    }
    return ", ".join(f"{number:,} {words}" for words, number in parts.items() if number)
