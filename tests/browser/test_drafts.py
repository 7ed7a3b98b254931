"""What is typed is kept until it is saved or cancelled, whatever happens to the page or the server."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE, held_from
from tests.browser.people import add, first_row, here
from tests.browser.test_customers import type_into
from venue import customers, events

pytestmark = pytest.mark.browser

IS_BACK = "Your unsaved changes were restored."


def add_jo_and_a_quiz(session: Session, now: datetime) -> None:
    add(session, "Jo", "Smith", 1, now)
    events.add(session, name="Quiz", starts_at=now + timedelta(days=9), now=now)


def change_notes(session: Session, now: datetime) -> None:
    row = customers.search(session, "jo smith").rows[0]
    customers.update(session, row.id, version=row.version, notes="Theirs", now=now)


@pytest.fixture
def phone(chromium, address):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True, base_url=address
    )
    yield context.new_page()
    context.close()


def type_half(page) -> None:
    page.goto("/add_customer")
    expect(page.get_by_label("Notes")).to_be_visible()
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    page.get_by_label("First name").press_sequentially("Ada")
    page.get_by_label("Notes").press_sequentially("by the do")  # and nothing that leaves the field


def has_half(page) -> None:
    expect(page.get_by_text(IS_BACK)).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    expect(page.get_by_label("Notes")).to_have_value("by the do")
    expect(page.get_by_label("Last name")).to_have_value("")


def is_empty(page) -> None:
    expect(page.get_by_text(IS_BACK)).to_have_count(0)
    expect(page.get_by_label("First name").first).to_have_value("")  # The form of before stays below for a moment.
    expect(page.get_by_label("First name")).to_have_count(1)
    page.wait_for_timeout(500)
    expect(page.get_by_label("First name")).to_have_value("")


def test_a_form_is_back_after_a_refresh_and_another_screen(phone):
    type_half(phone)
    phone.reload()
    has_half(phone)
    phone.get_by_role("button", name="Events", exact=True).click()
    expect(phone.get_by_role("heading", name="Events")).to_be_visible()
    phone.go_back()
    has_half(phone)
    phone.get_by_role("button", name="Discard").click()
    is_empty(phone)
    phone.reload()
    is_empty(phone)


def test_a_form_that_is_cancelled_or_saved_is_empty_the_next_time(phone):
    type_half(phone)
    phone.get_by_role("button", name="Cancel").click()
    expect(phone.get_by_role("heading", name="Customers")).to_be_visible()
    phone.goto("/add_customer")
    is_empty(phone)
    for label, value in {"First name": "Ada", "Last name": "Lovelace", "Mobile number": "07700 900123"}.items():
        phone.get_by_label(label).fill(value)
    phone.get_by_role("button", name="Save", exact=True).click()
    expect(phone.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    phone.goto("/add_customer")
    is_empty(phone)


def test_a_restart_of_the_server_is_announced_and_loses_nothing(page, server):
    type_half(page)
    server.stop()
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # Streamlit's own, which speaks of a terminal.
    server.start()
    expect(page.get_by_text("Reconnecting…")).to_have_count(0, timeout=60_000)
    expect(page.get_by_label("Notes")).to_have_value("by the do", timeout=60_000)
    expect(page.get_by_label("First name")).to_have_value("Ada")


def test_without_a_network_it_says_so(page):
    type_half(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Reconnecting…")).to_have_count(0)


def open_booking(page):
    page.goto("/customers")
    first_row(page).click()
    page.get_by_role("button", name="Add booking").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Notes")).to_be_visible()
    return dialog


def test_a_dialog_closed_by_a_tap_beside_it_goes_on_where_it_was(write, phone):
    held = held_from(phone)
    write(add_jo_and_a_quiz)
    dialog = open_booking(phone)
    dialog.get_by_label("Notes").press_sequentially("by the door")
    held.hold()  # What is ticked at the last moment counts, too.
    dialog.get_by_text("Text the customer").click()
    phone.mouse.click(5, 5)
    held.let_go()
    expect(dialog).to_have_count(0)
    for way in ("Continue", "refresh"):
        if way == "refresh":
            phone.reload()
        expect(phone.get_by_text("Not saved: Add booking")).to_be_in_viewport()
        phone.get_by_role("button", name="Continue").click()
        expect(dialog.get_by_label("Notes")).to_have_value("by the door")
        expect(dialog.get_by_role("checkbox", name="Text the customer")).not_to_be_checked()
        expect(dialog.get_by_label("Seats")).to_have_value("2")  # Not typed, and there all the same.
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(phone.get_by_text("Not saved")).to_have_count(0)
    phone.reload()
    expect(phone.get_by_role("button", name="Add booking")).to_be_visible()
    expect(phone.get_by_text("Not saved")).to_have_count(0)


def test_what_was_saved_is_not_offered_again_after_a_refresh_before_the_answer(write, phone):
    held = held_from(phone)
    write(add_jo_and_a_quiz)
    dialog = open_booking(phone)
    dialog.get_by_label("Notes").press_sequentially("by the door")
    expect(phone.locator("[data-test-script-state=notRunning]")).to_be_attached()
    held.hold()
    dialog.get_by_role("button", name="Save").click()
    while not held.has("anchor_desk.toast"):  # The last of the screen with the new booking.
        phone.wait_for_timeout(50)
    held.lose()
    phone.reload()
    expect(phone.get_by_role("table", name="Active bookings")).to_contain_text("Quiz")
    expect(phone.get_by_text("Not saved")).to_have_count(0)


def test_what_someone_else_changed_is_shown_with_the_draft(write, page):
    write(add_jo_and_a_quiz)
    page.goto("/customers")
    first_row(page).click()
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", name="Edit Jo Smith")).to_be_visible()
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    page.get_by_label("Notes").press_sequentially("Mine")
    write(change_notes)
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("Mine")
    expect(page.get_by_text(re.compile("Changed by someone else since: Notes: Theirs"))).to_be_visible()


def test_a_table_being_edited_is_back_after_a_refresh(sixty, page):
    page.goto("/customers?rows=25")
    page.get_by_role("button", name="Edit in a table").click()
    expect(page.get_by_role("heading", name="Edit 25 customers")).to_be_visible()
    page.wait_for_timeout(1000)
    type_into(page, 0, "Notes", "Mine")
    here(page, "1 customer changed")
    page.reload()
    expect(page.get_by_text(IS_BACK)).to_be_visible()
    here(page, "1 customer changed")
    page.get_by_role("button", name="Save", exact=True).click()
    here(page, "1–25 of 60 customers")
    expect(page.get_by_role("row", name="Jo Smith 00")).to_contain_text("Mine")
    page.get_by_role("button", name="Edit in a table").click()
    here(page, "No changes")
    page.wait_for_timeout(1000)
    type_into(page, 0, "Notes", "Other")
    here(page, "1 customer changed")
    page.reload()
    page.get_by_role("button", name="Discard").click()
    here(page, "No changes")
    page.reload()
    here(page, "No changes")


def test_a_new_event_is_back_after_a_refresh(phone):
    phone.goto("/add_event")
    expect(phone.get_by_label("Capacity")).to_be_visible()
    expect(phone.locator("html[data-keys=heard]")).to_be_attached()
    typed = {"Name": "Quiz", "Date": "24/12/2030", "Capacity": "40"}
    for label, value in typed.items():
        phone.get_by_label(label, exact=True).fill(value)
    phone.reload()
    expect(phone.get_by_text(IS_BACK)).to_be_visible()
    for label, value in {**typed, "Start time": "19:30"}.items():
        expect(phone.get_by_label(label, exact=True)).to_have_value(value)
