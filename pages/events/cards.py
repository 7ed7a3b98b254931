"""Events as cards: name, start, and how full."""

from collections.abc import Sequence

from pages.elements.board import Badge, Card, Section, address
from pages.parts.context import now
from pages.parts.format import fill, near
from venue.rows import EventRow

NEARLY_FULL = 0.8


def events_section(rows: Sequence[EventRow], *, empty: str, heading: str = "") -> Section:
    return Section(heading, [_card(row) for row in rows], empty, across=True)


def _card(row: EventRow) -> Card:
    words, badge = ("", Badge("red", "Cancelled")) if row.cancelled_at is not None else filled(row)
    lines = (near(row.starts_at, now()), row.category, words)
    return Card(address("event", id=row.id), row.name, tuple(filter(None, lines)), badge, bar=bar(row))


def bar(row: EventRow) -> str:
    """How full it is, as the width of a bar; empty for one that is cancelled or has no limit."""
    if row.capacity is None or row.cancelled_at is not None:
        return ""
    return f"{min(100, round(100 * row.seats_taken / row.capacity))}%"


def filled(row: EventRow) -> tuple[str, Badge | None]:
    """How full it is, with the seats left as a badge."""
    if row.capacity is None:
        return fill(row), None
    taken, _, left = fill(row).rpartition(", ")
    is_nearly_full = row.seats_taken >= NEARLY_FULL * row.capacity
    colour = "red" if row.seats_taken >= row.capacity else "orange" if is_nearly_full else "green"
    waiting = f", {row.parties_waiting} waiting" if row.parties_waiting else ""
    return taken, Badge(colour, left + waiting)
