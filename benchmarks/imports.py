"""Importing a file of customers with all checks (ACCEPTANCE P6), compared with parsing numbers and a bare insert."""

import csv
import io
import sys
import tracemalloc
from time import perf_counter
from typing import Any
from uuid import uuid4

from benchmarks import measure, people, venues
from benchmarks.measure import Figures
from benchmarks.people import NOW
from db import search
from db.models import search_id
from sms import phone
from venue.imports import CUSTOMERS, Outcome, at_once
from venue.profile import Venue
from venue.roles import DESK

HEADER = ("First Name", "Last Name", "Mobile", "Notes")
TURNS = 3


def a_file(how_many: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows((*person, "Likes the window table") for person in people.names_and_numbers(how_many))
    return text.getvalue().encode()


def import_file(venue: Venue, file: bytes) -> int:
    """The number of new customers."""
    table = CUSTOMERS.open(io.BytesIO(file))
    known: dict[str, Any] = {"file_name": "customers.csv", "size": len(file), "actor": DESK, "now": NOW}
    return at_once.import_file(venue, "customers", table, **known).report.counts[Outcome.NEW]


def ready_rows(file: bytes) -> list[tuple[Any, ...]]:
    """The rows as they are stored, except for their number, which is still as it was typed."""
    rows = []
    for first, last, typed, notes in list(csv.reader(io.StringIO(file.decode())))[1:]:
        number, key = uuid4(), search.sort_key(first, last)
        text = search.search_text(first, last, f"+44{typed[1:]}", typed)
        rows.append((number, first, last, typed, notes, NOW, NOW, 1, search_id(number), text, key, None, None))
    return sorted(rows, key=lambda row: str(row[10]))


def bulk_insert(venue: Venue, rows: list[tuple[Any, ...]]) -> int:
    """Parse the numbers and insert everything at once."""
    connection = venues.bare(venue)
    parsed = [(*row[:3], phone.normalise(row[3]), *row[4:]) for row in rows]
    if venue.database.dialect == "postgresql":
        with connection.transaction(), connection.cursor() as cursor:
            venues.copy_in(cursor, "customers", venues.CUSTOMER_COLUMNS, iter(parsed))
    else:
        connection.execute("BEGIN IMMEDIATE")
        venues.insert_many(connection, "customers", venues.CUSTOMER_COLUMNS, iter(parsed))
        connection.execute("COMMIT")
    connection.close()
    return len(parsed)


def import_everything(kind: str, how_many: int) -> tuple[Figures, float]:
    """P6: the import, each time into an empty venue, and its peak memory in MB."""
    file = a_file(how_many)
    rows = ready_rows(file)
    ours, bare = [], []
    for _ in range(TURNS):
        venue = venues.empty(kind)
        start = perf_counter()
        assert import_file(venue, file) == how_many
        ours.append((perf_counter() - start) * 1000)
        venue.database.close()
        venue = venues.empty(kind)
        start = perf_counter()
        assert bulk_insert(venue, rows) == how_many
        bare.append((perf_counter() - start) * 1000)
        venue.database.close()
    figures = Figures("import, all new", ours, bare, "3")
    print(figures.row, flush=True)
    return figures, _memory(kind, file)


def _memory(kind: str, file: bytes) -> float:
    venue = venues.empty(kind)
    tracemalloc.start()
    import_file(venue, file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    venue.database.close()
    return peak / 1024 / 1024


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        heading = f"Import: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        figures, memory = import_everything(kind, how_many)
        body = f"{measure.table([figures])}\n\nThe peak memory is {memory:.1f} MB, without the file."
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venues.empty(kind)))
            measure.save(heading, body, command="python -m benchmarks.imports", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000)]
QUICK = [("sqlite", 5_000), ("postgresql", 5_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
