"""The boards of cards as staff use them: what is pressed on a booking's card, and links that turn the page."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import Message
from tests.browser.accessible import settle
from tests.browser.conftest import PHONE
from tests.browser.people import add
from tests.browser.pressing import press_down
from venue import bookings, events
from web.icon import ICON

pytestmark = pytest.mark.browser


def add_bookings(session: Session, now: datetime) -> None:
    jo = add(session, "Jo", "Smith", 100, now)
    for number in range(30):
        events.add(session, name=f"Quiz {number:02}", starts_at=now + timedelta(days=20 + number), now=now)
    fair = events.add(session, name="Fair", starts_at=now + timedelta(days=10), capacity=9, now=now)
    bookings.book(session, customer_id=jo.id, event_id=fair.id, seats=4, now=now)
    session.execute(
        update(Message)
        .where(Message.kind == "confirmation")
        .values(state="undelivered", reason="Not in service.", provider_id="SM1", sent_at=now, final_at=now)
    )


@pytest.fixture
def booked(write):
    write(add_bookings)


@pytest.fixture
def phone(chromium, address):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True, base_url=address
    )
    yield context.new_page()
    context.close()


def open_jo(page):
    page.goto("/customers")
    page.locator("[data-customer]").first.click()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()


def press(page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_a_booking_is_edited_and_deleted_from_its_card(booked, phone):
    open_jo(phone)
    press(phone, "Edit booking")
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("Seats").fill("0")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(phone.get_by_text("No active bookings.")).to_be_visible()

    press(phone, "Delete booking")
    phone.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(phone.get_by_text("No reminder-only bookings.")).to_be_visible()
    expect(phone.get_by_role("button", name="Edit booking")).to_have_count(0)


def test_the_same_button_opens_its_dialog_again(booked, phone):
    open_jo(phone)
    for _ in range(2):
        edit = phone.get_by_role("button", name="Edit booking")
        edit.click()
        expect(phone.get_by_role("dialog")).to_be_visible()
        phone.keyboard.press("Escape")
        expect(phone.get_by_role("dialog")).to_have_count(0)
        expect(edit).to_be_focused()
        settle(phone)  # No hand presses it again sooner.


def test_what_did_not_arrive_is_called_about_and_ticked_off(booked, phone):
    open_jo(phone)
    expect(phone.get_by_text("Confirmation failed")).to_be_visible()
    press(phone, "Mark as called")
    expect(phone.get_by_text("Marked as called")).to_be_visible()
    expect(phone.get_by_text("Confirmation failed")).to_have_count(0)
    expect(phone.get_by_test_id("stBottom").get_by_role("button", name="Messages", exact=True)).to_be_visible()


def test_a_button_under_a_finger_stays_until_it_is_clicked(booked, page):
    open_jo(page)
    edit = page.get_by_role("button", name="Edit booking")
    page.keyboard.press("Tab")  # The press takes the focus from something else.
    press_down(page, edit)
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Mark as called").evaluate("button => button.click()")
    expect(page.get_by_text("Marked as called")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as called"), "it would move what is pressed").to_have_count(1)
    page.mouse.up()
    expect(page.get_by_role("dialog").get_by_label("Seats")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as called")).to_have_count(0)


def test_what_others_change_leaves_the_keyboard_where_it_is(booked, page):
    open_jo(page)
    edit = page.get_by_role("button", name="Edit booking")
    edit.focus()
    page.get_by_role("button", name="Mark as called").evaluate("button => button.click()")
    expect(page.get_by_role("button", name="Mark as called")).to_have_count(0)
    expect(edit).to_be_focused()


def test_today_begins_with_what_needs_attention_and_leads_on(booked, phone):
    phone.goto("/")
    expect(phone.get_by_text("Needs attention")).to_be_in_viewport()
    at_the_edge = phone.get_by_test_id("stBottom").get_by_role("button", name="Messages (1)")
    expect(at_the_edge).to_be_visible()
    box = at_the_edge.bounding_box()
    assert 844 - 20 < box["y"] + box["height"] < 844, "the main screens stand where a thumb is"
    phone.get_by_role("link", name="1 guest not reached (1 text)").click()
    expect(phone.get_by_role("heading", name="Messages")).to_be_visible()
    expect(phone).to_have_url(re.compile("texts=Needs"))
    phone.go_back()
    phone.get_by_label("Search customers").fill("smi")
    phone.get_by_role("link", name=re.compile("^Jo Smith")).click()
    expect(phone.get_by_role("heading", name="Jo Smith")).to_be_visible()


def test_events_are_turned_by_links_and_read_from_the_top(booked, phone):
    phone.goto("/events")
    card = phone.get_by_role("link", name="Fair")
    expect(card).to_be_visible()
    assert phone.evaluate("document.querySelectorAll('.board').length") == 0, "its looks could reach the screen"
    assert card.evaluate("card => card.getRootNode().adoptedStyleSheets.length") == 1
    phone.get_by_role("link", name="Next", exact=True).click()
    expect(phone.get_by_text("Page 2 of 2")).to_be_attached()
    expect(phone.get_by_role("link", name="Quiz 23")).to_be_in_viewport()
    expect(phone).to_have_url(re.compile("page=2"))
    phone.go_back()
    expect(phone.get_by_role("link", name="Fair")).to_be_visible()

    phone.get_by_role("link", name="Past", exact=True).click()
    expect(phone.get_by_text("No past events.")).to_be_visible()
    expect(phone.get_by_role("link", name="Past", exact=True)).to_have_attribute("aria-current", "page")
    phone.get_by_role("link", name="New event").click()
    expect(phone.get_by_role("heading", name="New event")).to_be_visible()


def test_the_tab_keeps_its_anchor_and_no_other_server_is_asked(booked, page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    for screen in ("Customers", "Events", "Messages", "Settings", "Today"):
        page.get_by_test_id("stTopNavLink").filter(has_text=screen).click()
        expect(page.get_by_role("heading", name=screen, exact=True)).to_be_visible()
        icon = page.evaluate("[...document.querySelectorAll('link[rel~=icon]')].map(icon => icon.href)")
        assert icon == [f"{address}/favicon.png"]
    assert page.request.get(icon[0]).body() == ICON.read_bytes()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
