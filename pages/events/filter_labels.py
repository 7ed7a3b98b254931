"""What the filters of the list of events are called."""

from collections.abc import Callable
from typing import Any

from venue.events import EventFilter

LABELS: dict[str, Callable[[Any], str]] = {
    "first_day": lambda day: f"From {day:%-d %B %Y}",
    "last_day": lambda day: f"Until {day:%-d %B %Y}",
    "category": lambda category: f"Category: {category}",
    "without_category": lambda _yes: "Without a category",
    "with_capacity": lambda _yes: "With a limit of seats",
    "not_cancelled": lambda _yes: "Not cancelled",
}


def labels(where: EventFilter) -> dict[str, str]:
    """The label of each filter in use, by its name, without the search words, which their box shows."""
    return {name: LABELS[name](value) for name, value in where.in_use().items() if name in LABELS}
