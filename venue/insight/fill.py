"""How full events are, by category."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event
from db.types import AnyRow
from venue import clock
from venue.events import find
from venue.insight.period import Period
from venue.insight.usual import out_of, percent
from venue.profile import venue_of
from venue.roles import Permission, require
from venue.wording import counted

NO_CATEGORY = "No category"

_event = Event.__table__.c


@dataclass(frozen=True)
class CategoryFill:
    """The events of a category that have a limit of seats and are not cancelled. `category` is empty for those without
    one. Some of the `seats`, which are booked or promised, may be for events that are `not_over`."""

    category: str
    events: int
    seats: int
    capacity: int
    not_over: int

    @property
    def name(self) -> str:
        return self.category or NO_CATEGORY

    @property
    def share(self) -> float:
        return self.seats / self.capacity


@dataclass(frozen=True)
class FillByCategory:
    """The fullest category first. `finding` says the result in a sentence or two."""

    period: Period
    categories: Sequence[CategoryFill]
    finding: str


def fill_by_category(session: Session, period: Period, *, now: datetime) -> FillByCategory:
    """How full the events of the period are. Those without a limit of seats are left out."""
    require(session, Permission.READ)
    zone = venue_of(session).zone
    first, end = period.bounds(zone)
    query = select(_event.category, _event.starts_at, _event.capacity, find.SEATS_TAKEN_OF_EVENT.label("seats"))
    limited = (_event.cancelled_at.is_(None), _event.capacity.is_not(None))
    rows = session.execute(query.where(_event.starts_at >= first, _event.starts_at < end, *limited))
    by_category: dict[str, list[AnyRow]] = defaultdict(list)
    for row in rows:
        by_category[row.category].append(row)
    today = clock.start_of_today(now, zone)
    found = [_fill(category, listed, today) for category, listed in by_category.items()]
    categories = sorted(found, key=lambda each: (-each.share, each.name))
    return FillByCategory(period, categories, _finding(period, categories))


def _fill(category: str, rows: Sequence[AnyRow], today: datetime) -> CategoryFill:
    return CategoryFill(
        category,
        events=len(rows),
        seats=sum(row.seats for row in rows),
        capacity=sum(row.capacity for row in rows),
        not_over=sum(row.starts_at >= today for row in rows),
    )


def _finding(period: Period, categories: Sequence[CategoryFill]) -> str:
    if not categories:
        return f"No events with a limit of seats from {period.in_words()}."
    fullest, emptiest = categories[0], categories[-1]
    sentences = [f"{fullest.name}: {out_of(fullest.seats, fullest.capacity)} seats taken."]
    if len(categories) > 1:
        least = percent(emptiest.seats, emptiest.capacity) or out_of(emptiest.seats, emptiest.capacity)
        sentences = [f"Fullest is {sentences[0]}", f"Emptiest is {emptiest.name} with {least}."]
    not_over = sum(each.not_over for each in categories)
    if not_over:
        is_or_are = "is" if not_over == 1 else "are"
        sentences.append(f"{counted(not_over, 'event')} {is_or_are} not over.")
    return " ".join(sentences)
