"""The list of customers: every page, every order, every filter, and how many there are."""

import io
import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from db import search as index
from db import totals
from db.models import Customer, search_id
from db.writes import insert_new
from tests.databases import SOAK_IS_FULL
from tests.makers import (
    MANAGER,
    NOW,
    STAFF,
    VIEWER,
    a_booking,
    a_customer,
    a_number,
    an_event,
    an_opt_out,
    days,
)
from venue import customers, exports, imports
from venue.customers import find, paging
from venue.customers.booking_status import Booked
from venue.customers.order import ORDERS
from venue.customers.paging import CustomerPage
from venue.profile import Venue
from venue.roles import Actor

CROWD = 5_000 if SOAK_IS_FULL else 1_000
PAGE = CROWD // 20
FIRST_NAMES = ("Jo", "Ann", "Zoë", "Bob", "ann")
LAST_NAMES = ("Smith", "Jones", "O'Neil", "Ångström", "de la Cruz", "Młynarz", "Young")


def a_row(first_name: str, last_name: str, mobile_number: str, since: int = 0) -> dict[str, Any]:
    customer_id = uuid4()
    return {
        "id": customer_id,
        "first_name": first_name,
        "last_name": last_name,
        "mobile_number": mobile_number,
        "notes": "",
        "created_at": NOW - timedelta(hours=since),
        "updated_at": NOW,
        "version": 1,
        "search_id": search_id(customer_id),
        "search_text": index.search_text(first_name, last_name, mobile_number, f"0{mobile_number[3:]}"),
        "sort_key": index.sort_key(first_name, last_name),
    }


def add_crowd(venue: Venue, how_many: int) -> set[UUID]:
    """Many with the same name, number or day, so that only the id distinguishes them."""
    chance = random.Random(7)
    rows = [
        a_row(
            chance.choice(FIRST_NAMES),
            chance.choice(LAST_NAMES),
            f"+447700900{chance.randrange(1000):03}",
            chance.randrange(100),
        )
        for _ in range(how_many)
    ]
    with venue.transaction(MANAGER) as session:
        insert_new(session, Customer, rows)
    return {row["id"] for row in rows}


def page(venue: Venue, **asked: Any) -> CustomerPage:
    with venue.reading(STAFF) as session:
        return customers.search(session, now=NOW, **asked)


def ids(found: CustomerPage) -> list[UUID]:
    return [row.id for row in found.rows]


def walk(venue: Venue, *, between: Callable[[UUID], None] = lambda _last: None, **asked: Any) -> Iterator[UUID]:
    """From the first page on to where there is no next one."""
    found = page(venue, **asked)
    yield from ids(found)
    while found.has_next:
        between(found.rows[-1].id)
        found = page(venue, after=found.rows[-1].id, page=None, **asked)
        yield from ids(found)


def walk_back(venue: Venue, **asked: Any) -> Iterator[UUID]:
    found = page(venue, last=True, **asked)
    yield from reversed(ids(found))
    while found.has_previous:
        found = page(venue, before=found.rows[0].id, page=None, **asked)
        yield from reversed(ids(found))


def in_order(venue: Venue, sort: str, descending: bool) -> list[UUID]:
    with venue.reading(STAFF) as session:
        query = find.every(session, now=NOW, sort=sort, descending=descending)
        return [row.id for row in session.execute(query)]


@pytest.mark.soak
def test_walking_all_pages_gives_each_customer_once(venue: Venue) -> None:
    crowd = add_crowd(venue, CROWD)
    for sort, descending in product(ORDERS, (False, True)):
        expected = in_order(venue, sort, descending)
        assert set(expected) == crowd
        assert list(walk(venue, sort=sort, descending=descending, page_size=PAGE)) == expected, (sort, descending)
        back = list(walk_back(venue, sort=sort, descending=descending, page_size=PAGE))
        assert back == expected[::-1], (sort, descending)


