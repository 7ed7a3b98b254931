"""Which number is taken when a file has several phone columns, or a cell has several numbers."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer
from tests.makers import NOW, a_customer, an_event, days
from tests.venue.imports.taking import ON, counts, read_customers, take_bookings, take_customers
from venue import imports
from venue.imports.phones import is_phone_heading

MOBILE = "07700 900457"
OTHER_MOBILE = "07700 900458"
LANDLINE = "020 7946 0123"

HEADINGS = [
    "Mobile", "mobile number", "Mobile no.", "Mob.", "Mob no", "MOBILE_PHONE", "Mobile Telephone", "Cell", "Cell #",
    "Cell Phone", "Cellphone", "Cellular", "Handy", "Handynummer", "Handy-Nr.", "Mobil", "Mobilnummer", "Mobiltelefon",
    "Móvil", "Teléfono móvil", "Portable", "Téléphone portable", "SMS", "SMS Phone Number", "WhatsApp number", "GSM",
    "Tel", "Tel.", "Tel no", "Tel. No.", "Tel #", "Tel (mobile)", "Telephone", "Telephone 1", "Telephone number", "Ph",
    "Phone", "Phone1", "Phone 2", "Phone no.", "Phone number", "Phone 1 - Value", "Primary Phone", "Home Phone",
    "Business Phone 2", "Contact no.", "Contact number", "Contact tel", "Customer phone", "Guest mobile number",
    "Guest Contact Number", "Client telephone", "Telefon", "Telefonnummer", "Téléphone", "No. de téléphone",
    "TEL;TYPE=CELL", "Phone: mobile", "Your mobile number", "Main phone",
]  # fmt: skip
OTHER_HEADINGS = [
    "Name", "Contact", "Contact name", "Number", "No.", "Guests", "Home Fax", "Fax number", "Pager", "Phone consent",
    "Mobile opt-in", "Emergency contact phone", "Phone 1 - Label", "Phone 1 - Type", "Phone type", "E-mail", "",
    "Home Address", "Booking number", "Number of guests",
]  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_phone_columns_are_known(heading: str) -> None:
    assert is_phone_heading(heading)
    assert [row["mobile_number"] for row in _rows(heading)] == [MOBILE]


def _rows(heading: str) -> list[imports.table.Row]:
    return read_customers(f'First Name;Last Name;"{heading}"\nJo;Smith;{MOBILE}\n')


@pytest.mark.parametrize("heading", OTHER_HEADINGS)
def test_other_headings_are_no_phone_columns(heading: str) -> None:
    assert not is_phone_heading(heading)


GOOGLE = "First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n"
OLD_GOOGLE = "Given Name,Family Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value\n"
OUTLOOK = "First Name,Last Name,Business Phone,Home Phone,Home Fax,Mobile Phone,Primary Phone\n"
PLAIN = "First Name,Last Name,Mobile\n"

TAKEN = [
    # The second is the mobile.
    (GOOGLE + f"Jo,Smith,Home,{LANDLINE},Mobile,{MOBILE}\n", LANDLINE),
    (OLD_GOOGLE + f"Jo,Smith,Work,{LANDLINE},* Mobile,{MOBILE}\n", LANDLINE),
    # Both can receive texts: the one labelled mobile.
    (GOOGLE + f"Jo,Smith,Work,{OTHER_MOBILE},Mobile,{MOBILE}\n", OTHER_MOBILE),
    (GOOGLE + f"Jo,Smith,,{OTHER_MOBILE},iPhone,{MOBILE}\n", OTHER_MOBILE),
    # None is labelled mobile: the first that can receive texts.
    (GOOGLE + f"Jo,Smith,Home,{LANDLINE},Work,{MOBILE}\n", LANDLINE),
    (GOOGLE + f"Jo,Smith,Home,{MOBILE},Work,{OTHER_MOBILE}\n", OTHER_MOBILE),
    # The one labelled mobile is none.
    (GOOGLE + f"Jo,Smith,Mobile,{LANDLINE},Work,{MOBILE}\n", LANDLINE),
    (GOOGLE + f"Jo,Smith,Mobile,{MOBILE} ::: {LANDLINE},,\n", LANDLINE),
    (GOOGLE + f"Jo,Smith,Home Fax,{OTHER_MOBILE},Home,{MOBILE}\n", ""),
    (OUTLOOK + f"Jo,Smith,{LANDLINE},,,{MOBILE},\n", LANDLINE),
    (OUTLOOK + f"Jo,Smith,{OTHER_MOBILE},,,{MOBILE},\n", OTHER_MOBILE),
    (OUTLOOK + f"Jo,Smith,,,{LANDLINE},,{MOBILE}\n", ""),
    ("First Name,Last Name,Phone,Phone\n" + f"Jo,Smith,{LANDLINE},{MOBILE}\n", LANDLINE),
    ("First Name,Last Name,Tel,Cell\n" + f"Jo,Smith,{OTHER_MOBILE},{MOBILE}\n", OTHER_MOBILE),
    # The same number twice is one.
    (GOOGLE + f"Jo,Smith,Mobile,{MOBILE},Work,+447700900457\n", ""),
    # Several in a cell.
    *(
        (PLAIN + f'Jo,Smith,"{cell}"\n', LANDLINE)
        for cell in (
            f"{MOBILE} ::: {LANDLINE}", f"{LANDLINE} ::: {MOBILE}", f"{MOBILE}:::{LANDLINE}", f"{LANDLINE}; {MOBILE}",
            f"{LANDLINE} / {MOBILE}", f"{MOBILE}, {LANDLINE}", f"{MOBILE}|{LANDLINE}", f"{LANDLINE} or {MOBILE}",
            f"{MOBILE}\n{LANDLINE}",
        )
    ),
    (PLAIN + f"Jo,Smith,Mobile: {MOBILE}; Home: {LANDLINE}\n", f"Home: {LANDLINE}"),
    (PLAIN + f"Jo,Smith,{MOBILE} ::: +44 7700 900457\n", ""),
    (PLAIN + "Jo,Smith,07700/900457\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("content", "left_out"), TAKEN)
def test_the_number_that_can_receive_texts_is_taken_and_the_rest_told(
    session: Session, content: str, left_out: str
) -> None:
    report = take_customers(session, content)

    assert session.scalars(select(Customer.mobile_number)).all() == ["+447700900457"]
    assert counts(report) == {"new": 1}
    assert [row.reason for row in report.rows] == ([f"Left out: {left_out}"] if left_out else [])
    assert counts(take_customers(session, content)) == {"unchanged": 1}


DOUBTFUL = [
    (PLAIN + f"Jo,Smith,{MOBILE} ::: {OTHER_MOBILE}\n", "Mobile", f"{MOBILE} ::: {OTHER_MOBILE}"),
    (PLAIN + f"Jo,Smith,{MOBILE} / {LANDLINE} / {OTHER_MOBILE}\n", "Mobile", f"{MOBILE} / {LANDLINE} / {OTHER_MOBILE}"),
    (GOOGLE + f"Jo,Smith,Mobile,{MOBILE},Mobile,{OTHER_MOBILE}\n", "Phone 1 - Value", MOBILE),
    ("First Name,Last Name,Cell,Mobile\n" + f"Jo,Smith,{MOBILE},{OTHER_MOBILE}\n", "Cell", MOBILE),
]


@pytest.mark.parametrize(("content", "column", "value"), DOUBTFUL)
def test_two_mobile_numbers_are_asked_about(session: Session, content: str, column: str, value: str) -> None:
    report = take_customers(session, content)

    reason = f"Which is right, {MOBILE} or {OTHER_MOBILE}? Adding this row takes the first"
    assert [(row.line, row.outcome, row.column, row.value, row.reason) for row in report.rows] == [
        (2, "in_doubt", column, value, reason)
    ]
    assert counts(take_customers(session, content, add_lines=[2])) == {"new": 1}
    assert session.scalars(select(Customer.mobile_number)).all() == ["+447700900457"]
    assert counts(take_customers(session, content)) == {"unchanged": 1}


REFUSED = [
    (PLAIN + f"Jo,Smith,{LANDLINE} ::: 020 7946 0124\n", "Mobile", "landline"),
    (GOOGLE + f"Jo,Smith,Home,{LANDLINE},Work,020 7946 0124\n", "Phone 1 - Value", "landline"),
    (GOOGLE + f"Jo,Smith,Home,{LANDLINE},Mobile,0770 900\n", "Phone 2 - Value", "too few digits"),
    (PLAIN + f"Jo,Smith,{'07700900457;' * 1000}\n", "Mobile", "too long for a phone number"),
    (GOOGLE + "Jo,Smith,,,,\n", "Phone 1 - Value", "Enter a UK mobile number"),
]


@pytest.mark.parametrize(("content", "column", "reason"), REFUSED)
def test_a_row_without_a_number_for_texts_is_refused_and_the_others_taken(
    session: Session, content: str, column: str, reason: str
) -> None:
    report = take_customers(
        session, content + ("Al,Lee,07700900459" if "Mobile\n" in content else "Al,Lee,,07700900459,,")
    )

    assert counts(report) == {"new": 1, "refused": 1}
    refused = [row for row in report.rows if row.outcome == "refused"]
    assert [(row.line, row.column) for row in refused] == [(2, column)]
    assert reason in refused[0].reason


def test_a_column_mapped_by_hand_is_the_only_one(session: Session) -> None:
    content = f"First Name,Last Name,Mobile,Ann's phone\nJo,Smith,{OTHER_MOBILE},{MOBILE}\n"
    rows = read_customers(content, mobile_number="Ann's phone")

    assert [(row["mobile_number"], [cell.text for cell in row.phones]) for row in rows] == [(MOBILE, [MOBILE])]


def test_bookings_find_their_customer_by_any_of_the_numbers(session: Session) -> None:
    event = an_event(session, name="Quiz Night", starts_at=NOW + days(14), capacity=10)
    a_customer(session, mobile_number=MOBILE)
    header = "Tel,Contact no.,Event,Event Date,Seats\n"

    report = take_bookings(session, header + f"{LANDLINE},{LANDLINE} ::: {MOBILE},Quiz Night,{ON},2\n")
    assert counts(report) == {"new": 1}
    assert session.scalars(select(Booking.event_id)).all() == [event.id]

    report = take_bookings(session, header + f"{OTHER_MOBILE} or {MOBILE},,Quiz Night,{ON},2\n")
    assert counts(report) == {"refused": 1}


def test_a_line_break_in_a_quoted_cell_does_not_hide_a_row_with_its_number_in_the_second_column() -> None:
    rows = read_customers(f'First Name,Last Name,Tel,Tel 2\n"Jo,Smith,,\nAl,Lee,,{MOBILE}\nBo,"Fox",{MOBILE},\n')

    assert [(row.line, row["first_name"], bool(row.fault)) for row in rows] == [
        (2, "", True), (3, "Al", False), (4, "Bo", False)
    ]  # fmt: skip
