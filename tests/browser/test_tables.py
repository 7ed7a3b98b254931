"""Bookings and texts: tables with headings on a desk, cards on a phone, and each row opens what it is about."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.models import Event, Message
from tests.browser.conftest import PHONE
from tests.browser.people import add
from venue import bookings, events

pytestmark = pytest.mark.browser


def add_booked(session: Session, now: datetime) -> None:
    jo = add(session, "Jo", "Smith", 1, now)
    events_of_jo = [
        events.add(session, name=name, starts_at=now + timedelta(days=days), now=now)
        for name, days in (("Fair", 10), ("Open Mic", 12), ("Burns Night", 14))
    ]
    for seats, event in enumerate(events_of_jo):
        bookings.book(session, customer_id=jo.id, event_id=event.id, seats=seats, notes="By the door", now=now)
    session.flush()
    past = now - timedelta(days=9)
    session.execute(update(Event).where(Event.id == events_of_jo[2].id).values(starts_at=past))
    failed = {"state": "failed", "reason": "Not in service.", "body": "You are booked. " * 12}
    session.execute(update(Message).where(Message.kind == "confirmation").values(**failed))


DESK, HANDHELD = (1280, 800), (390, 844)
ON_MESSAGES = ["When", "Customer", "Type", "Event", "Status", "Text"]
TABLES_OF_A_CUSTOMER = {
    "Active bookings": ["Event", "When", "Seats"],
    "Reminders": ["Event", "When", "Seats"],
    "Booking history": ["Event", "When", "Seats"],
    "Texts": ["When", "Text", "Status"],
}


@pytest.fixture
def open_screen(write, chromium, address):
    write(add_booked)
    contexts = []

    def open_it(size, path="/"):
        agent = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if size == HANDHELD else {}
        width, height = size
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": height}, **agent)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()


def open_jo(page):
    page.goto("/customers")
    page.locator("[data-customer]").first.click()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()


def press(cell) -> None:
    """Where it is shown: the link of its row is over it. At the edge of a phone, so would be the navigation."""
    expect(cell).to_be_visible()
    cell.page.mouse.wheel(0, 1)  # A screen gone back to scrolls to where it was, until the user scrolls.
    cell.evaluate("cell => cell.scrollIntoView({ block: 'center' })")
    cell.click(force=True)


def headings(table) -> list[str]:
    return table.get_by_role("columnheader").all_inner_texts()


def is_below(cell, other) -> bool:
    # Both at one moment: a screen that is still being drawn moves them.
    below = "(cell, other) => cell.getBoundingClientRect().top > other.getBoundingClientRect().top + 5"
    return cell.evaluate(below, other.element_handle())


def test_texts_are_a_table_on_a_desk(open_screen):
    page = open_screen(DESK, "/messages")
    table = page.get_by_role("table", name="Texts")
    expect(table.get_by_role("row")).to_have_count(1 + 9)
    assert headings(table) == ON_MESSAGES
    row = table.get_by_role("row").filter(has_text="Fair").filter(has_text="Failed")
    expect(row.get_by_role("cell")).to_have_count(5)
    name, text = row.get_by_role("rowheader"), row.get_by_role("cell").last
    expect(text).to_contain_text("Not in service.")
    assert not is_below(text, name), "a row of a table is one line of cells"
    assert text.bounding_box()["height"] < 150, "a long text is cut short"
    heads = table.get_by_role("columnheader")
    for place, cell in enumerate((row.get_by_role("cell").first, name)):
        assert cell.bounding_box()["x"] == pytest.approx(heads.nth(place).bounding_box()["x"], abs=1)


def test_a_customers_bookings_and_texts_are_tables_on_a_desk(open_screen):
    page = open_screen(DESK)
    open_jo(page)
    for name, wanted in TABLES_OF_A_CUSTOMER.items():
        table = page.get_by_role("table", name=name)
        expect(table).to_be_visible()
        assert headings(table) == wanted
        first = table.get_by_role("row").nth(1)
        cells = first.get_by_role("cell")
        assert not is_below(cells.first, first.get_by_role("rowheader"))
    active = page.get_by_role("table", name="Active bookings")
    expect(active.get_by_role("button", name="Edit booking")).to_be_visible()
    expect(active).to_contain_text("By the door")


def test_the_same_rows_are_cards_on_a_phone(open_screen):
    page = open_screen(HANDHELD, "/messages")
    expect(page.get_by_role("rowheader").first).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="Fair").filter(has_text="Failed")
    assert is_below(row.get_by_role("cell").last, row.get_by_role("rowheader"))
    assert row.evaluate("row => getComputedStyle(row).borderTopStyle") == "solid"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    open_jo(page)
    expect(page.get_by_role("button", name="Edit booking").first).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(0)
    for row in page.get_by_role("row").all():
        box = row.bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("size", [DESK, HANDHELD], ids=["desk", "phone"])
def test_a_row_opens_what_it_is_about_wherever_it_is_pressed(open_screen, size):
    page = open_screen(size, "/messages")
    row = page.get_by_role("row").filter(has_text="Fair").filter(has_text="Failed")
    press(row.get_by_role("cell").last)
    expect(page).to_have_url(re.compile("/message[?]id="))
    expect(page.get_by_role("heading", name="Confirmation")).to_be_visible()

    open_jo(page)
    press(page.get_by_role("table", name="Active bookings").get_by_text("By the door"))
    expect(page.get_by_role("heading", name="Open Mic")).to_be_visible()
    page.go_back()
    press(page.get_by_role("table", name="Texts").get_by_text("Failed").first)
    expect(page).to_have_url(re.compile("/message[?]id="))


def test_a_row_is_opened_and_its_buttons_are_pressed_by_keyboard(open_screen):
    page = open_screen(DESK)
    open_jo(page)
    active = page.get_by_role("table", name="Active bookings")
    active.get_by_role("link", name="Open Mic").focus()
    for label in ("Mark as called", "Open the text", "Edit booking"):
        page.keyboard.press("Tab")
        expect(active.locator(":focus")).to_have_text(label)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(active.get_by_role("button", name="Edit booking")).to_be_focused()
    active.get_by_role("link", name="Open Mic").press("Enter")
    expect(page.get_by_role("heading", name="Open Mic")).to_be_visible()


def test_a_text_is_paused_and_resumed_from_its_row(open_screen):
    page = open_screen(HANDHELD, "/messages?texts=Next+7+days")
    pause = page.get_by_role("button", name="Pause", exact=True)
    expect(pause.first).to_be_visible()
    assert headings(page) == []
    count = pause.count()
    pause.first.click()
    expect(pause).to_have_count(count - 1)
    page.get_by_role("radio", name="On hold (1)").click()
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("No texts on hold in the next 7 days.")).to_be_visible()
