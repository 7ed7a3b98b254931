"""Export events, with how many seats are booked and of which series they are. The import knows them by their name and
start, and leaves their series as it is."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from db.streams import count_rows, stream
from db.types import AnySelect
from venue.events import EventFilter, When, series
from venue.events.filtered import matching
from venue.exports.export import Column, Export, Row
from venue.profile import venue_of
from venue.roles import Permission, require

COLUMNS = (
    Column("Event", 30),
    Column("Date", 12),
    Column("Time", 8),
    Column("Capacity", 10),
    Column("Booked", 10),
    Column("Short Name", 20),
    Column("Category", 15),
    Column("Notes", 50),
    Column("Walk-ins Without Number", 22),
    Column("Cancelled", 10),
    Column("Series", 38),
)


def event_list(
    session: Session, *, when: When | None = None, where: EventFilter | None = None, now: datetime
) -> Export:
    """The upcoming events, soonest first, or the past ones, latest first, or all from the first on; with a filter those
    of them that meet it. Times are in the venue's zone. The session must be from `reading_at_length`."""
    require(session, Permission.EXPORT)
    query = matching(session, where or EventFilter(), when=when, now=now)
    return Export(COLUMNS, _rows(session, query), count=lambda most: count_rows(session, query, most))


def _rows(session: Session, query: AnySelect) -> Iterator[Row]:
    zone = venue_of(session).zone
    of_series = series.labels(session)
    for row in stream(session, query):
        starts_at = row.starts_at.astimezone(zone)
        cancelled = "yes" if row.cancelled_at else ""
        label = of_series.get(row.series_id) if row.series_id else None
        about = (row.short_name, row.category, row.notes, row.unnamed_seats or None, cancelled, label)
        booked = row.seats_taken - row.seats_offered - row.unnamed_seats
        yield (row.name, starts_at.date(), starts_at.time(), row.capacity, booked, *about)
