"""The list of customers, searching it, and opening one (ACCEPTANCE P1 and P2)."""

import sys
from functools import partial
from typing import Any
from uuid import UUID

from benchmarks import measure, own_fields, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW, TODAY
from venue import bookings, customers
from venue.customers.booking_status import Booked
from venue.customers.paging import CustomerPage
from venue.profile import Venue
from venue.roles import DESK

PAGE = 50
COLUMNS = (
    "c.id, c.first_name, c.last_name, c.mobile_number, c.notes, c.version, c.created_at, CASE "
    "WHEN c.active_until >= :today THEN 'active' WHEN c.reminder_until >= :today THEN 'reminder_only' ELSE 'none' END"
)
TOTAL = "(SELECT sum(difference) FROM customer_totals)"
BOOKINGS = (
    "SELECT b.id, b.event_id, e.name, e.starts_at, e.cancelled_at, e.capacity, b.seats, b.notes, b.arrived, b.version, "
    "b.created_at FROM bookings b JOIN events e ON e.id = b.event_id WHERE b.customer_id = :id "
    "ORDER BY e.starts_at, b.id"
)

WORDS = {"“smi”": "smi", "“jo smith”": "jo smith", "a rare surname": "quillfeather", "“7700 900”": "7700 900"}
NAMED = {Booked.ACTIVE: "active bookings", Booked.REMINDER_ONLY: "reminder only", Booked.NONE: "no bookings"}
IS_ACTIVE = "c.active_until >= :today"
NOT_ACTIVE = "(c.active_until IS NULL OR c.active_until < :today)"
FILTERS = {
    Booked.ACTIVE: IS_ACTIVE,
    Booked.REMINDER_ONLY: f"c.reminder_until >= :today AND {NOT_ACTIVE}",
    Booked.NONE: f"{NOT_ACTIVE} AND (c.reminder_until IS NULL OR c.reminder_until < :today)",
}

Rows = list[tuple[Any, ...]]


