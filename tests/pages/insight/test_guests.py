"""The charts of who came again and who did not come. It is a Tuesday at noon."""

from urllib.parse import parse_qsl

import pytest
from sqlalchemy import update

from db.models import Booking
from tests.pages.conftest import people_list, rows, said
from venue import bookings, clock
from venue.customers import visit_counts
from venue.roles import DESK


@pytest.fixture
def three_guests(venue, add_event, add_customer, book):
    """Three who came today; one of them came twice before, a year ago. One more did not come."""
    guests = [add_customer(mobile_number=f"07700 90000{number}") for number in range(4)]
    event, old, older = add_event(days=0), add_event(days=-300), add_event(days=-310)
    for each in (old, older):
        book(guests[0], each, reason="Kept on paper")
    marked = [book(each, event) for each in guests]
    with venue.transaction(DESK) as session:
        for booking in marked:
            bookings.mark_arrived(session, booking.id, arrived=booking is not marked[-1], now=clock.now())
        visit_counts.refresh(session, [each.id for each in guests], now=clock.now())
    return event


def list_of(screen, link):
    page, _, query = link["address"].partition("?")
    assert page == "customers"
    return screen("customers/list.py", **dict(parse_qsl(query)))


def test_each_number_of_who_came_again_opens_its_list(screen, three_guests):
    app = screen("insight/home.py", chart="Came again", **{"from": "2026-04-01", "until": "2027-03-02"})

    shown = rows(app, "First-timers by month")
    assert [row["cells"] for row in shown] == [
        ["March 2027", "0 of 2 came again", "so far"],
        ["April 2026", "1 of 1 came again", ""],
    ]
    for link in shown[0]["ways"] + shown[1]["ways"]:
        count = int(link["label"].split()[0])
        listed = list_of(screen, link)
        assert people_list(listed).get("words", "0 customers").startswith(f"{count} customer")
    assert "First came from 1 April 2026" in [each.label.replace("\\", "") for each in listed.button]


def test_each_number_of_no_shows_opens_its_list(screen, three_guests):
    app = screen("insight/home.py", chart="No-shows")

    (row,) = rows(app, "No-shows by event")
    assert row["cells"] == ["Quiz Night, Tue 2 March 2027", "1 of 4"]
    assert [link["label"] for link in row["ways"]] == ["1 no-show", "4 marked"]
    for link in row["ways"]:
        words = people_list(list_of(screen, link))["words"]
        assert words.split()[0] == link["label"].split()[0]


def test_of_more_than_a_year_ago_it_says_that_they_are_forgotten(screen, three_guests):
    left_out = "forgotten after 12 months: events before 3 March 2026 are left out."
    partly = screen("insight/home.py", chart="No-shows", **{"from": "2026-02-01", "until": "2027-03-02"})
    assert left_out in said(partly)
    assert len(rows(partly, "No-shows by event")) == 1
    older = screen("insight/home.py", chart="No-shows", **{"from": "2026-02-01", "until": "2026-02-28"})
    assert "Not known any more for 1 February to 28 February 2026." in said(older).replace("\\", "")
    assert left_out in said(older)


def test_without_marks_it_says_so(screen, three_guests, venue):
    with venue.transaction(DESK) as session:
        session.execute(update(Booking).values(arrived=None))

    app = screen("insight/home.py", chart="No-shows")

    assert "No guest was marked as arrived or not" in said(app).replace("\\", "")
