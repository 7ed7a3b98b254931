"""A value that changes in two ways is what was done last, also for who acts before the answer has come."""

from datetime import datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import held_from
from tests.browser.people import add
from tests.browser.test_conflicts import booked  # noqa: F401  (a fixture)
from venue import bookings, tags
from venue.roles import DESK

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("seats", "seen"), [("5", "5"), ("", "")])
def test_save_pressed_slowly_takes_the_seats_that_were_typed(booked, page, venue, seats, seen):  # noqa: F811
    """The field is left when the button goes down, and the button is pressed when it comes up again."""
    held = held_from(page)
    page.goto(f"/customer?id={booked[0]}")
    page.get_by_role("button", name="Edit booking").click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Seats")
    expect(field).to_have_value("2")
    field.fill(seats)
    held.hold()
    dialog.get_by_role("button", name="Save", exact=True).hover()
    page.mouse.down()
    page.wait_for_timeout(1000)  # The server has answered; the browser does not know.
    page.mouse.up()
    page.wait_for_timeout(500)
    held.let_go()
    if seats:
        expect(dialog).to_have_count(0)
    else:
        expect(dialog.get_by_text("Enter a whole number of seats")).to_be_visible()
        expect(field).to_have_value("")
    with venue.transaction(DESK) as session:
        assert bookings.get(session, UUID(booked[2])).seats == int(seats or 2)


def add_tag(session: Session, now: datetime) -> str:
    tags.add(session, name="Vegan", colour="green", now=now)
    return str(add(session, "Jo", "Smith", 1, now).id)


def test_a_tag_whose_undo_is_not_answered_yet_does_not_come_back(write, page):
    held = held_from(page)
    page.goto(f"/customer?id={write(add_tag)}")
    page.get_by_role("button", name="Vegan").click()
    expect(page.get_by_text("Vegan added")).to_be_visible()
    held.hold()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Add booking").click()
    page.wait_for_timeout(500)
    held.let_go()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Vegan")).to_have_attribute("aria-pressed", "false")
