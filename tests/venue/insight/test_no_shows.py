"""No-shows and late cancellations by event, worked out by hand."""

from datetime import UTC, date, datetime, timedelta

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
AFTER = datetime(2027, 2, 1, 12, tzinfo=UTC)


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

    found = no_shows(session, JANUARY, now=AFTER)

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

    assert no_shows(session, JANUARY, now=AFTER).finding == (
        "No guest was marked as arrived or not from 1 January to 31 January 2027."
    )


def test_what_is_longer_ago_than_a_year_is_forgotten_and_said_so(session: Session) -> None:
    old, recent = hold(session, date(2027, 1, 1), name="Old"), hold(session, date(2027, 1, 2), name="Recent")
    for event in (old, recent):
        guests(session, event, True, True, False)
        cancel_late(session, event)
    a_year_later = datetime(2028, 1, 1, 12, tzinfo=UTC)

    found = no_shows(session, JANUARY, now=a_year_later)

    assert [each.name for each in found.events] == ["Recent"]
    assert found.period == JANUARY
    assert found.finding == "1 of 3 marked bookings were no-shows, at 1 event. 1 guest cancelled in the last 24 hours."
    assert found.left_out == (
        "No-shows and late cancellations are forgotten after 12 months: events before 2 January 2027 are left out."
    )
    nothing = no_shows(session, JANUARY, now=a_year_later + timedelta(days=31))
    assert (nothing.events, nothing.finding) == ([], "Not known any more for 1 January to 31 January 2027.")
    assert "events before 2 February 2027 are left out" in nothing.left_out
    assert no_shows(session, JANUARY, now=AFTER).left_out == ""


@pytest.mark.plain_sql
def test_a_no_show_of_more_than_a_year_ago_counts_as_not_marked(session: Session) -> None:
    event = hold(session, date(2027, 1, 1))
    guests(session, event, True, False, None)

    def totals(now: datetime) -> list[int]:
        wheres = [{"attendance": each} for each in (Attendance.MARKED, Attendance.CAME, Attendance.NO_SHOW)]
        wheres += [{**where, "event_id": event.id} for where in wheres]
        return [customers.search(session, **where, now=now).total for where in wheres]

    assert totals(AFTER) == [2, 1, 1] * 2
    assert totals(event.starts_at + timedelta(days=367)) == [1, 1, 0] * 2
