"""Which rows an import accepts, reports as in doubt and refuses. The sample files look like a venue's real exports."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from tests.databases import ON_BOTH
from tests.makers import NOW, STAFF, a_booking, a_customer
from tests.venue.imports.taking import HEADER, counts, take_customers, take_sample
from venue import customers, dates, exports, imports
from venue.errors import NotAllowed
from venue.imports import BadFile, open_table
from venue.profile import Venue
from venue.roles import COMMAND_LINE

pytestmark = pytest.mark.plain_sql


@pytest.fixture
def session(venue: Venue) -> Any:
    with venue.transaction(COMMAND_LINE) as session:
        yield session


# The venue's own files


def test_the_sample_files_go_in_and_every_other_row_is_named(session: Session) -> None:
    reports = take_sample(session)

    assert counts(reports["customers"]) == {"new": 901, "unchanged": 1, "in_doubt": 4, "refused": 12}
    refused = {row.line: row.column for row in reports["customers"].rows if row.outcome == "refused"}
    assert refused == {
        14: "Last Name", 17: "Customer Since", 64: "Mobile", 105: "Customer Since", 159: "Mobile", 207: "Mobile",
        235: "Mobile", 439: "Last Name", 513: "Mobile", 806: "Mobile", 810: "First Name", 891: "Last Name",
    }  # fmt: skip
    assert {row.line for row in reports["customers"].rows if row.outcome == "in_doubt"} == {134, 761, 833, 882}
    assert counts(reports["events"]) == {"new": 108}
    assert counts(reports["bookings"]) == {"new": 1965, "in_doubt": 3, "refused": 3}


def test_the_same_files_again_create_nothing(session: Session) -> None:
    take_sample(session)
    reports = take_sample(session)

    assert not any(report.counts[imports.Outcome.NEW] for report in reports.values())
    assert session.scalar(select(func.count()).select_from(Booking)) == 1965


@ON_BOTH
def test_importing_sends_no_text_and_schedules_reminders_of_upcoming_events(session: Session) -> None:
    take_sample(session)

    kinds = set(session.scalars(select(Message.kind)))
    assert kinds == {"reminder_7_day", "reminder_24_hour"}
    past = (
        select(Message.id).join(Event, Event.id == Message.event_id).where(Event.starts_at < NOW - timedelta(days=54))
    )
    assert session.scalars(past).all() == []


# Customers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_however_a_spreadsheet_saved_it(session: Session, encoding: str, separator: str) -> None:
    text = "First Name,Last Name,Mobile,Notes\r\nZoë,Lacharité,07700 900123,caf\xe9\r\n".replace(",", separator)

    assert counts(take_customers(session, text.encode(encoding))) == {"new": 1}
    assert session.scalars(select(Customer.first_name)).all() == ["Zoë"]


@pytest.mark.parametrize(
    "header",
    [
        "Given Name,Family Name,Phone 1 - Value",
        "First Name,Last Name,Mobile Phone",
        "firstname,lastname,mobile phone number",
        "FNAME,LNAME,Phone",
        " first_name , Surname ,MOBILE",
    ],
)
def test_columns_are_known_under_their_usual_names(session: Session, header: str) -> None:
    assert counts(take_customers(session, f"{header}\nJo,Smith,07700900123\n")) == {"new": 1}


def test_a_column_of_another_name_is_mapped_by_hand(session: Session) -> None:
    content = io.BytesIO(b"Vorname,Last Name,Mobile\nJo,Smith,07700900123\n")
    table = open_table(
        content, imports.customers.NAMES, required=imports.customers.REQUIRED, mapped={"first_name": "Vorname"}
    )

    assert counts(imports.import_customers(session, table, now=NOW)) == {"new": 1}


def test_a_quoted_line_break_keeps_the_line_numbers_right(session: Session) -> None:
    report = take_customers(session, HEADER + 'Jo,Smith,07700900123,"one\ntwo"\n,Brown,07700900124,\n')

    assert [(row.line, row.column, row.value, row.reason) for row in report.rows] == [
        (4, "First Name", "", "Enter a first name")
    ]
    assert session.scalars(select(Customer.notes)).one() == "one\ntwo"


def test_every_problem_of_a_row_is_reported(session: Session) -> None:
    report = take_customers(session, HEADER + ",,01632 960123,\n")

    assert [row.column for row in report.rows] == ["First Name", "Last Name", "Mobile"]
    assert counts(report) == {"refused": 1}


def test_a_row_with_a_known_number_is_in_doubt_and_added_by_its_line(session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900123")
    content = HEADER + "Al,Smith,07700900123,\n"

    assert counts(take_customers(session, content)) == {"in_doubt": 1}
    assert counts(take_customers(session, content, add_lines=[2])) == {"new": 1}
    assert counts(take_customers(session, content)) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("first_name", "mobile_number", "question"),
    [
        ("Al", "07700900123", "Al Smith has this number: the same person?"),
        ("Jo", "07700900124", "Jo Smith already exists, with the number 07700 900124: the same person?"),
        ("Bo", "07700900125", ""),
    ],
)
def test_who_adds_a_row_in_doubt_has_read_every_question_about_it(
    session: Session, first_name: str, mobile_number: str, question: str
) -> None:
    a_customer(session, first_name=first_name, last_name="Smith", mobile_number=mobile_number)
    content = HEADER.encode() + "Jo,Smith,7700900123,café\n".encode("cp1252") + "Zoë,Lee,07700900126,Ü\n".encode()

    report = take_customers(session, content)

    assert counts(report) == {"new": 1, "in_doubt": 1}
    (asked,) = report.rows
    assert (asked.column, asked.value, asked.may_add) == ("Notes", "café", True)
    encoding, zero = "Is it “café”? ", "Did a spreadsheet remove the first zero? "
    assert encoding + zero in asked.reason
    assert asked.reason.endswith(f"takes this number as 07700 900123. {question}".removesuffix(". "))


def test_a_doubtful_row_of_a_known_customer_asks_of_no_one_else(session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900123")
    a_customer(session, first_name="Al", last_name="Smith", mobile_number="07700900123")

    report = take_customers(session, HEADER + "Jo,Smith,7700900123,New\n")

    assert counts(report) == {"in_doubt": 1}
    assert "the same person?" not in report.rows[0].reason


@ON_BOTH
def test_a_row_with_a_known_name_is_in_doubt(session: Session) -> None:
    a_customer(session, first_name="Seán", last_name="O'Neil", mobile_number="07700900123")

    report = take_customers(session, HEADER + "SEAN,O’Neil,07700900124,\n")

    assert counts(report) == {"in_doubt": 1}
    assert "07700 900123" in report.rows[0].reason


def test_new_notes_of_a_known_customer_change_them_and_empty_ones_do_not(session: Session) -> None:
    customer = a_customer(session, mobile_number="07700900123", notes="Likes the fire")

    assert counts(take_customers(session, HEADER + "Jo,Smith,07700900123,\n")) == {"unchanged": 1}
    report = take_customers(session, HEADER + "Jo,Smith,07700900123,Gluten free\n")

    assert counts(report) == {"changed": 1}
    assert report.rows[0].reason == "The notes were: Likes the fire"
    session.refresh(customer)
    assert (customer.notes, customer.version) == ("Gluten free", 2)


def test_an_address_that_several_share_changes_each_of_them(session: Session) -> None:
    shared = "the.smiths@example.com"
    a_customer(session, first_name="Pat", last_name="Smith", mobile_number="07700900124", email=shared)
    jo = a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900123")
    al = a_customer(session, first_name="Al", last_name="Brown", mobile_number="07700900125")

    header = "First Name,Last Name,Mobile,E-mail\n"
    report = take_customers(session, f"{header}Jo,Smith,07700900123,{shared}\nAl,Brown,07700900125,{shared}\n")

    assert counts(report) == {"changed": 2}
    assert (jo.email, al.email) == (shared, shared)


def test_a_known_customer_twice_in_a_file_with_other_notes_is_asked_about(session: Session) -> None:
    report = take_customers(session, HEADER + "Jo,Smith,07700900123,One\nJo,Smith,07700900123,Two\n")

    assert counts(report) == {"new": 1, "in_doubt": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"First Name,Last Name\nJo,Smith\n", "no column for Mobile"),
        (b"PK\x03\x04\x00\x00binary", "damaged"),
        (b"\xff\xfe\x00", "not a CSV file"),
        (b"\n\n", "no column"),
    ],
)
def test_what_is_no_table_of_customers_is_refused_whole(session: Session, content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        take_customers(session, content)


def test_two_files_at_one_instant_are_two_files(session: Session) -> None:
    take_customers(session, HEADER + "Jo,Smith,07700900123,One\n", now=NOW)

    report = take_customers(session, HEADER + "Jo,Smith,07700900123,Two\n", now=NOW)
    assert [(row.outcome, row.reason) for row in report.rows] == [("changed", "The notes were: One")]


def test_changed_notes_are_a_new_version(session: Session) -> None:
    jo = a_customer(session, mobile_number="07700900123")

    take_customers(session, HEADER + "Jo,Smith,07700900123,Two\n")
    session.refresh(jo)
    assert (jo.notes, jo.version) == ("Two", 2)


def test_a_ragged_row_is_refused_not_guessed_at(session: Session) -> None:
    report = take_customers(session, HEADER + "Jo,Smith,07700900123,,,extra\nJo\nAl,Brown,07700900124,\n")

    assert counts(report) == {"new": 1, "refused": 2}


def test_importing_needs_the_permission(venue: Venue) -> None:
    with venue.transaction(STAFF) as session, pytest.raises(NotAllowed):
        take_customers(session, HEADER)


@ON_BOTH
def test_imported_customers_are_found_and_counted(session: Session) -> None:
    take_customers(session, HEADER + "Seán,O'Neil,07700900123,\n")

    found = customers.search(session, "oneil sean", now=NOW)
    assert (found.total, customers.search(session, now=NOW).total) == (1, 1)


# And out again


def test_an_export_imports_back_without_a_change(session: Session) -> None:
    take_sample(session)
    a_customer(session, first_name="Al", last_name="=cmd", notes="'=1+1", mobile_number="+33612345678")

    exported = b"".join(exports.customers_csv(session, now=NOW))

    report = take_customers(session, exported)
    assert (report.counts[imports.Outcome.UNCHANGED], len(report.rows)) == (902, 0)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "'＝"])
def test_no_exported_cell_is_a_formula(session: Session, sign: str) -> None:
    a_customer(session, first_name=f"{sign}SUM", last_name=f"{sign}2+3", notes=f"{sign}1", mobile_number="07700900123")

    exported = b"".join(exports.customers_csv(session, now=NOW))

    line = exported.decode("utf-8-sig").splitlines()[1]
    assert line.startswith(f"'{sign}SUM,'{sign}2+3,07700 900123,'{sign}1,")
    report = take_customers(session, exported)
    assert (counts(report), report.rows) == ({"unchanged": 1}, [])


def test_an_export_has_exactly_what_the_filter_shows(session: Session) -> None:
    booked = a_customer(session, first_name="Bo", last_name="Booked")
    a_customer(session, first_name="Nia", last_name="None")
    a_booking(session, booked)

    lines = b"".join(exports.customers_csv(session, booked="active", now=NOW)).decode("utf-8-sig").splitlines()

    assert [line.split(",")[1] for line in lines] == ["Last Name", "Booked"]


def test_the_day_comes_before_the_month() -> None:
    assert dates.parse_day("01/02/2025") == date(2025, 2, 1)
    with pytest.raises(ValueError, match="Not a date"):
        dates.parse_day("12/31/2025")


def test_the_notes_of_a_report_can_be_handed_on(session: Session) -> None:
    kept: list[imports.ReportRow] = []

    report = take_customers(session, HEADER + "Jo,Smith,,blue\nAl,Lee,07700900123,\n", keep=kept.append)

    assert (counts(report), report.rows) == ({"new": 1, "refused": 1}, [])
    assert [(row.line, row.cells) for row in kept] == [(2, ("Jo", "Smith", "", "blue"))]
