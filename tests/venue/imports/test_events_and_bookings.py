"""Which rows an import of events or bookings accepts, reports as in doubt and refuses, and with which sentences."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from tests.makers import NOW, a_booking, a_customer, an_event, days
from tests.venue.imports.taking import ON, booking_rows, counts, take_bookings, take_events
from tests.venue.waitlist.makers import a_full_event, parties
from venue import bookings, events, waitlist
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


CANCELLED = f"Event,Date,Time,Cancelled\nQuiz Night,{ON},19:30,{{}}\n"


@pytest.mark.parametrize(("said", "is_asked"), [("yes", True), ("1 Dec 2026", True), ("no", False), ("", False)])
def test_an_event_that_was_cancelled_elsewhere_is_asked_about(session: Session, said: str, is_asked: bool) -> None:
    report = take_events(session, CANCELLED.format(said))

    assert counts(report) == ({"in_doubt": 1} if is_asked else {"new": 1})
    assert [(row.column, row.value, row.reason, row.may_add) for row in report.rows] == (
        [("Cancelled", said, "Was this event cancelled? Add it only if it takes place", True)] if is_asked else []
    )
    assert counts(take_events(session, CANCELLED.format(said), add_lines=[2])) == (
        {"new": 1} if is_asked else {"unchanged": 1}
    )


def test_an_event_here_that_was_cancelled_elsewhere_is_asked_about(session: Session) -> None:
    event = an_event(session, name="Quiz Night", starts_at=NOW + days(14))
    stored = f"{event.starts_at:%Y-%m-%d},{event.starts_at:%H:%M}"
    content = f"Event,Date,Time,Cancelled\nQuiz Night,{stored},yes\n"

    report = take_events(session, content)

    assert counts(report) == {"in_doubt": 1}
    assert (report.rows[0].reason, report.rows[0].may_add) == (
        "Cancelled in the file, still on here: cancel the event?",
        False,
    )
    events.cancel(session, event.id, now=NOW, tell_customers=False)
    assert counts(take_events(session, content)) == {"unchanged": 1}


def test_who_adds_an_event_in_doubt_has_read_every_question_about_it(session: Session) -> None:
    header = "Event,Date,Time,Cancelled\n"
    take_events(session, f"{header}Quiz,2027-02-03,20:00,\n")

    report = take_events(session, f"{header}Quiz,2027-02-03,19:00,yes\n")

    assert [row.reason for row in report.rows] == [
        "Was this event cancelled? Add it only if it takes place. "
        "An event of this name is already on that day at 20:00: has it moved?"
    ]


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


OF_CANCELLED = f"Mobile,Event,Event Date,Seats,Event Cancelled\n07700900123,Quiz Night,{ON},2,yes\n"


def test_a_booking_of_an_event_that_was_cancelled_elsewhere_is_asked_about(session: Session, known: Customer) -> None:
    report = take_bookings(session, OF_CANCELLED)

    assert counts(report) == {"in_doubt": 1}
    question = "Was this event cancelled? Add the booking only if it takes place"
    assert [(row.column, row.reason, row.may_add) for row in report.rows] == [("Event Cancelled", question, True)]
    assert counts(take_bookings(session, OF_CANCELLED, add_lines=[2])) == {"new": 1}

    report = take_bookings(session, OF_CANCELLED)

    assert counts(report) == {"in_doubt": 1}
    assert [(row.reason, row.may_add) for row in report.rows] == [
        ("Cancelled in the file, still on here: cancel the event?", False)
    ]
    session.scalars(select(Event)).one().cancelled_at = NOW
    assert counts(take_bookings(session, OF_CANCELLED)) == {"unchanged": 1}


def test_a_booking_of_a_past_event_that_is_known_as_cancelled_is_history(session: Session, known: Customer) -> None:
    event = session.scalars(select(Event)).one()
    event.starts_at, event.cancelled_at = NOW - days(14), NOW - days(20)
    session.flush()

    report = take_bookings(session, OF_CANCELLED.replace(ON, (NOW - days(14)).date().isoformat()))

    assert counts(report) == {"new": 1}


def test_a_capacity_is_refused_as_on_the_screens(session: Session) -> None:
    report = take_events(session, "Event,Date,Time,Capacity\nQuiz,2027-02-03,20:00,100001\n")

    assert [row.reason for row in report.rows] == [
        "Enter a whole number from 1 to 100,000, or leave it empty for unlimited"
    ]
