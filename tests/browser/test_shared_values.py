"""A value that changes in two ways is what was done last, also for who acts before the answer has come."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import held_from
from tests.browser.people import add
from tests.browser.pressing import press_down
from tests.browser.test_conflicts import booked  # noqa: F401  (a fixture)
from tests.makers import a_customer
from venue import bookings, choices, tags
from venue.messages import templates
from venue.messages.outbox import Kind
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
    press_down(page, dialog.get_by_role("button", name="Save", exact=True))
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


def set_texts_per_day(session: Session, now: datetime) -> None:
    choices.save(session, "sms_per_day", "300", now=now)


def test_save_pressed_before_the_default_is_shown_leaves_the_default(write, page, held):
    write(set_texts_per_day)
    page.goto("/change_settings")
    use_default = page.get_by_role("button", name="Use the default: 5")
    expect(page.get_by_label("Texts per day")).to_have_value("300")
    held.hold()
    use_default.click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(500)
    held.let_go()
    expect(page).to_have_url(re.compile("/settings$"))
    assert "sms_per_day" not in write(set_here)


def set_here(session: Session, _now: datetime) -> set[str]:
    return {row.name for row in choices.rows(session) if row.is_set}


def change_template(session: Session, now: datetime) -> None:
    [version] = [each.version for each in templates.all_kinds(session) if each.kind == Kind.CONFIRMATION]
    templates.save(session, Kind.CONFIRMATION, body="Hi {first_name}, see you.", version=version, now=now)


def test_save_pressed_before_the_default_text_is_shown_saves_the_default(write, page, held):
    write(change_template)
    page.goto("/templates")
    expect(page.get_by_label("Message")).to_have_value("Hi {first_name}, see you.")
    held.hold()
    page.get_by_role("button", name="Restore default").click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(500)
    held.let_go()
    default = templates.default_body(Kind.CONFIRMATION)
    expect(page.get_by_text("Template saved")).to_be_visible()
    expect(page.get_by_label("Message")).to_have_value(default)
    assert write(body_of_confirmation) == default


def body_of_confirmation(session: Session, _now: datetime) -> str:
    return templates.body_of(session, Kind.CONFIRMATION)


def test_columns_saved_before_the_default_ones_are_shown_are_the_default_ones(sixty, page, held):
    page.goto("/customers")
    page.get_by_role("button", name="Columns", exact=True).click()
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_text("Notes", exact=True).click()
    expect(dialog.get_by_role("checkbox", name="Notes")).not_to_be_checked()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Notes")).to_have_count(0)
    page.get_by_role("button", name="Columns", exact=True).click()
    expect(dialog.get_by_role("checkbox", name="Notes")).not_to_be_checked()
    held.hold()
    dialog.get_by_role("button", name="Restore default").click()
    page.wait_for_timeout(1000)
    dialog.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(500)
    held.let_go()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("columnheader", name="Notes")).to_be_visible()


def add_old(session: Session, now: datetime) -> None:
    for first_name in ("Ann", "Ben"):
        a_customer(session, first_name=first_name, now=now - timedelta(days=3 * 366))


def test_who_was_unticked_is_not_among_those_to_erase(write, page, held):
    write(add_old)
    page.goto("/retention")
    page.get_by_role("button", name="Tick all on this page").click()
    expect(page.get_by_role("button", name="Erase 2 customers")).to_be_enabled()
    held.hold()
    page.get_by_role("button", name="Untick all").click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Erase 2 customers").click()
    page.wait_for_timeout(500)
    held.let_go()
    expect(page.get_by_role("button", name="Erase ticked customers")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="Ann")).not_to_be_checked()
    expect(page.get_by_role("dialog")).to_have_count(0)


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
