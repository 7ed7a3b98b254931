"""The charts of the screen Insight (ACCEPTANCE H10): what their statements take, and what the whole function takes.

The venue gets marks, visits and two texts for each booking of the last 12 weeks, which is the usual period.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from benchmarks import measure, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from db import booking_totals, text_totals
from venue import clock
from venue.insight.fill import fill_by_category
from venue.insight.no_shows import no_shows
from venue.insight.pace import coming, pace
from venue.insight.period import Period
from venue.insight.returning import returning
from venue.insight.seats_by_day import seats_by_day
from venue.insight.texts import texts
from venue.profile import Venue
from venue.roles import DESK

PERIOD = Period.ending(NOW.date())
LIMIT = "50 ms"
Query = Callable[[Session], Any]


def fill(venue: Venue) -> None:
    """Add what the charts count, unless it is there."""
    start, _ = PERIOD.bounds(venue.zone)
    with venue.database.engine.begin() as connection:
        if connection.execute(text("SELECT count(*) FROM customer_visits")).scalar():
            return
        connection.execute(text("UPDATE events SET capacity = 50000, category = name"))
        values = {"start": venues.sqlite_value(start), "now": venues.sqlite_value(NOW)}
        if connection.dialect.name == "postgresql":
            values = {"start": start, "now": NOW}
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in _statements(connection):
            connection.execute(text(statement), values if ":start" in statement else {})
    with venue.transaction(DESK) as session:
        if venue.database.dialect == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        booking_totals.tidy(session)
        text_totals.tidy(session)
    with venue.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE"))


def _statements(connection: Connection) -> list[str]:
    on_postgresql = connection.dialect.name == "postgresql"
    digit = "substr(CAST(id AS text), 1, 1)" if on_postgresql else "substr(id, 1, 1)"
    day = "CAST(e.starts_at AS date)" if on_postgresql else "date(e.starts_at)"
    between = "second - first" if on_postgresql else "CAST(julianday(second) - julianday(first) AS INTEGER)"
    new_id = "gen_random_uuid()" if on_postgresql else "lower(hex(randomblob(16)))"
    key = "CAST(gen_random_uuid() AS text)" if on_postgresql else "hex(randomblob(16))"
    recent = "SELECT id FROM events WHERE starts_at BETWEEN :start AND :now"
    marks = f"UPDATE bookings SET arrived = ({digit} <> '0') WHERE seats > 0 AND event_id IN ({recent})"
    days = (
        f"SELECT b.customer_id, b.seats, {day} AS day, row_number() OVER (PARTITION BY b.customer_id "
        "ORDER BY e.starts_at) AS place FROM bookings b JOIN events e ON e.id = b.event_id "
        "WHERE b.seats > 0 AND e.starts_at < :start OR b.arrived"
    )
    each = (
        "SELECT customer_id, count(*) AS visits, sum(seats) AS seats, min(day) AS first, max(day) AS last, "
        f"max(CASE WHEN place = 2 THEN day END) AS second FROM ({days}) d GROUP BY customer_id"
    )
    visits = (
        "INSERT INTO customer_visits (customer_id, visits, seats, first_day, last_day, returned_after) "
        f"SELECT customer_id, visits, seats, first, last, {between} FROM ({each}) v"
    )
    sent = [
        "INSERT INTO messages (id, dedupe_key, direction, kind, state, reason, priority, fence, empty_looks, polls, "
        "retries, resends, erase_when_settled, segments, due_at, sent_at, created_at, updated_at, channel, "
        "customer_id, event_id, provider_id) "
        f"SELECT {new_id}, {key}, 'out', '{kind}', CASE {digit} WHEN '0' THEN 'undelivered' ELSE 'delivered' END, '', "
        "2, 1, 0, 0, 0, 0, FALSE, 1, created_at, created_at, created_at, created_at, 'text', customer_id, event_id, "
        f"{key} FROM bookings WHERE event_id IN ({recent})"
        for kind in ("confirmation", "reminder_24_hour")
    ]
    return [marks, visits, *sent]


def charts(venue: Venue) -> dict[str, Query]:
    """A query for each chart, of its usual period."""
    with venue.reading(DESK) as session:
        next_week = [row for row in coming(session, now=NOW) if row.starts_at > NOW][3]
    return {
        "seats by day, today against the same point": lambda session: seats_by_day(session, PERIOD, now=NOW),
        "pace of a coming event": lambda session: pace(session, next_week.id, now=NOW),
        "fill by category": lambda session: fill_by_category(session, PERIOD, now=NOW),
        "who came again": lambda session: returning(session, PERIOD, now=NOW),
        "no-shows": lambda session: no_shows(session, PERIOD, now=NOW),
        "texts": lambda session: texts(session, PERIOD),
    }


class Replayed:
    """The statements of a chart, through the driver alone."""

    def __init__(self, venue: Venue, query: Query):
        self.statements: list[tuple[str, Any]] = []
        event.listen(Engine, "before_cursor_execute", self._note)
        with venue.reading(DESK) as session:
            self.answer = query(session)
        event.remove(Engine, "before_cursor_execute", self._note)
        self.connection = venue.database.engine.raw_connection()
        self.cursor = self.connection.cursor()

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.statements.append((statement, parameters))

    def __call__(self) -> Any:
        for statement, parameters in self.statements:
            self.cursor.execute(statement, parameters)
            self.cursor.fetchall()
        return self.answer


def measured(venue: Venue) -> list[Figures]:
    def ours(query: Query) -> Any:
        with venue.reading(DESK) as session:
            return query(session)

    return [
        in_turns(name, partial(ours, query), Replayed(venue, query), limit=LIMIT, said=lambda found: found.finding)
        for name, query in charts(venue).items()
    ]


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        fill(venue)
        assert clock.today(NOW, venue.zone) == PERIOD.last
        heading = f"Insight: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        figures = measured(venue)
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venue))
            table = measure.table(figures, beside="its SQL")
            measure.save(heading, table, command="python -m benchmarks.insight", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
