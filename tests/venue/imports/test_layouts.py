"""Files of address books and booking systems are imported without mapping a column by hand."""

import io
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer
from tests.makers import a_customer, an_event
from tests.venue.imports.layouts import EVENTBRITE, LAYOUTS, OLD_EVENTBRITE, Layout
from tests.venue.imports.spreadsheets import xlsx
from tests.venue.imports.taking import ON, counts, take_bookings, take_customers
from venue.imports import IMPORTERS, describe
from venue.imports.layouts import program_of

LANDLINE = "020 7946 0123"
each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.program}-{layout.mobile}")


def sample(layout: Layout) -> list[dict[str, str]]:
    people = [("Zoë", "O’Neil", "07700 900456"), ("Jo", "Smith-Jones", "+44 7700 900457")]
    return [
        {
            layout.first_name: first,
            layout.last_name: last,
            layout.mobile: number,
            **({layout.other: LANDLINE} if layout.other else {}),
            **({layout.notes: "Likes the fire,\nand “ale”"} if layout.notes else {}),
            **({layout.since: layout.since_written} if layout.since else {}),
        }
        for first, last, number in people
    ]


@each_layout
def test_every_layout_is_imported_without_mapping(layout: Layout, session: Session) -> None:
    report = take_customers(session, layout.written(*sample(layout)))

    assert counts(report) == {"new": 2}
    added = session.scalars(select(Customer).order_by(Customer.mobile_number)).all()
    assert [(customer.first_name, customer.last_name, customer.mobile_number) for customer in added] == [
        ("Zoë", "O’Neil", "+447700900456"),
        ("Jo", "Smith-Jones", "+447700900457"),
    ]
    assert added[0].notes == ("Likes the fire,\nand “ale”" if layout.notes else "")
    assert (added[0].created_at.date() == date(2024, 12, 31)) is bool(layout.since)


@each_layout
def test_every_layout_is_recognised(layout: Layout) -> None:
    shape = describe(io.BytesIO(layout.written(*sample(layout))), IMPORTERS["customers"])

    assert (shape.program, shape.missing) == (layout.program, ())


@each_layout
def test_every_layout_is_imported_after_excel_has_saved_it(layout: Layout, session: Session) -> None:
    rows = [[{**dict(layout.cells), **row}.get(heading, "") for heading in layout.header] for row in sample(layout)]

    assert counts(take_customers(session, xlsx([list(layout.header), *rows]))) == {"new": 2}


@pytest.mark.parametrize(
    "header",
    ["First Name,Last Name,Mobile,Notes", "Record ID,Name,Phone", "Order ID,Name,Event", "Name,E-mail Address,Phone"],
)
def test_a_plain_header_is_of_no_program(header: str) -> None:
    assert program_of(header.split(",")) == ""


def booking_file(header: str, **cells: str) -> bytes:
    row = {name.replace("_", " "): cell for name, cell in cells.items()}
    return Layout("", header.split(","), "", "", "").written(row)


OLD = {
    "First_Name": "Jo", "Last_Name": "Smith", "Quantity": "2", "Event_Name": "Quiz Night", "Event_Date": f"{ON} 19:30",
    "Cell_Phone": "07700 900456",
}  # fmt: skip
NEW = {
    "Attendee_first_name": "Jo", "Attendee_last_name": "Smith", "Ticket_quantity": "2", "Event_name": "Quiz Night",
    "Event_start_date": ON, "Event_start_time": "19:30:00", "Phone_number": "07700 900456",
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        booking_file(EVENTBRITE, **NEW),
        booking_file(OLD_EVENTBRITE, **OLD),
        booking_file(OLD_EVENTBRITE, **OLD, Attendee_Status="Attending"),
    ],
)
def test_attendees_of_eventbrite_are_booked(content: bytes, session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900456")
    an_event(session, name="Quiz Night")

    assert counts(take_bookings(session, content)) == {"new": 1}
    assert session.scalars(select(Booking.seats)).all() == [2]


@pytest.mark.parametrize("status", ["Refunded", "Cancelled", "canceled by buyer", "Not Attending", "Deleted"])
def test_a_booking_that_was_cancelled_elsewhere_is_asked_about(status: str, session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900456")
    an_event(session, name="Quiz Night")
    content = booking_file(OLD_EVENTBRITE, **OLD, Attendee_Status=status)

    report = take_bookings(session, content)
    assert counts(report) == {"in_doubt": 1}
    assert (report.rows[0].column, report.rows[0].value) == ("Attendee Status", status)
    assert counts(take_bookings(session, content, add_lines=[2])) == {"new": 1}


@pytest.mark.parametrize("seats", ["2", "3"])
def test_a_booking_here_that_was_cancelled_elsewhere_is_asked_about(seats: str, session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900456")
    an_event(session, name="Quiz Night")
    take_bookings(session, booking_file(OLD_EVENTBRITE, **OLD, Attendee_Status="Attending"))

    cancelled = {**OLD, "Quantity": seats, "Attendee_Status": "Cancelled"}
    report = take_bookings(session, booking_file(OLD_EVENTBRITE, **cancelled))

    assert counts(report) == {"in_doubt": 1}
    said = report.rows[0]
    assert (said.column, said.value, said.may_add) == ("Attendee Status", "Cancelled", False)
    assert said.reason == "Cancelled in the file, still booked here: delete the booking?"


def test_a_ticket_cancelled_elsewhere_is_no_reason_to_delete_the_others_of_its_buyer(session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900456")
    an_event(session, name="Quiz Night")
    attending = booking_file(OLD_EVENTBRITE, **OLD, Attendee_Status="Attending").decode()
    cancelled = booking_file(OLD_EVENTBRITE, **OLD, Attendee_Status="Cancelled").decode().splitlines()[-1]

    report = take_bookings(session, f"{attending.rstrip()}\n{cancelled}\n")

    assert counts(report) == {"new": 1, "in_doubt": 1}
    assert report.rows[0].reason == "Cancelled in the file, but booked earlier in it: is the booking right?"
