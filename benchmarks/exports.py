"""Exporting all customers (ACCEPTANCE P6), compared with reading the same columns from the database."""

import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from benchmarks import measure, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from venue import exports
from venue.exports import Format
from venue.profile import Venue
from venue.roles import DESK

COLUMNS = "first_name, last_name, mobile_number, notes, created_at"
ROWS = f"SELECT {COLUMNS} FROM customers ORDER BY sort_key, id"


def export(venue: Venue) -> int:
    """The number of exported rows."""
    with venue.reading_at_length(DESK) as session:
        return sum(part.count(b"\n") for part in exports.customers_csv(session, now=NOW)) - 1


def as_excel(venue: Venue) -> int:
    """The size of the Excel file."""
    with venue.reading_at_length(DESK) as session:
        return sum(map(len, exports.write(exports.customer_list(session, now=NOW), Format.EXCEL)))


def begins(venue: Venue, file_format: Format) -> float:
    """Milliseconds until a download begins: the first byte of CSV, the headers of the answer with an Excel file."""
    start = perf_counter()
    with venue.reading_at_length(DESK) as session:
        next(exports.write(exports.customer_list(session, now=NOW), file_format))
        return (perf_counter() - start) * 1000


def memory(write: Callable[[], object]) -> float:
    """The peak memory of an export, in MB."""
    tracemalloc.start()
    write()
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


def _said(venue: Venue) -> str:
    csv, excel = (begins(venue, file_format) for file_format in (Format.CSV, Format.EXCEL))
    start = perf_counter()
    size = as_excel(venue)
    took = perf_counter() - start
    return (
        f"The first byte of CSV comes after {csv:.1f} ms (at most 300); the peak memory is "
        f"{memory(lambda: export(venue)):.1f} MB. As Excel it takes {took:.1f} s for {size / 1024 / 1024:.1f} MB: the "
        f"download begins after {excel:.1f} ms, and the peak memory is {memory(lambda: as_excel(venue)):.1f} MB."
    )


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        heading = f"Export: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        body = measure.table(everything(venue))
        body += f"\n\n{_said(venue)}"
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venue))
            measure.save(heading, body, command="python -m benchmarks.exports", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
