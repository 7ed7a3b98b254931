"""No-shows and late cancellations by event, worked out by hand."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, LateCancellation
from tests.makers import NOW, a_customer, hours
from tests.venue.insight.held import book, hold
from venue import customers
from venue.customers.attendance import Attendance
from venue.insight.no_shows import EventNoShows, no_shows
from venue.insight.period import Period

JANUARY = Period(date(2027, 1, 1), date(2027, 1, 31))


def guests(session: Session, event: Event, *marks: bool | None) -> list[Booking]:
    return [book(session, event, 2, event.starts_at - timedelta(days=3), arrived=mark) for mark in marks]


def cancel_late(session: Session, event: Event, *, times: int = 1) -> None:
    customer = a_customer(session)
    for _ in range(times):
        moments = {"starts_at": event.starts_at, "cancelled_at": event.starts_at - hours(5)}
        session.add(LateCancellation(customer_id=customer.id, event_id=event.id, seats=2, **moments))
    session.flush()


def test_each_event_with_marks_is_counted_and_equals_its_lists(session: Session) -> None:
    quiz, jazz, roast = (hold(session, date(2027, 1, number), name=f"{number}") for number in (1, 2, 3))
    guests(session, quiz, True, True, False, None, None)
    guests(session, jazz, *[False] * 3, *[True] * 9)
    guests(session, roast, None, None)
    cancelled, later = hold(session, date(2027, 1, 4)), hold(session, date(2027, 2, 1))
    for other in (cancelled, later):
        guests(session, other, False)
        cancel_late(session, other)
    cancelled.cancelled_at = NOW
    cancel_late(session, quiz)
    cancel_late(session, quiz, times=2)
    cancel_late(session, roast)

    found = no_shows(session, JANUARY)

    assert found.events == [
        EventNoShows(quiz.id, "1", quiz.starts_at, marked=3, no_shows=1, cancelled_late=2),
        EventNoShows(jazz.id, "2", jazz.starts_at, marked=12, no_shows=3, cancelled_late=0),
        EventNoShows(roast.id, "3", roast.starts_at, marked=0, no_shows=0, cancelled_late=1),
    ]
    assert found.finding == (
        "4 of 15 (27%) marked bookings were no-shows, at 2 events. 3 guests cancelled in the last 24 hours."
    )
    for each in found.events:
        listed = {
            each.marked: {"event_id": each.id, "attendance": Attendance.MARKED},
            each.no_shows: {"event_id": each.id, "attendance": Attendance.NO_SHOW},
            each.cancelled_late: {"late_event_id": each.id},
        }
        for count, where in listed.items():
            assert customers.search(session, **where, now=NOW).total == count, where


@pytest.mark.plain_sql
def test_a_mark_is_of_the_booking_for_the_event_or_for_any(session: Session) -> None:
    quiz, jazz = hold(session, date(2027, 1, 1)), hold(session, date(2027, 1, 2))
    (booking,) = guests(session, quiz, False)
    book(session, jazz, 2, NOW, session.get_one(Customer, booking.customer_id), arrived=True)

    def total(**where: object) -> int:
        return customers.search(session, **where, now=NOW).total

    assert total(event_id=jazz.id, attendance=Attendance.NO_SHOW) == 0
    assert total(event_id=jazz.id, attendance=Attendance.CAME) == 1
    assert total(attendance=Attendance.NO_SHOW) == 1


@pytest.mark.plain_sql
def test_without_marks_nothing_is_known(session: Session) -> None:
    guests(session, hold(session, date(2027, 1, 1)), None)

    assert no_shows(session, JANUARY).finding == (
        "No guest was marked as arrived or not from 1 January to 31 January 2027."
    )
