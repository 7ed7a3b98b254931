"""Exports of events and bookings have what the lists show, in their order."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.makers import IN_TWO_WEEKS, NOW, a_booking, a_customer, an_event
from tests.venue.exports.reading import csv_of, excel_of
from tests.venue.imports.taking import counts, take_events
from venue import bookings, events, exports
from venue.errors import NotFound
from venue.events import EventFilter, When, series
from venue.exports import Format

IN_SUMMER = datetime(2027, 7, 2, 18, 30, tzinfo=UTC)
HEADINGS = ["Event", "Date", "Time", "Capacity", "Booked", "Short Name", "Category", "Notes"]
WALK_INS = "Walk-ins Without Number"
LONG_AGO = datetime(2026, 10, 1, 18, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_events(session: Session) -> None:
    an_event(session, name="Quiz Night", capacity=80, category="Quiz", short_name="Quiz", notes="Bring\npens")
    jazz = an_event(session, name="Jazz", starts_at=IN_SUMMER)
    an_event(session, name="Roast", starts_at=LONG_AGO)
    a_booking(session, event=jazz, seats=3)
    events.cancel(session, jazz.id, now=NOW)


def names(session: Session, when: When | None) -> list[str]:
    return [row[0] for row in csv_of(exports.event_list(session, when=when, now=NOW))[1:]]


def test_events_have_everything_the_list_shows(session: Session) -> None:
    quiz = events.upcoming(session, now=NOW)[0]
    bookings.count_walk_ins(session, quiz.id, seats=5, now=quiz.starts_at)
    assert csv_of(exports.event_list(session, when=When.UPCOMING, now=NOW)) == [
        [*HEADINGS, WALK_INS, "Cancelled", "Series"],
        ["Quiz Night", "29/01/2027", "19:30", "80", "0", "Quiz", "Quiz", "Bring\npens", "5", "", ""],
        ["Jazz", "02/07/2027", "19:30", "", "3", "Jazz", "", "", "", "yes", ""],
    ]


def test_upcoming_past_and_all_events_are_in_the_order_of_their_lists(session: Session) -> None:
    an_event(session, name="Darts", starts_at=LONG_AGO - timedelta(days=7))
    assert names(session, When.UPCOMING) == [row.name for row in events.upcoming_page(session, now=NOW).rows]
    assert names(session, When.PAST) == [row.name for row in events.past(session, now=NOW).rows]
    assert names(session, None) == ["Darts", "Roast", "Quiz Night", "Jazz"]


def test_events_of_a_series_say_which_and_are_imported_again_without_a_change(session: Session) -> None:
    weekly = [IN_TWO_WEEKS + timedelta(days=7 * week) for week in range(3)]
    added = series.add(session, name="Bingo", starts=weekly, now=NOW)
    exported = exports.event_list(session, where=EventFilter(words="bingo"), now=NOW)
    assert [row[-1] for row in csv_of(exported)[1:]] == ["Every Friday from 29 January 2027"] * 3
    file = b"".join(exports.write(exports.event_list(session, now=NOW), Format.EXCEL))
    assert counts(take_events(session, file)) == {"unchanged": 6}
    assert {event.series_id for event in series.coming(session, added[0].id, now=NOW).events} == {added[0].series_id}


def test_guests_are_those_of_the_list_in_its_order(session: Session) -> None:
    event = an_event(session, name="Bingo", starts_at=IN_TWO_WEEKS + timedelta(days=1))
    for name, seats in (("Young", 2), ("Abbot", 0), ("Price", 1)):
        a_booking(session, a_customer(session, last_name=name), event, seats=seats, notes=f"{name}'s")
    first = bookings.for_event(session, event.id)[0]
    bookings.mark_arrived(session, first.id, arrived=True, seats=3, now=NOW)
    zorn = a_customer(session, last_name="Zorn")
    bookings.walk_in(session, event.id, customer_id=zorn.id, seats=4, now=event.starts_at)

    headings, *rows = excel_of(exports.booking_list(session, event_id=event.id))

    assert [[row[4], *row[6:11]] for row in rows] == [
        ["Price", 1, "Price's", "yes", 3, ""],
        ["Young", 2, "Young's", "", "", ""],
        ["Zorn", 4, "", "yes", 4, "yes"],
        ["Abbot", 0, "Abbot's", "", "", ""],
    ]
    assert headings[:3] == ["Event", "Event Date", "Event Time"]
    assert [row.last_name for row in bookings.for_event(session, event.id)] == [row[4] for row in rows]


def test_all_bookings_are_sorted_by_event(session: Session) -> None:
    for name in ("Zed", "Aze"):
        a_booking(session, event=an_event(session, name=name, starts_at=IN_TWO_WEEKS), seats=1)
    listed = csv_of(exports.booking_list(session))[1:]
    assert [[row[0], row[1], row[-1]] for row in listed] == [
        ["Aze", "29/01/2027", ""],
        ["Zed", "29/01/2027", ""],
        ["Jazz", "02/07/2027", "yes"],
    ]


def test_guests_of_an_event_that_is_gone_are_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        exports.booking_list(session, event_id=uuid.uuid4())
