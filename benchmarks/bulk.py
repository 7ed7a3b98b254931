"""Tagging 100,000 customers at once and undoing it (ACCEPTANCE I5), compared with a bare insert of the tags alone.

Ours includes the check that they are those who were counted, and an entry in the journal with a value for each of them.
"""

import gc
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from uuid import UUID, uuid4

from benchmarks import measure, venues
from benchmarks.people import NOW
from venue import acts, bulk, tags
from venue.bulk import Chosen, Selection
from venue.customers import CustomerFilter
from venue.journal.undo import undo
from venue.profile import Venue
from venue.roles import DESK

SIZES = {"sqlite": [100_000], "postgresql": [100_000]}
QUICK = {"sqlite": [1_000], "postgresql": [1_000]}
TURNS = 3
LIMIT = 3  # seconds, of both

Took = dict[str, list[tuple[float, float]]]


def measure_all(venue: Venue, customers: int) -> Took:
    """The seconds of each run, and those of processor time in Python, by what was done."""
    with venue.transaction(DESK) as session:
        tag_id = tags.add(session, name=f"Bulk {uuid4().hex[:8]}", now=NOW).id
    with venue.reading(DESK) as session:
        chosen = bulk.choose(session, Selection(where=CustomerFilter()), now=NOW)
    if chosen.count != customers:
        raise AssertionError(f"{chosen.count} customers instead of {customers}")
    took: Took = {"tag": [], "undo": [], "bare insert": [], "untag": []}
    for _ in range(TURNS):
        took["tag"].append(_timed(lambda: _tag(venue, chosen, tag_id)))
        took["undo"].append(_timed(lambda: _undo_last(venue)))
        took["bare insert"].append(_timed(lambda: _insert(venue, tag_id)))
        took["untag"].append(_timed(lambda: _untag(venue, chosen, tag_id)))
    with venue.transaction(DESK) as session:
        tags.delete(session, tag_id, now=NOW)
    return took


def _timed(run: Callable[[], None]) -> tuple[float, float]:
    start, processor = perf_counter(), process_time()
    run()
    return perf_counter() - start, process_time() - processor


_last: dict[int, int] = {}


def _tag(venue: Venue, chosen: Chosen, tag_id: UUID) -> None:
    with venue.transaction(DESK) as session:
        bulk.tag(session, chosen, tag_id=tag_id, now=NOW)
        _last[id(venue)] = acts.last_entry(session) or 0


def _undo_last(venue: Venue) -> None:
    with venue.transaction(DESK) as session:
        undo(session, _last[id(venue)], now=NOW)


def _untag(venue: Venue, chosen: Chosen, tag_id: UUID) -> None:
    with venue.transaction(DESK) as session:
        bulk.untag(session, chosen, tag_id=tag_id, now=NOW)


def _insert(venue: Venue, tag_id: UUID) -> None:
    connection = venues.bare(venue)
    tag, at = (f"'{tag_id.hex}'", "'2027-01-15 12:00:00.000000'")
    if venue.database.dialect == "postgresql":
        tag, at = f"'{tag_id}'::uuid", "now()"
    connection.execute(
        f"INSERT INTO customer_tags (tag_id, customer_id, added_at) SELECT {tag}, id, {at} FROM customers"
    )
    connection.close()


def report(took: Took) -> str:
    lines = ["| what | s | quickest, s | processor time of Python, s | at most, s |", "|---|---:|---:|---:|---:|"]
    for name, runs in took.items():
        seconds, processor = [run[0] for run in runs], [run[1] for run in runs]
        limit = str(LIMIT) if name in ("tag", "undo") else ""
        cells = f"{median(seconds):.1f} | {min(seconds):.1f} | {min(processor):.1f}"
        lines.append(f"| {name} | {cells} | {limit} |")
    return "\n".join(lines)


def main(sizes: dict[str, list[int]]) -> None:
    for kind, counts in sizes.items():
        for customers in counts:
            venue = venues.full(kind, customers)
            gc.freeze()  # As the web server does.
            body = report(measure_all(venue, customers))
            print(body, flush=True)
            if sizes is SIZES:
                versions = measure.versions(kind, venues.bare(venue))
                heading = f"Bulk: {customers:,} customers on {kind}"
                measure.save(heading, body, command="python -m benchmarks.bulk", versions=versions)
            venue.database.close()


if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
