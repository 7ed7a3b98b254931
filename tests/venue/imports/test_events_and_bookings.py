"""Which rows an import of events or bookings accepts, reports as in doubt and refuses, and with which sentences."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from tests.makers import NOW, a_booking, a_customer, an_event, days
from tests.venue.imports.taking import ON, booking_rows, counts, take_bookings, take_events
from tests.venue.waitlist.makers import a_full_event, parties
from venue import bookings, waitlist
from venue.imports.table import in_batches
from venue.messages import log

# Events


def test_an_event_without_a_capacity_is_unlimited(session: Session) -> None:
    take_events(session, "Event,Date,Time,Capacity\nOpen Mic,2027-01-07,20:00,\nQuiz,07/02/2027,7.30pm,60\n")

    taken = session.execute(select(Event.name, Event.capacity))
    assert {row.name: row.capacity for row in taken} == {"Open Mic": None, "Quiz": 60}


EVENTS_REFUSED = [
    ("Quiz,2027-02-30,20:00,60", "Date"),
    ("Quiz,2027-02-03,25:00,60", "Time"),
    ("Quiz,2027-02-03,20:00,0", "Capacity"),
    ("Quiz,2027-02-03,20:00,lots", "Capacity"),
    (",2027-02-03,20:00,60", "Event"),
    ("Breakfast,2027-03-28,01:30,60", "Time"),
]


@pytest.mark.parametrize(("row", "column"), EVENTS_REFUSED)
def test_a_faulty_event_is_refused_by_column(session: Session, row: str, column: str) -> None:
    report = take_events(session, f"Event,Date,Time,Capacity\n{row}\n")

    assert counts(report) == {"refused": 1}
    assert [said.column for said in report.rows] == [column]


def test_an_event_at_another_time_that_day_is_asked_about(session: Session) -> None:
    header = "Event,Date,Time,Capacity\n"
    take_events(session, header + "Quiz,2027-02-03,20:00,60\n")

    assert counts(take_events(session, header + "Quiz,2027-02-03,19:00,60\n")) == {"in_doubt": 1}
    assert counts(take_events(session, header + "Quiz,2027-02-03,20:00,50\n")) == {"changed": 1}


# Bookings


@pytest.fixture
def known(session: Session) -> Customer:
    an_event(session, name="Quiz Night", starts_at=NOW + days(14), capacity=10)
    return a_customer(session, mobile_number="07700900123")


BOOKINGS = [
    (f"07700900123,Jo,Smith,Quiz Night,{ON},4,", {"new": 1}),
    (f"+447700900123,JO,smith,quiz night,{ON},0,", {"new": 1}),
    (f"07700900123,,,Quiz Night,{ON},4,", {"new": 1}),
    (f"07700900123,Al,Smith,Quiz Night,{ON},4,", {"in_doubt": 1}),
    (f"07700900999,Jo,Smith,Quiz Night,{ON},4,", {"refused": 1}),
    (f"07700900123,Jo,Smith,Quiz Night,{ON},11,", {"refused": 1}),
    (f"07700900123,Jo,Smith,Quiz Night,{ON},-1,", {"refused": 1}),
    (f"07700900123,Jo,Smith,Quiz Night,{ON},two,", {"refused": 1}),
    (f"07700900123,Jo,Smith,Open Mic,{ON},4,", {"refused": 1}),
    ("07700900123,Jo,Smith,Quiz Night,2027-01-01,4,", {"refused": 1}),
]


@pytest.mark.parametrize(("row", "outcome"), BOOKINGS)
@pytest.mark.usefixtures("known")
def test_a_booking_is_taken_only_when_it_is_plain_whose_and_for_what(
    session: Session, row: str, outcome: dict[str, int]
) -> None:
    assert counts(take_bookings(session, booking_rows(row))) == outcome


@pytest.mark.parametrize(("seats", "words"), [(4, "4 seats"), (1, "1 seat"), (0, "a reminder only")])
def test_a_booking_that_is_there_with_other_seats_is_never_overwritten(
    session: Session, known: Customer, seats: int, words: str
) -> None:
    row = "07700900123,Jo,Smith,Quiz Night,{on},{seats},"
    take_bookings(session, booking_rows(row.format(on=ON, seats=seats)))

    report = take_bookings(session, booking_rows(row.format(on=ON, seats=2)))

    assert counts(report) == {"in_doubt": 1}
    assert [said.reason for said in report.rows] == [f"Already booked, with {words}: which is right?"]
    assert session.scalars(select(Booking.seats)).one() == seats


@pytest.mark.parametrize("rows_at_once", [1, 500])
def test_tickets_of_one_buyer_are_asked_about_and_never_dropped(
    session: Session, known: Customer, rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("venue.imports.checked.in_batches", lambda rows: in_batches(rows, rows_at_once))
    ticket = f"07700900123,Jo,Smith,Quiz Night,{ON},1,"

    report = take_bookings(session, booking_rows(*[ticket] * 3))

    assert counts(report) == {"new": 1, "in_doubt": 2}
    reason = "Booked earlier in this file with 1 seat: are these more seats?"
    assert [(said.column, said.reason, said.may_add) for said in report.rows] == [("Seats", reason, False)] * 2
    assert counts(take_bookings(session, booking_rows(*[ticket] * 3))) == {"unchanged": 1, "in_doubt": 2}
    assert counts(take_bookings(session, booking_rows(ticket))) == {"unchanged": 1}
    assert session.scalars(select(Booking.seats)).one() == 1


def test_tickets_of_a_buyer_who_is_booked_here_with_one_seat_are_asked_about(session: Session, known: Customer) -> None:
    a_booking(session, known, session.scalars(select(Event)).one(), seats=1)

    report = take_bookings(session, booking_rows(*[f"07700900123,Jo,Smith,Quiz Night,{ON},1,"] * 2))

    assert counts(report) == {"unchanged": 1, "in_doubt": 1}


def test_reminders_only_twice_in_a_file_are_no_more_seats(session: Session, known: Customer) -> None:
    report = take_bookings(session, booking_rows(*[f"07700900123,Jo,Smith,Quiz Night,{ON},0,"] * 2))

    assert counts(report) == {"new": 1, "unchanged": 1}


def test_an_imported_booking_gets_its_reminders_and_no_confirmation(session: Session, known: Customer) -> None:
    take_bookings(session, booking_rows(f"07700900123,Jo,Smith,Quiz Night,{ON},4,"))

    listed = log.for_customer(session, known.id)
    assert {(row.kind, row.state) for row in listed} == {("reminder_7_day", "planned"), ("reminder_24_hour", "planned")}


def test_a_past_booking_is_history_whatever_the_capacity_was(session: Session, known: Customer) -> None:
    an_event(session, name="Karaoke", starts_at=NOW - days(10), capacity=1)

    on = (NOW - days(10)).date().isoformat()
    assert counts(take_bookings(session, booking_rows(f"07700900123,Jo,Smith,Karaoke,{on},6,"))) == {"new": 1}
    assert log.for_customer(session, known.id) == []


@pytest.mark.parametrize(
    ("seats", "words"),
    [
        (2, "Only 1 seat is left for Quiz Night"),
        (10_001, "The limit for one booking is 10,000 seats"),
        (-1, "Seats cannot be less than 0"),
    ],
)
def test_a_booking_that_does_not_fit_is_refused_as_on_the_screens(session: Session, seats: int, words: str) -> None:
    event = an_event(session, name="Quiz Night", starts_at=NOW + days(14), capacity=10)
    a_booking(session, event=event, seats=9)
    a_customer(session, mobile_number="07700900123")

    report = take_bookings(session, booking_rows(f"07700900123,Jo,Smith,Quiz Night,{ON},{seats},"))

    assert [row.reason for row in report.rows] == [words]


def test_seats_offered_to_a_customer_are_theirs_to_book_and_not_others(session: Session) -> None:
    event, full = a_full_event(session, capacity=2)
    first, second = parties(session, event, 2, 2)
    bookings.delete(session, full.id, tell_customer=False, now=NOW)
    waitlist.offer(session, first.id, now=NOW)

    numbers = [session.get_one(Customer, each.customer_id).mobile_number for each in (second, first, second)]
    report = take_bookings(session, booking_rows(*(f"{number},,,Quiz Night,{ON},2," for number in numbers)))

    assert counts(report) == {"new": 1, "refused": 2}
    assert session.scalars(select(Booking.customer_id)).all() == [first.customer_id]


def test_a_booking_on_a_cancelled_event_is_refused_as_on_the_screens(session: Session, known: Customer) -> None:
    session.scalars(select(Event)).one().cancelled_at = NOW

    report = take_bookings(session, booking_rows(f"07700900123,Jo,Smith,Quiz Night,{ON},2,"))

    assert [row.reason for row in report.rows] == ["Quiz Night is cancelled: choose another event"]


def test_a_capacity_is_refused_as_on_the_screens(session: Session) -> None:
    report = take_events(session, "Event,Date,Time,Capacity\nQuiz,2027-02-03,20:00,100001\n")

    assert [row.reason for row in report.rows] == [
        "Enter a whole number from 1 to 100,000, or leave it empty for unlimited"
    ]
