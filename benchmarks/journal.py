"""The journal: what it adds to a booking, and how long verifying takes (ACCEPTANCE K4).

A booking is measured with and without its entry, in turns. To verify, entries of one or two values each are made.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

from benchmarks import measure, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from benchmarks.writes import Bare, book
from db import journal
from db.journal import canonical, entry_hash, listed_value, value_hash
from db.models import JournalEntry, JournalValue
from db.writes import insert_new
from venue.journal import seals
from venue.journal.verify import verify
from venue.profile import Venue
from venue.roles import DESK, SCHEDULER

ENTRIES_AT_ONCE = 5_000
# The entries that a new venue has.
FIRST = 1_000


def time_verify(kind: str, entries: int) -> tuple[float, float]:
    """The seconds that verifying this number of entries takes, and those of processor time in Python."""
    venue = venues.empty(kind)
    for first in range(FIRST, FIRST + entries, ENTRIES_AT_ONCE):
        made = [_entry(entry_id) for entry_id in range(first, first + ENTRIES_AT_ONCE)]
        with venue.transaction(DESK) as session:
            insert_new(session, JournalEntry, [entry for entry, _ in made])
            insert_new(session, JournalValue, [value for _, values in made for value in values])
    seals.seal_all(partial(venue.transaction, SCHEDULER), now=NOW)
    start, processor = perf_counter(), process_time()
    with venue.reading_at_length(DESK) as session:
        report = verify(session)
    took = perf_counter() - start, process_time() - processor
    if report.entries < entries or report.problems:
        raise AssertionError(f"The journal is not as it was written: {report}")
    venue.database.close()
    return took


def _entry(entry_id: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    of = {"customer_id": uuid4(), "event_id": uuid4()}
    seats = {"before": canonical({"notes": "", "seats": 2}), "after": canonical({"notes": "Window", "seats": 4})}
    values = [_value(entry_id, 0, table_name="bookings", **of, **seats)]
    if entry_id % 2:
        text = {"direction": "out", "kind": "change", "mobile_number": "+447700900123", "state": "planned"}
        values.append(_value(entry_id, 1, table_name="messages", **of, before=None, after=canonical(text)))
    entry = {
        "at": NOW + timedelta(seconds=entry_id),
        "actor": "Sam",
        "staff_id": UUID(int=7),
        "act": "booking.changed",
        "details": canonical({"notified": 1}),
        "undoes": None,
    }
    hashes = hashlib.sha256("".join(map(listed_value, values)).encode()).hexdigest()
    hashed = entry_hash(**entry, values=len(values), hashes=hashes)
    return {"id": entry_id, **entry, "hash": hashed}, values


def _value(entry_id: int, position: int, **columns: Any) -> dict[str, Any]:
    value = {**columns, "row_id": str(uuid4()), "salt": uuid4().hex}
    return {
        "entry_id": entry_id,
        "position": position,
        **value,
        "hash": value_hash(**{name: value[name] for name in ("salt", "before", "after")}),
    }


@contextmanager
def _nothing(*_args: Any) -> Iterator[None]:
    yield


def without_journal(venue: Venue, customer_id: UUID) -> None:
    with patch.object(journal, "record", _nothing):
        book(venue, customer_id)


def bookings(venue: Venue) -> Figures:
    """A booking with its entry, compared with one that has none."""
    bare = Bare(venue)
    waiting = bare.not_booked(2_000)
    booked: list[UUID] = []

    def another(run: Callable[[Venue, UUID], None]) -> Callable[[], None]:
        def once() -> None:
            booked.append(next(waiting))
            run(venue, booked[-1])

        return once

    try:
        return in_turns("book", another(book), another(without_journal), limit="1.1", seconds=8, at_most=500)
    finally:
        bare.forget(venue, booked)


def main(sizes: list[tuple[str, int, int]]) -> None:
    for kind, customers, entries in sizes:
        heading = f"Journal: {customers:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        figures = bookings(venues.full(kind, customers))
        seconds, processor = time_verify(kind, entries)
        verified = f"Verifying {entries:,} entries takes {seconds:.1f} s, of which Python computes {processor:.1f} s."
        print(verified, flush=True)
        if entries >= 1_000_000:
            body = f"{measure.table([figures], beside='without journal')}\n\n{verified}"
            versions = measure.versions(kind, venues.bare(venues.empty(kind)))
            measure.save(heading, body, command="python -m benchmarks.journal", versions=versions)


SIZES = [("sqlite", 100_000, 1_000_000), ("postgresql", 100_000, 1_000_000)]
QUICK = [("sqlite", 15_000, 20_000), ("postgresql", 15_000, 20_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
