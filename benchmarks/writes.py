"""Booking, with updating search and booking status (ACCEPTANCE P3).

"Bare" is the statements that a booking needs, in one transaction that is synced to disk, with a journal entry that has
a value for each row. Updating the booking status is also shown alone: the bare statements with and without updating the
customer's row.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from benchmarks import measure, people, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from venue import bookings
from venue.customers import booking_status
from venue.profile import Venue
from venue.roles import DESK

EVENT = people.occasions()[-1]
KINDS = ("confirmation", "reminder_7_day", "reminder_24_hour")
INSERT_MESSAGE = (
    "INSERT INTO messages (id, dedupe_key, direction, kind, state, reason, customer_id, booking_id, event_id, "
    "mobile_number, priority, due_at, useful_until, fence, empty_looks, polls, retries, resends, erase_when_settled, "
    "created_at, updated_at) VALUES (:id, :key, 'out', :kind, 'planned', '', :customer, :booking, :event, :number, 1, "
    ":due, :until, 0, 0, 0, 0, 0, false, :now, :now)"
)
INSERT_BOOKING = (
    "INSERT INTO bookings (id, customer_id, event_id, seats, notes, created_at, updated_at, told_at, version) "
    "VALUES (:booking, :customer, :event, 2, '', :now, :now, :now, 1)"
)
INSERT_ENTRY = (
    "INSERT INTO journal_entries (at, actor, act, details, hash) "
    "VALUES (:now, 'Sam', 'booking.added', '{}', :hash) RETURNING id"
)
INSERT_VALUE = (
    "INSERT INTO journal_values (entry_id, position, table_name, row_id, customer_id, event_id, after, salt, hash) "
    "VALUES (:entry, :position, 'messages', :row, :customer, :event, :after, :salt, :hash)"
)
VALUE = '{"direction":"out","kind":"confirmation","mobile_number":"+447700900123","state":"planned"}'
LATEST = (
    "SELECT max(e.starts_at) FROM bookings b JOIN events e ON e.id = b.event_id "
    "WHERE b.customer_id = :customer AND e.cancelled_at IS NULL AND b.seats"
)
STATE = f"active_until = ({LATEST} > 0), reminder_until = ({LATEST} = 0)"
UPKEEP = f"UPDATE customers SET {STATE} WHERE customers.id = :customer"


class Bare:
    """The bare statements."""

    def __init__(self, venue: Venue):
        self.connection = venues.bare(venue)
        self.sqlite = venue.database.dialect == "sqlite"

    def run(self, sql: str, **values: Any) -> Any:
        if self.sqlite:
            return self.connection.execute(sql, {name: venues.sqlite_value(value) for name, value in values.items()})
        for name in values:
            sql = sql.replace(f":{name}", f"%({name})s")
        return self.connection.execute(sql, values)

    def book(self, customer_id: UUID, *, upkeep: bool = True) -> None:
        lock = "" if self.sqlite else " FOR UPDATE"
        ids: dict[str, Any] = {"customer": customer_id, "event": EVENT.id, "booking": uuid4(), "now": NOW}
        self.run("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        self.run(f"SELECT * FROM events WHERE id = :event{lock}", event=EVENT.id).fetchone()
        person = self.run(f"SELECT mobile_number FROM customers WHERE id = :id{lock}", id=customer_id).fetchone()
        self.run("SELECT * FROM phone_numbers WHERE mobile_number = :number", number=person[0]).fetchone()
        self.run(INSERT_BOOKING, **ids)
        for kind in KINDS:
            key = f"{kind}:{ids['booking'].hex}:1"
            times = {"due": EVENT.starts_at, "until": EVENT.starts_at}
            self.run(INSERT_MESSAGE, **ids, **times, id=uuid4(), key=key, kind=kind, number=person[0])
        if upkeep:
            self.run(UPKEEP, customer=customer_id)
        self.journal(customer_id)
        self.run("COMMIT")

    def journal(self, customer_id: UUID) -> None:
        """An entry, and a value for the booking and for each of its texts."""
        hashed = {"hash": "0" * 64}
        (entry_id,) = self.run(INSERT_ENTRY, now=NOW, **hashed).fetchone()
        for position in range(1 + len(KINDS)):
            whose = {"customer": customer_id, "event": EVENT.id, "row": str(uuid4())}
            place = {"entry": entry_id, "position": position}
            self.run(INSERT_VALUE, **place, **whose, after=VALUE, salt="0" * 32, **hashed)

    def not_booked(self, how_many: int) -> Iterator[UUID]:
        """Customers without a booking for the event."""
        result = self.run(
            "SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM bookings b WHERE b.customer_id = c.id "
            f"AND b.event_id = :event) ORDER BY search_id LIMIT {how_many}",
            event=EVENT.id,
        )
        return iter([UUID(str(row[0])) for row in result.fetchall()])

    def forget(self, venue: Venue, booked: list[UUID]) -> None:
        """Delete these bookings, so that the venue is as before."""
        for customer_id in booked:
            values = {"customer": customer_id, "event": EVENT.id}
            self.run("DELETE FROM messages WHERE customer_id = :customer AND event_id = :event", **values)
            self.run("DELETE FROM bookings WHERE customer_id = :customer AND event_id = :event", **values)
        with venue.transaction(DESK) as session:
            booking_status.refresh(session, booked)


def book(venue: Venue, customer_id: UUID) -> None:
    with venue.transaction(DESK) as session:
        bookings.book(session, customer_id=customer_id, event_id=EVENT.id, seats=2, now=NOW)


def writes(venue: Venue) -> list[Figures]:
    """P3."""
    bare = Bare(venue)
    waiting = bare.not_booked(2_000)
    booked: list[UUID] = []

    def another(run: Callable[[UUID], None]) -> Callable[[], None]:
        def once() -> None:
            booked.append(next(waiting))
            run(booked[-1])

        return once

    turns = partial(in_turns, limit="10 ms" if bare.sqlite else "2.5", seconds=4, at_least=30)
    try:
        return [
            turns("book, with its texts", another(partial(book, venue)), another(bare.book)),
            turns(
                "updating the booking status alone",
                another(bare.book),
                another(partial(bare.book, upkeep=False)),
            ),
        ]
    finally:
        bare.forget(venue, booked)


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        heading = f"Writing: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        figures = writes(venue)
        if how_many >= 100_000:
            versions = measure.versions(kind, venues.bare(venue))
            measure.save(heading, measure.table(figures), command="python -m benchmarks.writes", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
