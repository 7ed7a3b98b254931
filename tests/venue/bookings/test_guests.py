"""The guests of an event: a page of them, found by name, and the numbers of all. On both databases: paging and LIKE."""

from datetime import timedelta

from sqlalchemy.orm import Session

from db.models import Event
from tests.makers import IN_TWO_WEEKS, a_booking, a_customer, an_event
from venue import bookings
from venue.bookings import GuestCounts
from venue.customers import names
from venue.wording import full_name

DOORS_OPEN = IN_TWO_WEEKS - timedelta(minutes=30)
NAMES = [
    ("Zoë", "Ångström"),
    ("Siân", "O'Neil"),
    ("Jean-Luc", "Smith"),
    ("Jo", "Smithson"),
    ("Łukasz", "Wiśniewski"),
    ("伟", "王"),
    ("***", "!!!"),
    ("50%", "a_b"),
]
TYPED = [
    "",
    "smi",
    "SMI jo",
    "son jo",
    "neil",
    "o’neil sian",
    "luc",
    "jean-luc",
    "zoe ang",
    "ł",
    "%",
    "_",
    "a b",
    "***",
]
TYPED += ["wei", "s s", "jo jo jo", "no one", "x" * 60_000, " ".join("jo" for _ in range(30))]


def with_guests(session: Session) -> Event:
    event = an_event(session)
    for first_name, last_name in NAMES:
        a_booking(session, a_customer(session, first_name=first_name, last_name=last_name), event)
    return event


def test_guests_are_found_as_their_names_match(session: Session) -> None:
    event = with_guests(session)
    a_booking(session, a_customer(session, last_name="Smith"))
    guests = bookings.for_event(session, event.id)
    for typed in TYPED:
        page = bookings.page_for_event(session, event.id, words=typed)
        assert page.rows == [row for row in guests if names.match(full_name(row), typed)], typed[:20]
        assert page.total == len(page.rows)


def test_pages_follow_the_order_of_all_guests(session: Session) -> None:
    event = with_guests(session)
    a_booking(session, a_customer(session, last_name="Adams"), event, seats=0)
    guests = bookings.for_event(session, event.id)
    pages = [bookings.page_for_event(session, event.id, page=number, page_size=4) for number in (1, 2, 3)]
    assert [row for page in pages for row in page.rows] == guests
    assert guests[-1].last_name == "Adams"
    too_high = bookings.page_for_event(session, event.id, page=9, page_size=4)
    assert (too_high.page, too_high.total, too_high.rows) == (3, 9, pages[2].rows)
    with_seats = bookings.page_for_event(session, event.id, with_seats=True)
    assert with_seats.rows == guests[:-1]


def test_the_numbers_of_all_guests(session: Session) -> None:
    event, other = an_event(session, capacity=30), an_event(session)
    a_booking(session, event=other, seats=5)
    assert bookings.count_for_event(session, event.id) == GuestCounts(0, 0, 0, 0, 0, 0, 0, 0)
    came, fewer, more, missing, late, late_and_came, reminded = (
        a_booking(session, event=event, seats=seats) for seats in (2, 4, 3, 6, 1, 1, 0)
    )
    bookings.mark_late(session, late.id, now=DOORS_OPEN)
    bookings.mark_late(session, late_and_came.id, now=DOORS_OPEN)
    for booking, seats in ((came, None), (fewer, 1), (more, 5), (late_and_came, None)):
        bookings.mark_arrived(session, booking.id, arrived=True, seats=seats, now=DOORS_OPEN)
    bookings.mark_arrived(session, missing.id, arrived=False, now=DOORS_OPEN)
    bookings.walk_in(session, event.id, customer_id=a_customer(session).id, seats=2, now=DOORS_OPEN)
    # A mark from when the booking had seats.
    reminded.arrived = True
    session.flush()
    counts = bookings.count_for_event(session, event.id)
    assert (counts.bookings, counts.reminder_only, counts.total) == (7, 1, 8)
    assert (counts.seats, counts.arrived, counts.missing) == (19, 2 + 1 + 5 + 1 + 2, 6)
    assert (counts.running_late, counts.walked_in, counts.unused_seats) == (1, 1, 3 + 6)


def test_the_bookings_of_some_customers_for_an_event(session: Session) -> None:
    event = with_guests(session)
    first, second = bookings.for_event(session, event.id)[:2]
    stranger = a_booking(session).customer_id
    found = bookings.of_customers(session, event.id, [first.customer_id, second.customer_id, stranger])
    assert found == {first.customer_id: first, second.customer_id: second}
    assert bookings.of_customers(session, event.id, []) == {}
