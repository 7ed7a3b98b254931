"""Exporting all customers as CSV (ACCEPTANCE P6), compared with reading the same columns from the database."""

import sys
import tracemalloc
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks import measure, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from venue import exports
from venue.profile import Venue
from venue.roles import DESK

COLUMNS = "first_name, last_name, mobile_number, notes, created_at"
ROWS = f"SELECT {COLUMNS} FROM customers ORDER BY sort_key, id"


def export(venue: Venue) -> int:
    """The number of exported rows."""
    with venue.reading_at_length(DESK) as session:
        return sum(part.count(b"\n") for part in exports.customers_csv(session, now=NOW)) - 1


def first_byte(venue: Venue) -> float:
    """Milliseconds until the first byte."""
    start = perf_counter()
    with venue.reading_at_length(DESK) as session:
        next(exports.customers_csv(session, now=NOW))
        return (perf_counter() - start) * 1000


def memory(venue: Venue) -> float:
    """The peak memory of an export, in MB."""
    tracemalloc.start()
    export(venue)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1024 / 1024


def copied(connection: Any) -> int:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({ROWS}) TO STDOUT (FORMAT csv)") as copy:
        return sum(1 for _line in copy)


def fetched(connection: Any) -> int:
    return sum(1 for _row in connection.execute(ROWS))


def everything(venue: Venue) -> list[Figures]:
    """P6: the export."""
    connection = venues.bare(venue)
    copies = venue.database.dialect == "postgresql"
    bare = copied if copies else fetched
    turns = partial(in_turns, limit="4" if copies else "", seconds=10, warm=1, at_least=3)
    return [turns("export everything", lambda: export(venue), lambda: bare(connection))]


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        heading = f"Export: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        body = measure.table(everything(venue))
        body += f"\n\nThe first byte comes after {first_byte(venue):.1f} ms (at most 300); "
        body += f"the peak memory is {memory(venue):.1f} MB."
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venue))
            measure.save(heading, body, command="python -m benchmarks.exports", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