class Bare:
    """The best queries, through the driver alone."""

    def __init__(self, venue: Venue):
        self.kind = venue.database.dialect
        self.connection = venues.bare(venue)
        if self.kind == "postgresql":
            self.connection.execute("SET jit = off")
            self.connection.execute("SET random_page_cost = 1.1")

    def plan_each_time(self) -> None:
        """Let PostgreSQL make no generic plans: a plan for all searches is a bad one for most."""
        if self.kind == "postgresql":
            self.connection.execute("SET plan_cache_mode = force_custom_plan")

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        if self.kind == "sqlite":
            values = {name: venues.sqlite_value(value) for name, value in values.items()}
            return list(self.connection.execute(sql, values).fetchall())
        for name in values:
            sql = sql.replace(f":{name}", f"%({name})s")
        return list(self.connection.execute(sql, values).fetchall())

    def page(self, where: str = "", order: str = "", **values: Any) -> Rows:
        """A page of all customers, with the stored total."""
        order = order or "ORDER BY c.sort_key, c.id"
        sql = f"SELECT {COLUMNS}, {TOTAL} FROM customers c {where} {order} LIMIT {PAGE}"
        return self.rows(sql, today=TODAY, **values)

    def searched(self, words: str, booked: Booked | None) -> Rows:
        """The matching customers are found once, then counted and sorted."""
        conditions, values = self._matching(words)
        if booked:
            conditions.append(FILTERS[booked])
        found = f"SELECT c.id, c.sort_key FROM {self._source} WHERE {' AND '.join(conditions)}"
        sql = (
            f"WITH found AS MATERIALIZED ({found}) SELECT {COLUMNS}, (SELECT count(*) FROM found) FROM "
            f"(SELECT id, sort_key FROM found ORDER BY sort_key, id LIMIT {PAGE}) f JOIN customers c ON c.id = f.id "
            "ORDER BY f.sort_key, f.id"
        )
        return self.rows(sql, today=TODAY, **values)

    @property
    def _source(self) -> str:
        return "customers_search s CROSS JOIN customers c" if self.kind == "sqlite" else "customers c"

    def _matching(self, words: str) -> tuple[list[str], dict[str, str]]:
        fragments = [words.replace(" ", "")] if words[0].isdigit() else words.split()
        if self.kind == "postgresql":
            liked = {f"w{number}": f"%{fragment}%" for number, fragment in enumerate(fragments)}
            return [f"c.search_text LIKE :{name}" for name in liked], liked
        phrase = " AND ".join(f'"{fragment}"' for fragment in fragments if len(fragment) > 2)
        short = {f"w{n}": f"%{fragment}%" for n, fragment in enumerate(fragments) if len(fragment) < 3}
        conditions = [f"c.search_text LIKE :{name}" for name in short]
        return ["customers_search MATCH :phrase", "c.search_id = s.rowid", *conditions], {"phrase": phrase, **short}

    def filtered(self, booked: Booked) -> Rows:
        counts = {each: f"(SELECT count(*) FROM customers c WHERE {condition})" for each, condition in FILTERS.items()}
        # Customers without coming bookings are all the others.
        counts[Booked.NONE] = f"{TOTAL} - {counts[Booked.ACTIVE]} - {counts[Booked.REMINDER_ONLY]}"
        sql = (
            f"SELECT {COLUMNS}, {counts[booked]} FROM customers c WHERE {FILTERS[booked]} "
            f"ORDER BY c.sort_key, c.id LIMIT {PAGE}"
        )
        return self.rows(sql, today=TODAY)

    def by_field(self, condition: str, words: str, *, many: bool, **values: Any) -> Rows:
        """By what customers have in a field of the venue's own. If `many` match, the list is read in its order until
        the page is full, and their values are counted; else they are found first."""
        if many and not words:
            sql = (
                f"SELECT {COLUMNS}, (SELECT count(*) FROM customer_values v WHERE {condition}) FROM customers c WHERE "
                f"EXISTS (SELECT 1 FROM customer_values v WHERE v.customer_id = c.id AND {condition}) "
                f"ORDER BY c.sort_key, c.id LIMIT {PAGE}"
            )
            return self.rows(sql, today=TODAY, **values)
        if words:
            matching, more = self._matching(words)
            has_value = f"EXISTS (SELECT 1 FROM customer_values v WHERE v.customer_id = c.id AND {condition})"
            found = f"SELECT c.id, c.sort_key FROM {self._source} WHERE {' AND '.join([*matching, has_value])}"
            values |= more
        else:
            joined = "customer_values v CROSS JOIN customers c"
            found = f"SELECT c.id, c.sort_key FROM {joined} WHERE c.id = v.customer_id AND {condition}"
        sql = (
            f"WITH found AS MATERIALIZED ({found}) SELECT {COLUMNS}, (SELECT count(*) FROM found) FROM "
            f"(SELECT id, sort_key FROM found ORDER BY sort_key, id LIMIT {PAGE}) f JOIN customers c ON c.id = f.id "
            "ORDER BY f.sort_key, f.id"
        )
        return self.rows(sql, today=TODAY, **values)

    def opened(self, customer_id: UUID) -> list[Any]:
        self.connection.execute("BEGIN")
        customer = self.rows("SELECT * FROM customers WHERE id = :id", id=customer_id)
        booked = self.rows(BOOKINGS, id=customer_id)
        self.connection.execute("COMMIT")
        return customer + booked

    def place(self, number: int) -> tuple[UUID, str]:
        row = self.rows(f"SELECT id, sort_key FROM customers ORDER BY sort_key, id LIMIT 1 OFFSET {number}")[0]
        return UUID(str(row[0])), row[1]


class Ours:
    """What a page calls."""

    def __init__(self, venue: Venue):
        self.venue = venue

    def page(self, words: str = "", **arguments: Any) -> CustomerPage:
        with self.venue.reading(DESK) as session:
            return customers.search(session, words, **arguments, page_size=PAGE, now=NOW)

    def opened(self, customer_id: UUID) -> list[Any]:
        with self.venue.reading(DESK) as session:
            customer = customers.row(session, customer_id)
            booked = bookings.for_customer(session, customer_id, now=NOW)
        return [customer, *booked.active, *booked.reminders, *booked.history]