@pytest.mark.soak
@pytest.mark.parametrize("sort", ORDERS)
def test_paging_while_others_add_and_delete_skips_no_customer(venue: Venue, sort: str) -> None:
    crowd = add_crowd(venue, CROWD // 4)
    chance = random.Random(sort)
    theirs: list[UUID] = []

    def another_writes(last: UUID) -> None:
        new = a_row(chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES), a_number(), chance.randrange(100))
        with venue.transaction(MANAGER) as session:
            if theirs and theirs[-1] != last and chance.random() < 0.5:
                session.execute(delete(Customer).where(Customer.id == theirs.pop()))
            insert_new(session, Customer, [new])
        theirs.append(new["id"])

    for descending in (False, True):
        walked = list(walk(venue, between=another_writes, sort=sort, descending=descending, page_size=25))
        assert len(walked) == len(set(walked))
        assert crowd <= set(walked)


def test_a_walk_through_what_was_searched_gives_each_once(venue: Venue) -> None:
    add_crowd(venue, 1_000)
    for asked in (
        {"words": "smi"},
        {"words": "jo"},
        {"booked": Booked.NONE},
        {"words": "770 090", "sort": "created_at"},
    ):
        total = page(venue, **asked).total
        walked = list(walk(venue, **asked, page_size=25))
        assert len(walked) == len(set(walked)) == total > 25
        assert list(walk_back(venue, **asked, page_size=25)) == walked[::-1]


