"""How one column with full names is split, and what is asked about."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer
from tests.makers import NOW, a_customer, an_event, days
from tests.venue.imports.taking import ON, counts, read_customers, take_bookings, take_customers
from venue.imports import BadFile
from venue.imports.names import split

CERTAIN = [
    ("Ada Lovelace", "Ada", "Lovelace"),
    ("Lovelace, Ada", "Ada", "Lovelace"),
    ("Smith,Jo", "Jo", "Smith"),
    ("Smith, Mr Jo", "Jo", "Smith"),
    ("Smith, Mary Ann", "Mary Ann", "Smith"),
    ("van Beethoven, Ludwig", "Ludwig", "van Beethoven"),
    ("De la Cruz, Ana", "Ana", "De la Cruz"),
    ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
    ("Anna van der Berg", "Anna", "van der Berg"),
    ("Anna Maria von Trapp", "Anna Maria", "von Trapp"),
    ("Van Morrison", "Van", "Morrison"),
    ("Mr Joe Bloggs", "Joe", "Bloggs"),
    ("Mr. Joe Bloggs", "Joe", "Bloggs"),
    ("Prof. Dr. Ada Lovelace", "Ada", "Lovelace"),
    ("J. R. R. Tolkien", "J. R. R.", "Tolkien"),
    ("Joe B Smith", "Joe B", "Smith"),
    ("John Smith III", "John", "Smith III"),
    ("John Smith, Jr.", "John", "Smith Jr."),
    ("  Jo\u00a0 O'Neil ", "Jo", "O'Neil"),
    ("JO SMITH", "JO", "SMITH"),
    ("jo smith", "jo", "smith"),
    ("J Smith", "J", "Smith"),
]
IN_DOUBT = [
    ("Mary Ann Smith", "Mary Ann", "Smith"),
    ("Ann & Bob Smith", "Ann & Bob", "Smith"),
    ("Ana e Paulo", "Ana e", "Paulo"),
    ("Jo O Neil", "Jo O", "Neil"),
    ("Maria del Carmen Lopez", "Maria", "del Carmen Lopez"),
    ("LUDWIG VAN BEETHOVEN", "LUDWIG VAN", "BEETHOVEN"),
    ("Ludwig Van Beethoven", "Ludwig Van", "Beethoven"),
    ("ludwig van beethoven", "ludwig", "van beethoven"),
    ("SMITH Jo", "Jo", "SMITH"),
    ("Jo Smith, Acme Ltd", "Acme Ltd", "Jo Smith"),
    ("Smith, Jo, MBE", "Jo, MBE", "Smith"),
    ("Jo Smith (birthday)", "Jo Smith", "(birthday)"),
]
ONE_WORD = [("Ada", "Ada", ""), ("Mr Bloggs", "", "Bloggs"), ("Smith,", "", "Smith"), (", Jo", "Jo", ""), ("", "", "")]


@pytest.mark.parametrize(("name", "first", "last"), CERTAIN)
def test_a_name_that_has_one_reading_is_split(session: Session, name: str, first: str, last: str) -> None:
    report = take_customers(session, f'Name,Tel\n"{name}",07700900457\n')

    assert session.execute(select(Customer.first_name, Customer.last_name)).all() == [(first, last)]
    assert [(row.outcome, row.column, row.value, row.reason) for row in report.rows] == [
        ("new", "Name", name, f"Read as first name “{first}” and last name “{last}”")
    ]


@pytest.mark.parametrize(("name", "first", "last"), IN_DOUBT)
def test_a_name_that_has_several_readings_is_asked_about(session: Session, name: str, first: str, last: str) -> None:
    content = f'Guest name,Tel\n"{name}",07700900457\nJo Day,07700900458\n'

    report = take_customers(session, content)

    asked = [row for row in report.rows if row.outcome == "in_doubt"]
    assert [(row.line, row.column, row.value, row.reason) for row in asked] == [
        (2, "Guest name", name, f"Is the first name “{first}” and the last name “{last}”?")
    ]
    assert counts(report) == {"new": 1, "in_doubt": 1}
    assert counts(take_customers(session, content, add_lines=[2])) == {"new": 1, "unchanged": 1}
    assert counts(take_customers(session, content)) == {"unchanged": 2}


@pytest.mark.parametrize(("name", "first", "last"), ONE_WORD)
def test_a_name_of_one_word_is_refused_and_the_others_are_taken(
    session: Session, name: str, first: str, last: str
) -> None:
    assert (split(name).first_name, split(name).last_name) == (first, last)

    report = take_customers(session, f'Name,Tel\n"{name}",07700900457\nJo Day,07700900458\n')

    refused = {(row.line, row.column, row.value, row.reason) for row in report.rows if row.outcome == "refused"}
    missing = [word for word, part in (("first", first), ("last", last)) if not part]
    assert refused == {(2, "Name", name, f"Enter a {word} name") for word in missing}
    assert counts(report) == {"new": 1, "refused": 1}


@pytest.mark.parametrize(
    "heading", ["Name", "Full name", "FULL_NAME", "Customer", "Customer name", "Guest name", "Contact", "Booked by"]
)
def test_a_column_of_full_names_is_known_by_its_heading(session: Session, heading: str) -> None:
    assert counts(take_customers(session, f'{heading},Tel\n"Smith, Jo",07700900457\n')) == {"new": 1}


def test_a_column_of_full_names_is_mapped_by_hand() -> None:
    rows = read_customers("Wer,Tel\nJo Smith,07700900457\n", full_name="Wer")

    assert [row["full_name"] for row in rows] == ["Jo Smith"]


def test_first_and_last_name_come_before_the_full_name(session: Session) -> None:
    content = "Name,Given Name,Family Name,Phone 1 - Value\nJo D Smith,Jo,Smith,07700900457\nAl Lee,,,07700900458\n"

    assert counts(take_customers(session, content)) == {"new": 2}
    assert set(session.execute(select(Customer.first_name, Customer.last_name))) == {("Jo", "Smith"), ("Al", "Lee")}


@pytest.mark.parametrize("part", ["First Name", "Last Name"])
def test_a_name_beside_only_one_part_is_not_guessed_at(part: str) -> None:
    with pytest.raises(BadFile, match="no column for"):
        read_customers(f"{part},Name,Tel\nJo,Smith,07700900457\n")


BOOKED = [
    ("Jo Smith", {"new": 1}),
    ("Smith, Jo", {"new": 1}),
    ("Mr. JO SMITH", {"new": 1}),
    ("", {"in_doubt": 1}),
    ("Jo", {"in_doubt": 1}),
    ("Bo Smith", {"in_doubt": 1}),
]


@pytest.mark.parametrize(("name", "outcome"), BOOKED)
def test_a_booking_tells_who_shares_a_phone_by_the_full_name(
    session: Session, name: str, outcome: dict[str, int]
) -> None:
    an_event(session, name="Quiz Night", starts_at=NOW + days(14), capacity=10)
    jo = a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900457")
    a_customer(session, first_name="Al", last_name="Smith", mobile_number="07700900457")

    report = take_bookings(session, f'Name,Tel,Event,Event Date,Seats\n"{name}",07700900457,Quiz Night,{ON},2\n')

    assert counts(report) == outcome
    assert session.scalars(select(Booking.customer_id)).all() == ([jo.id] if "new" in outcome else [])
