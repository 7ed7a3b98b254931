"""A pass over all customers finds those who are one person; the search for one customer finds the same."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from benchmarks.venue_list import Listed, same_number, same_people, venue_list
from db import search
from db.models import Customer, DuplicatePair, search_id
from db.writes import insert_new
from tests.makers import MANAGER, NOW, a_customer
from venue import customers
from venue.duplicates import find, full_pass
from venue.duplicates.compare import Person
from venue.profile import Venue
from venue.roles import SCHEDULER

PEOPLE = 600
SEED = 20_270_115
Pairs = set[tuple[UUID, UUID]]


def stored(venue: Venue, *states: str) -> Pairs:
    with venue.reading(SCHEDULER) as session:
        rows = session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id, DuplicatePair.state))
        return {(row.first_id, row.second_id) for row in rows if not states or row.state in states}


def a_list(venue: Venue, people: int = PEOPLE) -> list[Listed]:
    listed = venue_list(people, seed=SEED)
    same = {"notes": "", "created_at": NOW, "updated_at": NOW, "version": 1, "search_text": ""}
    rows = [
        {
            "id": each.id,
            "first_name": each.first_name,
            "last_name": each.last_name,
            "mobile_number": each.mobile_number,
            "search_id": search_id(each.id),
            "sort_key": search.sort_key(each.first_name, each.last_name),
            **same,
        }
        for each in listed
    ]
    with venue.transaction(MANAGER) as session:
        insert_new(session, Customer, rows)
    return listed


def f1(found: Pairs, truth: Pairs) -> float:
    right = len(found & truth)
    precision, recall = right / len(found), right / len(truth)
    return 2 * precision * recall / (precision + recall)


def test_it_finds_more_than_the_same_number_alone(venue: Venue) -> None:
    listed = a_list(venue)
    full_pass.find_all(venue, now=NOW)
    truth = same_people(listed)
    assert f1(stored(venue), truth) >= 0.9 > 0.5 > f1(set(same_number(listed)), truth)


def test_the_search_for_one_customer_finds_the_same(venue: Venue) -> None:
    a_list(venue)
    full_pass.find_all(venue, now=NOW)
    one_by_one: Pairs = set()
    with venue.reading(SCHEDULER) as session:
        for customer in session.scalars(select(Customer)):
            for found in find.find_for(session, Person.of(customer)):
                one_by_one.add((min(customer.id, found.customer_id), max(customer.id, found.customer_id)))
    assert one_by_one == stored(venue)


def test_a_second_pass_finds_the_same_and_drops_what_no_longer_holds(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        ann, again = (a_customer(session, first_name="Ann", mobile_number="+447700900001") for _ in range(2))
    assert full_pass.find_all(venue, now=NOW) == 1
    assert full_pass.find_all(venue, now=NOW + timedelta(days=1)) == 1
    with venue.transaction(MANAGER) as session:
        # As an import does, without a search.
        session.execute(update(Customer).where(Customer.id == again.id).values(sort_key="smith\x1fbob"))
    assert full_pass.find_all(venue, now=NOW + timedelta(days=2)) == 0
    assert stored(venue) == set()
    assert ann.id != again.id


def test_what_staff_said_about_two_customers_stays(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for _ in range(2):
            a_customer(session, mobile_number="+447700900001")
    full_pass.find_all(venue, now=NOW)
    with venue.transaction(MANAGER) as session:
        session.execute(update(DuplicatePair).values(state="not_same"))
    full_pass.find_all(venue, now=NOW + timedelta(days=1))
    assert len(stored(venue, "not_same")) == 1
    with venue.transaction(MANAGER) as session:
        session.execute(update(Customer).values(sort_key=Customer.first_name + "\x1f" + Customer.mobile_number))
    full_pass.find_all(venue, now=NOW + timedelta(days=2))
    assert len(stored(venue, "not_same")) == 1


def test_a_number_that_many_have_says_nothing(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for first_name in "ABCDEFGHIJ":
            a_customer(session, first_name=first_name * 3, mobile_number="+447700900000")
        a_customer(session, first_name="Jo", last_name="Lee", mobile_number="+447700900000")
        a_customer(session, first_name="Jo", last_name="Ray", mobile_number="+447700900000")
    full_pass.find_all(venue, now=NOW)
    assert stored(venue) == set()
    with venue.reading(SCHEDULER) as session:
        assert customers.search(session, "jo", now=NOW).total == 2


def test_the_same_e_mail_address_is_found_both_ways_and_not_one_that_many_have(venue: Venue) -> None:
    with venue.transaction(MANAGER) as session:
        for count, name in enumerate(("Jo@example.com", "jo@EXAMPLE.com")):
            a_customer(session, last_name="Quartermaine", mobile_number=f"+4477009009{count * 49 + 1:02d}", email=name)
        names = ["Ann", "Boris", "Cyd", "Deepak", "Eve", "Florence", "Gus", "Harpreet", "Ivy", "Jemima", "Kit", "Ludo"]
        for count, name in enumerate(names):
            number = f"+447700900{count * 83:03d}"
            a_customer(session, first_name=name, last_name="Hall", mobile_number=number, email="bar@example.com")
    full_pass.find_all(venue, now=NOW)
    with venue.reading(SCHEDULER) as session:
        (pair,) = session.scalars(select(DuplicatePair)).all()
        assert "same_email" in pair.reasons
        one, other = (session.get_one(Customer, each) for each in (pair.first_id, pair.second_id))
        assert [each.customer_id for each in find.find_for(session, Person.of(one))] == [other.id]