def test_the_order_is_by_last_name_then_first_name(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for name in ("Zoë Ångström", "Ann Zeta", "Jo Smith", "Ann Smith", "Bob O'Neil", "Cy Oneal"):
            first_name, last_name = name.split()
            a_customer(session, first_name=first_name, last_name=last_name)
    names = [f"{row.first_name} {row.last_name}" for row in page(venue).rows]
    assert names == ["Zoë Ångström", "Cy Oneal", "Bob O'Neil", "Ann Smith", "Jo Smith", "Ann Zeta"]


@pytest.mark.parametrize("far", [0, 10_000])
def test_a_numbered_page_is_that_part_of_the_list(venue: Venue, monkeypatch: pytest.MonkeyPatch, far: int) -> None:
    monkeypatch.setattr(paging, "FAR", far)
    add_crowd(venue, 260)
    everyone = in_order(venue, "name", False)
    for number in range(1, 12):
        found = page(venue, page=number, page_size=25)
        assert ids(found) == everyone[(number - 1) * 25 : number * 25]
        assert (found.page, found.pages, found.total) == (number, 11, 260)
        assert (found.has_previous, found.has_next) == (number > 1, number < 11)
    assert page(venue, page=99, page_size=25).page == 11
    assert ids(page(venue, page=-1, page_size=25)) == everyone[:25]


def test_the_last_page_holds_what_is_left_over(venue: Venue) -> None:
    add_crowd(venue, 103)
    everyone = in_order(venue, "name", False)
    found = page(venue, last=True, page_size=25)
    assert ids(found) == everyone[100:]
    assert (found.page, found.has_previous, found.has_next) == (5, True, False)
    assert ids(page(venue, last=True, page_size=50, descending=True)) == everyone[::-1][100:]


@pytest.mark.parametrize("asked", [{}, {"last": True}, {"letter": "M"}, {"words": "absent"}, {"booked": Booked.ACTIVE}])
def test_an_empty_list_is_one_empty_page(venue: Venue, asked: dict[str, Any]) -> None:
    found = page(venue, **asked)
    assert (list(found.rows), found.total, found.pages) == ([], 0, 1)
    assert (found.has_previous, found.has_next) == (False, False)


def test_a_letter_jumps_to_where_its_names_begin(venue: Venue) -> None:
    add_crowd(venue, 500)
    found = page(venue, letter="S", page_size=25, sort="created_at", descending=True)
    assert {row.last_name for row in found.rows} == {"Smith"}
    assert (found.page, found.has_previous, found.has_next) == (None, True, True)
    before = page(venue, before=found.rows[0].id, page=None, page_size=25)
    assert before.rows[-1].last_name == "O'Neil"


def test_a_letter_without_names_jumps_to_the_next_name(venue: Venue) -> None:
    add_crowd(venue, 100)
    assert page(venue, letter="T").rows[0].last_name == "Young"
    assert page(venue, letter="a", page_size=25).has_previous is False
    assert page(venue, letter="z", page_size=25).rows[-1].last_name == "Young"
    assert page(venue, letter="o", words="jo").rows[0].last_name == "O'Neil"


def test_postgresql_plans_again_when_two_indexes_could_be_used(venue: Venue) -> None:
    if venue.database.dialect != "postgresql" or venue.database.pooler:
        pytest.skip("Only a server with prepared statements plans for values it has not been told")
    add_crowd(venue, 100)
    two_ways: list[dict[str, Any]] = [{"words": "smi", "booked": Booked.NONE}, {"created_from": NOW.date()}]
    for asked in ({}, {"words": "smi"}, {"words": "s"}, {"booked": Booked.ACTIVE}, *two_ways):
        for _ in range(8):
            page(venue, **asked)
    with venue.reading(MANAGER) as session:
        planned = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    listed = [statement for statement in planned if "customers.sort_key" in statement]
    assert ["search_text" in statement for statement in sorted(listed, key=len)] == [False, True]


@pytest.mark.parametrize("beside", ["after", "before"])
def test_a_page_beside_a_deleted_customer_is_the_one_with_that_number(venue: Venue, beside: str) -> None:
    add_crowd(venue, 100)
    everyone = in_order(venue, "name", False)
    with venue.transaction(MANAGER) as session:
        session.execute(delete(Customer).where(Customer.id == everyone[24]))
    found = page(venue, **{beside: everyone[24]}, page=2, page_size=25)
    assert ids(found) == everyone[26:51]
    assert found.page == 2


def test_beyond_either_end_there_is_an_empty_page(venue: Venue) -> None:
    add_crowd(venue, 30)
    everyone = in_order(venue, "name", False)
    beyond = page(venue, after=everyone[-1], page=None)
    assert (list(beyond.rows), beyond.total, beyond.has_previous, beyond.has_next) == ([], 30, True, False)
    assert list(page(venue, before=everyone[0], page=None).rows) == []


def test_filters_and_search_all_hold_at_once(venue: Venue) -> None:
    people = make_a_venue(venue)
    event_id = next(person["event_id"] for person in people.values() if person["event_id"])
    tried: list[dict[str, Any]] = [
        {"words": words, "booked": booked, "event_id": event, "created_from": since, "cannot_text": blocked}
        for words, booked, event, since, blocked in product(
            ("", "smi", "jo", "900"), (None, *Booked), (None, event_id), (None, (NOW - days(3)).date()), (False, True)
        )
    ]
    for asked in tried:
        expected = {customer_id for customer_id, person in people.items() if is_wanted(person, asked)}
        assert page(venue, **asked).total == len(expected), asked
        assert set(walk(venue, **asked, page_size=7)) == expected, asked


def make_a_venue(venue: Venue) -> dict[UUID, dict[str, Any]]:
    people: dict[UUID, dict[str, Any]] = {}
    with venue.transaction(MANAGER) as session:
        coming, other = an_event(session), an_event(session, starts_at=NOW + days(1))
        for number in range(40):
            first, last, since = ("Jo", "Ann")[number % 2], ("Smith", "Jones", "Smithson")[number % 3], number % 6
            customer = a_customer(session, first_name=first, last_name=last, now=NOW - days(since))
            person = people[customer.id] = {"name": f"{first} {last}".lower(), "since": since}
            person |= {"event_id": None, "booked": "none", "blocked": number % 5 == 0}
            if number % 4 in (1, 2):
                event, seats = (coming, number % 3) if number % 4 == 1 else (other, 2)
                a_booking(session, customer, event, seats=seats)
                person |= {"event_id": event.id, "booked": "active" if seats else "reminder_only"}
            if person["blocked"]:
                an_opt_out(session, customer.mobile_number)
    return people


def is_wanted(person: dict[str, Any], asked: dict[str, Any]) -> bool:
    return (
        (asked["words"] in ("", "900") or asked["words"] in person["name"])
        and (asked["booked"] is None or person["booked"] == asked["booked"])
        and (asked["event_id"] is None or person["event_id"] == asked["event_id"])
        and (asked["created_from"] is None or person["since"] <= 3)
        and (not asked["cannot_text"] or person["blocked"])
    )


def test_the_export_has_exactly_who_the_list_shows(venue: Venue) -> None:
    add_crowd(venue, 300)
    for asked in ({}, {"words": "smi"}, {"words": "jo", "sort": "created_at", "descending": True}):
        expected = [row.last_name for row in page(venue, **asked, page_size=100).rows]
        with venue.reading_at_length(MANAGER) as session:
            lines = b"".join(exports.customers_csv(session, now=NOW, **asked)).decode("utf-8-sig").splitlines()
        assert [line.split(",")[1] for line in lines[1:101]] == expected


def test_an_export_that_is_not_read_to_its_end_blocks_nothing(venue: Venue) -> None:
    add_crowd(venue, 3_000)
    with venue.reading_at_length(MANAGER) as session:
        half_read = exports.customers_csv(session, now=NOW)
        next(half_read)
        next(half_read)
    assert page(venue).total == 3_000
    half_read.close()


# How many there are


def counted(venue: Venue) -> tuple[int, int]:
    """The stored total, and the real one."""
    with venue.reading(VIEWER) as session:
        there = session.scalar(select(func.count()).select_from(Customer)) or 0
        return session.scalars(select(totals.KEPT)).one(), there


def test_the_total_is_exact_whatever_happens(venue: Venue) -> None:
    chance = random.Random(11)
    for step in range(60):
        try:
            with venue.transaction(MANAGER) as session:
                something_happens(session, chance, step)
                if chance.random() < 0.3:
                    raise Undone
        except Undone:
            pass
        kept, there = counted(venue)
        assert kept == there == page(venue).total


class Undone(Exception):
    pass


def something_happens(session: Session, chance: random.Random, step: int) -> None:
    what = chance.choice(("add", "add", "import", "delete", "delete some", "tidy", "savepoint"))
    if what == "add":
        a_customer(session)
    elif what == "import":
        people = "".join(f"Jo,Number{chr(97 + step % 26)}{chr(97 + n)},{a_number()}\n" for n in range(5))
        file = io.BytesIO(f"First Name,Last Name,Mobile\n{people}".encode())
        columns = imports.customers
        table = imports.open_table(file, columns.NAMES, required=columns.REQUIRED)
        imports.import_customers(session, table, now=NOW + timedelta(seconds=step))
    elif what == "tidy":
        totals.tidy(session)
    elif what == "savepoint":
        inner = session.begin_nested()
        a_customer(session)
        inner.rollback()
    else:
        some = select(Customer.id).order_by(Customer.id).limit(1 if what == "delete" else 4)
        session.execute(delete(Customer).where(Customer.id.in_(session.scalars(some).all())))


def test_the_total_is_exact_when_many_add_and_tidy_at_once(venue: Venue) -> None:
    start = threading.Barrier(5)
    failed: list[BaseException] = []

    def run(what: Callable[[Session], object]) -> None:
        start.wait()
        try:
            for _ in range(10):
                with venue.transaction(MANAGER) as session:
                    what(session)
        except Exception as error:
            failed.append(error)

    work: list[Callable[[Session], object]] = [a_customer, a_customer, a_customer, totals.tidy, totals.tidy]
    threads = [threading.Thread(target=run, args=(what,)) for what in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert counted(venue) == (30, 30)


def test_tidying_leaves_one_row_and_the_total(venue: Venue) -> None:
    for _ in range(5):
        with venue.transaction(MANAGER) as session:
            a_customer(session)
    with venue.transaction(MANAGER) as session:
        totals.tidy(session)
        totals.tidy(session)
    assert counted(venue) == (5, 5)
    with venue.reading(VIEWER) as session:
        rows = session.scalar(select(func.count()).select_from(totals.CustomerTotal))
    assert rows == 1


def test_without_permission_there_is_no_list(venue: Venue) -> None:
    from venue.errors import NotAllowed

    with venue.reading(Actor("no permissions", frozenset())) as session, pytest.raises(NotAllowed):
        customers.search(session, now=NOW)
