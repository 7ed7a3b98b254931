"""The tables beneath the charts, as files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from venue import clock
from venue.errors import NotFound
from venue.exports import Export
from venue.exports.export import Column, Row
from venue.insight.period import Period
from venue.insight.seats_by_day import seats_by_day
from venue.profile import venue_of
from venue.roles import Permission, require


@dataclass(frozen=True)
class _Table:
    """`rows` reads them: of which period, and at what time."""

    columns: tuple[Column, ...]
    rows: Callable[[Session, Period, datetime], Iterable[Row]]


def export(session: Session, chart: str, query: Mapping[str, str], *, now: datetime) -> Export:
    """The table of a chart by its name in CHARTS, first day first, of the period in the query of an address. Raises
    NotFound for other names."""
    require(session, Permission.EXPORT)
    period = Period.from_query(query, today=clock.today(now, venue_of(session).zone))
    table = CHARTS.get(chart)
    if table is None:
        raise NotFound("There is no such chart.")
    rows = list(table.rows(session, period, now))
    return Export(table.columns, rows, count=lambda most: min(most, len(rows)))


def _seats(session: Session, period: Period, now: datetime) -> Iterable[Row]:
    for day in seats_by_day(session, period, now=now).days:
        yield (day.day, f"{day.day:%A}", day.events, day.seats, day.usual, "yes" if day.is_over else "no")


CHARTS: Mapping[str, _Table] = {
    "seats": _Table(
        (
            Column("Date", 12),
            Column("Weekday", 12),
            Column("Events", 8),
            Column("Seats", 8),
            Column("Usual", 8),
            Column("Over", 8),
        ),
        _seats,
    ),
}
