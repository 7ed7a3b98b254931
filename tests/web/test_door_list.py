"""The door list to print, as it comes without a browser's help."""

import functools
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from db.models import Event
from tests.makers import MANAGER, a_booking, a_customer, an_event
from venue import bookings, choices, clock, events, tags
from venue.journal import seals
from venue.roles import SCHEDULER


@pytest.fixture
def quiz(venue):
    now = clock.now()
    with venue.transaction(MANAGER) as session:
        event = an_event(session, name="Quiz <Night>", now=now, starts_at=now + timedelta(days=3))
        people = [("Ann", "Arrived", True), ("Bob", "Absent", False), ("Cat", "Coming", None)]
        for first_name, last_name, arrived in people:
            guest = a_customer(session, first_name=first_name, last_name=last_name, now=now)
            booking = a_booking(session, guest, event, now=now, notes="By the <window>")
            bookings.mark_arrived(session, booking.id, arrived=arrived, now=now)
        a_booking(session, a_customer(session, last_name="Reminded", now=now), event, seats=0, now=now)
        return event


def test_each_of_the_three_states_has_its_own_sign_and_words(browser, quiz):
    page = browser.get(f"/events/{quiz.id}/door/print").text
    for sign, name in (
        ("☑ Arrived", "Arrived, Ann"),
        ("☒ No-show", "Absent, Bob"),
        ("☐ Not marked", "Coming, Cat"),
    ):
        assert f'<td class="mark">{sign}</td><td>{name}</td>' in page
    assert "3 bookings, 6 seats" in page
    assert "Reminded" not in page


def test_a_no_show_of_more_than_a_year_ago_is_forgotten(browser, quiz, venue):
    with venue.transaction(MANAGER) as session:
        session.get(Event, quiz.id).starts_at = clock.now() - timedelta(days=366)
    page = browser.get(f"/events/{quiz.id}/door/print").text
    assert '<td class="mark">☑ Arrived</td><td>Arrived, Ann</td>' in page
    assert '<td class="mark">☐ Not marked</td><td>Absent, Bob</td>' in page


def test_it_has_the_name_of_the_venue_that_is_set_on_the_screen(browser, quiz, venue):
    with venue.transaction(MANAGER) as session:
        choices.save(session, "venue_name", "The <Crown>", now=clock.now())
        venue.choices.read(session)
    assert "The &lt;Crown&gt; · As of" in browser.get(f"/events/{quiz.id}/door/print").text


def test_walk_ins_without_a_number_are_counted_on_paper(browser, quiz, venue):
    def list_letters(page):
        return re.search(r"List (\S+)", page)[1]

    before = browser.get(f"/events/{quiz.id}/door/print").text
    with venue.transaction(MANAGER) as session:
        bookings.count_walk_ins(session, quiz.id, seats=4, now=quiz.starts_at)
    after = browser.get(f"/events/{quiz.id}/door/print").text
    assert "3 bookings, 6 seats, and 4 walk-ins without a number" in after
    assert list_letters(before) != list_letters(after)


def test_it_prints_without_javascript_and_shows_no_button_on_paper(browser, quiz):
    page = browser.get(f"/events/{quiz.id}/door/print").text
    assert "@media print" in page
    assert '<button type="button" hidden' in page
    assert "Quiz &lt;Night&gt;" in page
    assert "By the &lt;window&gt;" in page
    assert "<window>" not in page


def test_a_cancelled_event_says_so(browser, quiz, venue):
    with venue.transaction(MANAGER) as session:
        events.cancel(session, quiz.id, now=clock.now())
    assert "CANCELLED" in browser.get(f"/events/{quiz.id}/door/print").text


def test_an_event_that_is_not_there_is_not_found(browser):
    assert browser.get(f"/events/{uuid4()}/door/print").status_code == 404
    assert browser.get("/events/5/door/print").status_code == 404


def test_it_ends_with_the_latest_seal_of_the_journal(venue, browser, quiz):
    address = f"/events/{quiz.id}/door/print"
    assert "Journal check letters" not in browser.get(address).text
    seals.seal_all(functools.partial(venue.transaction, SCHEDULER), now=clock.now())
    with venue.reading(MANAGER) as session:
        letters = seals.latest(session).letters
    assert f"Journal check letters: {letters}" in browser.get(address).text


def test_tags_for_the_door_are_beside_the_name(browser, quiz, venue):
    with venue.transaction(MANAGER) as session:
        guests = bookings.for_event(session, quiz.id)
        for name, at_door in (("Nut <allergy>", True), ("Regular", False)):
            tag = tags.add(session, name=name, at_door=at_door, now=clock.now())
            tags.put_on(session, guests[0].customer_id, tag.id, now=clock.now())
    page = browser.get(f"/events/{quiz.id}/door/print").text
    assert '<td>Absent, Bob <strong class="tag">Nut &lt;allergy&gt;</strong></td>' in page
    assert "Regular" not in page


def test_it_says_when_it_was_printed_and_which_list_it_is(browser, quiz, venue):
    def letters():
        page = browser.get(f"/events/{quiz.id}/door/print").text
        return re.search(r"As of \w{3} \d+ \w+ \d{4}, \d\d:\d\d · List ([A-Z]{4}-[A-Z]{4})<", page)[1]

    before = letters()
    assert letters() == before
    with venue.transaction(MANAGER) as session:
        coming = next(row for row in bookings.for_event(session, quiz.id) if row.arrived is None and row.seats)
        bookings.mark_late(session, coming.id, now=clock.now())
    assert "☐ Not marked, running late" in browser.get(f"/events/{quiz.id}/door/print").text
    with venue.transaction(MANAGER) as session:
        bookings.mark_arrived(session, coming.id, arrived=True, seats=1, now=clock.now())
    assert "☑ Arrived: 1 of 2" in browser.get(f"/events/{quiz.id}/door/print").text
    assert letters() != before
