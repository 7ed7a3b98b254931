"""The events of a month as a calendar: a grid on a computer, a list by day on a phone."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from pages.elements.board import Badge, Card, Day, Link, Section, address
from pages.events.cards import bar, filled
from pages.parts.context import today, venue
from pages.parts.format import time_of_day
from venue import clock
from venue.rows import EventRow

MOST_ON_A_DAY = 4
FORMAT = "%B %Y"
Here = Callable[[date], str]


def days_of(month: date) -> list[date]:
    """The days of whole weeks from Monday that have all days of the month, of which this is the first day."""
    first = month - timedelta(days=month.weekday())
    last = following(month) - timedelta(days=1)
    last += timedelta(days=6 - last.weekday())
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def turns(month: date, *, here: Here) -> Section:
    """The month, with links to others. `here` gives the address of a month."""
    before, after, this = previous(month), following(month), today().replace(day=1)
    links = [
        Link("Previous month", here(before), "chevron_left", looks="button"),
        Link("Next month", here(after), "chevron_right", looks="button"),
        *([] if month == this else [Link("This month", here(this), "today", looks="button")]),
    ]
    return Section(f"{month:{FORMAT}}", links=tuple(links))


def calendar(month: date, rows: Sequence[EventRow], *, day_list: Here) -> Section:
    """`rows` are the events of `days_of` the month, the first ones first. `day_list` gives the address of the list of a
    day's events."""
    on: dict[date, list[EventRow]] = {}
    for row in rows:
        on.setdefault(clock.today(row.starts_at, venue().zone), []).append(row)
    days = [_day(each, month, on.get(each, []), day_list) for each in days_of(month)]
    name = f"{month:{FORMAT}}"
    return Section(days=days, empty=f"No events in {name}.", label=f"Calendar of {name}")


def _day(day: date, month: date, rows: Sequence[EventRow], day_list: Here) -> Day:
    looks = " ".join(filter(None, ["today" if day == today() else "", "" if day.month == month.month else "outside"]))
    left = len(rows) - MOST_ON_A_DAY
    more = Link(f"{left} more", day_list(day)) if left > 0 else None
    cards = tuple(_card(row) for row in rows[:MOST_ON_A_DAY])
    return Day(str(day.day), f"{day:%a %-d %B}", cards, more, looks)


def _card(row: EventRow) -> Card:
    words, badge = ("", Badge("red", "Cancelled")) if row.cancelled_at is not None else filled(row)
    at = time_of_day(row.starts_at)
    return Card(address("event", id=row.id), row.name, (at if badge else f"{at}, {words}",), badge, bar=bar(row))
