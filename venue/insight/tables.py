"""The tables beneath the charts, as files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from venue import clock
from venue.errors import NotFound
from venue.exports import Export
from venue.exports.export import Column, Row
from venue.insight.fill import fill_by_category
from venue.insight.no_shows import no_shows
from venue.insight.pace import pace
from venue.insight.period import Period
from venue.insight.returning import returning
from venue.insight.seats_by_day import seats_by_day
from venue.insight.texts import OUTCOMES, texts
from venue.messages import labels
from venue.profile import venue_of
from venue.roles import Permission, require

Query = Mapping[str, str]


@dataclass(frozen=True)
class _Table:
    """`rows` reads them: what an address asks for, and at what time."""

    columns: tuple[Column, ...]
    rows: Callable[[Session, Query, datetime], Iterable[Row]]


def export(session: Session, chart: str, query: Query, *, now: datetime) -> Export:
    """The table of a chart by its name in CHARTS, as the query of an address asks for it: of a period or an event, days
    in their order. Raises NotFound for other names, and for an event that has no pace."""
    require(session, Permission.EXPORT)
    table = CHARTS.get(chart)
    if table is None:
        raise NotFound("There is no such chart.")
    rows = list(table.rows(session, query, now))
    return Export(table.columns, rows, count=lambda most: min(most, len(rows)))


def _period(session: Session, query: Query, now: datetime) -> Period:
    return Period.from_query(query, today=clock.today(now, venue_of(session).zone))


def _seats(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    for day in seats_by_day(session, _period(session, query, now), now=now).days:
        yield (day.day, f"{day.day:%A}", day.events, day.seats, day.booked, day.usual, "yes" if day.is_over else "no")


def _pace(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    zone = venue_of(session).zone
    for each in pace(session, _id(query), now=now).alike:
        yield (each.name, clock.today(each.starts_at, zone), each.by_now, each.seats)


def _id(query: Query) -> UUID:
    """The event of an address. Raises NotFound."""
    try:
        return UUID(query.get("event", ""))
    except ValueError:
        raise NotFound("Say which event.") from None


def _fill(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    for each in fill_by_category(session, _period(session, query, now), now=now).categories:
        yield (each.name, each.events, each.seats, each.capacity, each.not_over)


def _returning(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    for month in returning(session, _period(session, query, now), now=now).months:
        yield (month.first, month.last, month.first_timers, month.came_again, "yes" if month.is_over else "no")


def _no_shows(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    zone = venue_of(session).zone
    for each in no_shows(session, _period(session, query, now), now=now).events:
        counts = (each.no_shows, each.marked) if each.marked else (None, 0)
        yield (each.name, clock.today(each.starts_at, zone), *counts, each.cancelled_late)


def _texts(session: Session, query: Query, now: datetime) -> Iterable[Row]:
    for each in texts(session, _period(session, query, now)).counts:
        by_state = [each.by_state.get(state, 0) for state in OUTCOMES]
        yield (each.first, each.last, labels.kind_words(each.kind), each.total, *by_state, each.segments, each.cost)


CHARTS: Mapping[str, _Table] = {
    "seats": _Table(
        (
            Column("Date", 12),
            Column("Weekday", 12),
            Column("Events", 8),
            Column("Seats", 8),
            Column("Booked", 8),
            Column("Usual", 8),
            Column("Over", 8),
        ),
        _seats,
    ),
    "pace": _Table((Column("Event", 30), Column("Date", 12), Column("By Now", 10), Column("In the End", 10)), _pace),
    "fill": _Table(
        (
            Column("Category", 20),
            Column("Events", 8),
            Column("Seats", 8),
            Column("Capacity", 10),
            Column("Events Not Over", 16),
        ),
        _fill,
    ),
    "returning": _Table(
        (
            Column("From", 12),
            Column("Until", 12),
            Column("First-timers", 12),
            Column("Came Again", 12),
            Column("60 Days Over", 13),
        ),
        _returning,
    ),
    "no-shows": _Table(
        (
            Column("Event", 30),
            Column("Date", 12),
            Column("No-shows", 10),
            Column("Marked", 10),
            Column("Cancelled Late", 14),
        ),
        _no_shows,
    ),
    "texts": _Table(
        (
            *(Column("From", 12), Column("Until", 12), Column("Type", 20), Column("Texts", 8)),
            *(Column(labels.STATES[state], 14) for state in OUTCOMES),
            *(Column("SMS", 8), Column("Cost", 10)),
        ),
        _texts,
    ),
}
