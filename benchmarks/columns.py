"""The list's first page with six columns of tags, households and own fields, and the search from any screen.

The rows are added in a transaction that is rolled back: three tags and four values for each customer, and every tenth
with the next one in a household.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import measure, venues
from benchmarks.measure import Figures, in_turns
from benchmarks.people import NOW
from db.models import Customer, CustomerTag, CustomerValue, Household, HouseholdMember
from db.writes import insert_new
from venue import clock, customers, fields, households, tags
from venue.fields import Kind
from venue.insight.search_everything import search_everything
from venue.profile import Venue
from venue.roles import DESK

PAGE = 50
AT_ONCE = 20_000
LIST = (
    "SELECT c.id, c.first_name, c.last_name, c.mobile_number, c.notes, c.version, c.created_at, "
    "(SELECT sum(difference) FROM customer_totals) FROM customers c ORDER BY c.sort_key, c.id LIMIT 51"
)
TAGS = (
    "SELECT ct.customer_id, t.id, t.name, t.colour, t.at_door, ct.last_day FROM customer_tags ct "
    "JOIN tags t ON t.id = ct.tag_id WHERE ct.customer_id {ids} "
    "AND (ct.last_day IS NULL OR ct.last_day >= '2020-01-01') "
    "ORDER BY t.folded_name"
)
HOUSEHOLDS = (
    "SELECT m.customer_id, c.first_name, c.last_name FROM household_members m JOIN household_members o "
    "ON o.household_id = m.household_id JOIN customers c ON c.id = o.customer_id WHERE m.customer_id {ids} "
    "AND o.customer_id <> m.customer_id ORDER BY c.sort_key, c.id"
)
VALUES = (
    "SELECT v.customer_id, v.field_id, v.text, v.number, v.day, v.flag, v.choice_id, f.name FROM customer_values v "
    "LEFT JOIN field_choices f ON f.id = v.choice_id WHERE v.customer_id {ids}"
)


def fill(session: Session) -> None:
    new_tags = [tags.add(session, name=f"Tag {number}", now=NOW).id for number in range(12)]
    new_fields = [fields.add(session, name=f"Field {number}", kind=Kind.TEXT, now=NOW).id for number in range(4)]
    ids = session.scalars(select(Customer.id).order_by(Customer.sort_key, Customer.id)).all()
    for table, rows in (
        (CustomerTag, _tagged(ids, new_tags)),
        (CustomerValue, _valued(ids, new_fields)),
        (Household, ({"id": UUID(int=number), "created_at": NOW} for number in range(1, len(ids) // 10))),
        (HouseholdMember, _in_households(ids)),
    ):
        while batch := list(islice(rows, AT_ONCE)):
            insert_new(session, table, batch)


def _tagged(ids: Sequence[UUID], tag_ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for place, customer_id in enumerate(ids):
        for tag_id in (tag_ids[(place + step) % len(tag_ids)] for step in range(3)):
            yield {"tag_id": tag_id, "customer_id": customer_id, "last_day": None, "added_at": NOW}


def _valued(ids: Sequence[UUID], field_ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    none = {"number": None, "day": None, "flag": None, "choice_id": None}
    for customer_id in ids:
        for field_id in field_ids:
            yield {"customer_id": customer_id, "field_id": field_id, "text": "No nuts", **none}


def _in_households(ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    for number in range(1, len(ids) // 10):
        for customer_id in ids[10 * number : 10 * number + 2]:
            yield {"household_id": UUID(int=number), "customer_id": customer_id, "added_at": NOW}


def first_page(session: Session, *, extra: bool) -> int:
    page = customers.search(session, page_size=PAGE, now=NOW)
    if extra:
        ids = [row.id for row in page.rows]
        fields.list_columns(session)
        tags.of_customers(session, ids, today=clock.today(NOW, session.info["venue"].zone))
        households.names_of(session, ids)
        fields.values_of(session, ids)
    return page.total


def bare_page(session: Session, kind: str, *, extra: bool) -> int:
    """The best queries, through the driver alone."""
    cursor = session.connection().connection.cursor()
    rows = cursor.execute(LIST).fetchall()
    if extra:
        ids = [row[0] for row in rows[:PAGE]]
        among, given = ("= ANY(%s)", [ids]) if kind == "postgresql" else (f"IN ({','.join('?' * PAGE)})", ids)
        for statement in (TAGS, HOUSEHOLDS, VALUES):
            cursor.execute(statement.format(ids=among), given).fetchall()
    return int(rows[0][-1])


def figures(venue: Venue, kind: str) -> list[Figures]:
    with venue.trial(DESK) as session:
        fill(session)
        if kind == "postgresql":
            session.connection().exec_driver_sql("ANALYZE customer_tags, customer_values, household_members")

        def measured(name: str, ours: Callable[[], int], bare: Callable[[], int]) -> Figures:
            return in_turns(name, ours, bare, limit="3 ms" if kind == "sqlite" else "4")

        found = [
            measured(name, partial(first_page, session, extra=extra), partial(bare_page, session, kind, extra=extra))
            for name, extra in (("first page", False), ("first page, six more columns", True))
        ]
        for words in ("smi", "quiz", "7700 900"):
            search = partial(search_everything, session, words, now=NOW)
            list_of = partial(customers.search, session, words, page_size=6, now=NOW)
            # Beside the search of customers alone, which P2 compares with the bare query.
            name = f"search everything: “{words}”"
            found.append(in_turns(name, search, list_of, limit="10 ms", said=lambda _answer: ""))
        return found


def main(sizes: list[tuple[str, int]]) -> None:
    for kind, how_many in sizes:
        venue = venues.full(kind, how_many)
        versions = measure.versions(kind, venues.bare(venue))
        heading = f"Columns and search from any screen: {how_many:,} customers on {kind}"
        print(f"\n{heading}", flush=True)
        table = measure.table(figures(venue, kind))
        if how_many >= 100_000:
            measure.save(heading, table, command="python -m benchmarks.columns", versions=versions)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000)]
QUICK = [("sqlite", 15_000), ("postgresql", 15_000)]

if __name__ == "__main__":
    main(QUICK if "--quick" in sys.argv else SIZES)
