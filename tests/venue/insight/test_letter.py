"""The Monday letter. It is Friday 15 January 2027."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from db.models import CustomerVisits
from tests.makers import NOW, STAFF, VIEWER, a_customer
from tests.venue.insight.held import book, hold
from venue.insight.letter import Letter, as_text, letter, monday_of
from venue.roles import Actor

pytestmark = pytest.mark.plain_sql

# The week before the one that it is.
LAST_WEEK, TODAY = date(2027, 1, 7), date(2027, 1, 15)


def visited(session: Session, name: str, **visits: object) -> None:
    customer = a_customer(session, first_name=name)
    once = {"visits": 1, "seats": 2, "first_day": LAST_WEEK, "last_day": LAST_WEEK}
    session.add(CustomerVisits(customer_id=customer.id, **once | visits))
    session.flush()


def written(session: Session, actor: Actor = STAFF, week: date = TODAY) -> Letter:
    session.info["actor"] = actor
    return letter(session, week=week, now=NOW)


def section(session: Session, heading: str, actor: Actor = STAFF) -> tuple[list[str], list[list[str]]]:
    (found,) = (each for each in written(session, actor).sections if each.heading.startswith(heading))
    return list(found.sentences), [list(row) for row in found.rows]


def test_last_week_and_this_one_are_listed_against_the_usual(session: Session) -> None:
    for weeks in (1, 2, 3, 4):
        hold(session, date(2027, 1, 14) - timedelta(weeks=weeks), 10 * weeks, name="Quiz", capacity=50)
        hold(session, date(2027, 1, 16) - timedelta(weeks=weeks), 20, name="Jazz", capacity=40, booked=300)
    hold(session, date(2027, 1, 14), 7, name="Quiz", capacity=50)
    hold(session, date(2027, 1, 16), 10, name="Jazz", capacity=40)
    hold(session, date(2027, 1, 17), 5, name="Off", capacity=40).cancelled_at = NOW

    said, rows = section(session, "Last week")
    assert rows == [["Thu 7 Jan", "Quiz", "10", "30"], ["Sat 9 Jan", "Jazz", "20", "20"]]
    assert said == ["30 seats on 2 days with events: 40% fewer than usual for the same weekdays."]
    said, rows = section(session, "This week")
    assert rows == [
        ["Thu 14 Jan, 19:30", "Quiz", "7 of 50 (14%)", "begun"],
        ["Sat 16 Jan, 19:30", "Jazz", "10 of 40 (25%)", "50%"],
    ]


def test_guests_are_named_only_for_those_who_may_change_customers(session: Session) -> None:
    visited(session, "Nia")
    visited(session, "Old", first_day=date(2026, 12, 1))
    visited(session, "Quin", visits=3, first_day=date(2026, 1, 1), quiet_from=date(2027, 1, 10))
    visited(session, "Quiet-before", visits=3, first_day=date(2026, 1, 1), quiet_from=date(2027, 1, 3))

    assert section(session, "Guests")[0] == ["1 first-timer: Nia Smith.", "1 regular gone quiet: Quin Smith."]
    assert section(session, "Guests", VIEWER)[0] == ["1 first-timer.", "1 regular gone quiet."]
    assert "Smith" not in as_text(written(session, VIEWER))


def test_more_first_timers_than_fit_are_counted(session: Session) -> None:
    for number in range(30):
        visited(session, f"A{number:02}")

    (said, _) = section(session, "Guests")[0]

    assert said.startswith("30 first-timers: A00 Smith, A01 Smith,")
    assert said.endswith("A24 Smith and 5 more.")


def test_an_empty_week_is_a_letter_too(session: Session) -> None:
    assert as_text(written(session)) == (
        "The Anchor: week of 11 January 2027\n"
        "As of Fri 15 January 2027, 12:00\n\n"
        "Last week, 4 January to 10 January 2027\n"
        "No events from 4 January to 10 January 2027.\n\n"
        "This week, 11 January to 17 January 2027\n"
        "No events.\n\n"
        "Guests\n0 first-timers.\n0 regulars gone quiet.\n\n"
        "No-shows\nNo guest was marked as arrived or not from 4 January to 10 January 2027.\n\n"
        "Texts\nNo texts from 4 January to 10 January 2027.\n"
    )


def test_a_week_begins_on_monday(session: Session) -> None:
    assert {monday_of(date(2027, 1, 11) + timedelta(days=day)) for day in range(7)} == {date(2027, 1, 11)}
    assert written(session, week=date(2027, 1, 20)).title == "The Anchor: week of 18 January 2027"


def test_marks_are_in_it(session: Session) -> None:
    event = hold(session, LAST_WEEK, name="Quiz")
    for mark in (True, True, False):
        book(session, event, 2, event.starts_at - timedelta(days=1), arrived=mark)

    said, rows = section(session, "No-shows")

    assert said == ["1 of 3 marked bookings were no-shows, at 1 event."]
    assert rows == [["Quiz", "1 of 3", "0"]]