def page_said(answer: CustomerPage | Rows) -> tuple[list[str], int]:
    """The ids on the page, and the total."""
    if isinstance(answer, CustomerPage):
        return [row.id.hex for row in answer.rows], answer.total
    return [UUID(str(row[0])).hex for row in answer], int(answer[0][-1]) if answer else 0


def pages(venue: Venue, how_many: int) -> list[Figures]:
    """P1."""
    ours, bare = Ours(venue), Bare(venue)
    limit = "3 ms" if bare.kind == "sqlite" else "4"
    page = partial(in_turns, limit=limit, said=page_said)
    measured = [page("first page, with total", ours.page, bare.page)]
    beyond = "WHERE (c.sort_key, c.id) > (:key, :id)"
    for number in (row for row in (10_000, 900_000) if row < how_many):
        customer_id, key = bare.place(number)
        after = partial(ours.page, after=customer_id, page=None)
        measured.append(page(f"page after row {number:,}", after, partial(bare.page, beyond, key=key, id=customer_id)))
    letter = partial(bare.page, "WHERE c.sort_key >= :key", key="m")
    measured.append(page("letter M", partial(ours.page, letter="M"), letter))
    last = partial(bare.page, order="ORDER BY c.sort_key DESC, c.id DESC")
    measured.append(page("last page", partial(ours.page, last=True), lambda: last()[::-1]))
    middle, _ = bare.place(how_many // 2)
    opened = in_turns(
        "open a customer", partial(ours.opened, middle), partial(bare.opened, middle), limit=limit, said=len
    )
    return [*measured, opened]


def searches(venue: Venue, how_many: int) -> list[Figures]:
    """P2."""
    ours, bare = Ours(venue), Bare(venue)
    bare.plan_each_time()
    limit = "3 or 10 ms" if bare.kind == "sqlite" else "1.5" if how_many >= 1_000_000 else "3"
    measured = partial(in_turns, limit=limit, said=page_said)
    return [
        *(
            measured(name, partial(ours.page, words), partial(bare.searched, words, None))
            for name, words in WORDS.items()
        ),
        *(
            measured(NAMED[booked], partial(ours.page, booked=booked), partial(bare.filtered, booked))
            for booked in Booked
        ),
        *(
            measured(
                f"“smi”, {NAMED[booked]}",
                partial(ours.page, "smi", booked=booked),
                partial(bare.searched, "smi", booked),
            )
            for booked in Booked
        ),
    ]


def filters_by_field(venue: Venue, how_many: int) -> list[Figures]:
    """P2 and I2: with 20 fields, of which each customer has a third."""
    listed = own_fields.fill(venue)
    ours, bare = Ours(venue), Bare(venue)
    bare.plan_each_time()
    limit = "3 or 10 ms" if bare.kind == "sqlite" else "1.5" if how_many >= 1_000_000 else "3"
    measured = []
    for wanted in own_fields.WANTED:
        condition, values = own_fields.condition_of(wanted, listed, bare.kind)
        own = own_fields.filter_of(wanted, listed)
        for words in ("", "smi"):
            name = f"“{words}”, {wanted.name}" if words else wanted.name
            bare_query = partial(bare.by_field, condition, words, many=wanted.many, **values)
            measured.append(in_turns(name, partial(ours.page, words, own=own), bare_query, limit=limit, said=page_said))
    return measured


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        versions = measure.versions(kind, venues.bare(venue))
        for name, part in PARTS.items():
            heading = f"{name}: {how_many:,} customers on {kind}"
            print(f"\n{heading}", flush=True)
            figures = part(venue, how_many)
            if how_many >= 100_000:
                measure.save(heading, measure.table(figures), command="python -m benchmarks.lists", versions=versions)


PARTS = {"Pages": pages, "Search and filters": searches, "Filters by own fields": filters_by_field}
SIZES = [("sqlite", 100_000), ("postgresql", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
