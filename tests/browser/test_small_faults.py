"""What stands where it is pressed, is not cut off, and takes the keyboard at once."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE
from tests.browser.people import add
from tests.browser.pressing import settled_box
from venue import bookings, events

pytestmark = pytest.mark.browser


def add_a_guest_and_a_quiz(session: Session, now: datetime) -> None:
    jo = add(session, "Jo", "Smith", 123, now)
    quiz = events.add(session, name="Quiz Night", capacity=200, starts_at=now + timedelta(days=10), now=now)
    bookings.book(session, customer_id=jo.id, event_id=quiz.id, seats=2, now=now)


@pytest.fixture
def phone(chromium, address):
    context = chromium.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def guest(write):
    write(add_a_guest_and_a_quiz)


def test_a_new_form_has_the_keyboard_in_its_first_field(guest, page):
    page.goto("/customers")
    page.get_by_role("button", name="Add customer").click()
    expect(page.get_by_label("First name")).to_be_focused()
    page.keyboard.type("Al")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Enter a last name")).to_be_visible()
    expect(page.get_by_label("First name")).not_to_be_focused()
    for start in ("/events", "/events", "/events", "/"):  # From Events the form is drawn after the first look for it.
        page.goto(start)
        expect(page.locator("html[data-keys=heard]")).to_be_attached()
        page.keyboard.press("n")
        expect(page.get_by_label("First name")).to_be_focused()
    expect(page.get_by_label("First name")).to_have_value("Al")  # The draft is back.
    page.keyboard.press("Control+a")
    page.keyboard.type("Jo")
    expect(page.get_by_label("First name")).to_have_value("Jo")
    page.goto("/events/new")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_a_customers_number_is_called_by_a_tap(guest, phone):
    phone.goto("/customers?view=Cards")
    phone.get_by_text("Jo Smith").click()
    number = phone.get_by_role("link", name="07700 900123")
    expect(number).to_have_attribute("href", "tel:+447700900123")
    assert number.bounding_box()["height"] >= 44


def test_the_menu_closes_when_its_dialog_opens(guest, page):
    page.goto("/events")
    page.get_by_text("Quiz Night").click()
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("button", name="Cancel event").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Duplicate")).to_have_count(0)


def test_save_stays_while_a_booking_is_changed(guest, phone):
    phone.goto("/customers?view=Cards")
    phone.get_by_text("Jo Smith").click()
    phone.get_by_role("button", name="Edit booking").click()
    dialog = phone.get_by_role("dialog")
    save = dialog.get_by_role("button", name="Save")
    expect(dialog.get_by_text("No text will be sent.")).to_be_visible()
    before = settled_box(phone, save)
    expect(save).to_be_in_viewport(ratio=1)
    dialog.get_by_label("Seats").fill("120")
    dialog.get_by_label("Notes").focus()
    expect(dialog.get_by_text("120 seats")).to_be_visible()
    phone.wait_for_timeout(400)
    assert save.bounding_box() == before
    dialog.get_by_label("Seats").fill("1.5")
    dialog.get_by_label("Notes").focus()
    expect(dialog.get_by_text("120 seats")).to_have_count(0)
    phone.wait_for_timeout(400)
    assert save.bounding_box() == before


def test_save_stays_while_a_template_is_typed(phone):
    phone.goto("/templates")
    words = phone.get_by_role("textbox").first
    expect(words).to_be_visible()
    before = settled_box(phone, phone.get_by_role("button", name="Save", exact=True))
    words.press("End")
    words.press_sequentially(" and a good deal more" * 6)
    phone.wait_for_timeout(1_000)
    assert phone.get_by_role("button", name="Save", exact=True).bounding_box() == before


def test_every_part_of_the_messages_is_seen_whole(phone):
    phone.goto("/messages")
    for name in ("All", "Next 7 days", "Needs a call", "Replies"):
        box = phone.get_by_role("radio", name=name, exact=True).bounding_box()
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390 - 16, name  # The margin of the screen: what is beyond is cut off.


def test_the_rare_tools_of_the_list_are_behind_one_button_above_it(guest, phone):
    phone.goto("/customers?view=Cards")
    expect(phone.get_by_text("Jo Smith")).to_be_visible()
    expect(phone.get_by_role("link", name="Download CSV")).to_be_hidden()
    first = phone.get_by_text("Jo Smith").bounding_box()
    assert first["y"] < 844 * 2 / 3
    phone.get_by_role("button", name="More", exact=True).tap()
    first = phone.get_by_text("Jo Smith").bounding_box()
    assert phone.get_by_role("link", name="Download CSV").bounding_box()["y"] < first["y"]


def test_what_a_phone_chooses_from_above_the_list_can_be_read(sixty, phone):
    phone.goto("/customers?view=Cards")
    phone.get_by_role("button", name="More", exact=True).tap()
    for label in ("Jump to a letter", "Sort by"):
        select = phone.get_by_label(label)
        expect(select).to_be_visible()
        assert select.bounding_box()["width"] >= 120


def test_words_typed_before_a_screen_is_complete_are_in_its_preview(page, held):
    held.hold()
    page.goto("/edit_campaign")
    while not held.has("live_typing"):
        page.wait_for_timeout(50)
    while b"live_typing" not in held.answers[0].args[0]:
        held.pass_one()
    page.get_by_label("Message", exact=True).press("End")
    page.keyboard.type("jazz!")
    page.wait_for_timeout(500)  # Longer than the pause after which words are sent.
    held.let_go()
    expect(page.get_by_text("jazz! Reply STOP to opt out.")).to_be_visible()
