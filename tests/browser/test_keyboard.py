"""The core errands by keyboard alone: the focus is seen, is never caught, and comes back when a dialog closes."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from tests.browser.accessible import settle
from tests.browser.people import add
from venue import bookings, events
from venue.delivery import inbound
from venue.roles import SCHEDULER

pytestmark = pytest.mark.browser

FOCUS = Path(__file__).with_name("focus.js").read_text()
MOST_TABS = 60


def a_guest_who_asks(session: Session, now: datetime) -> str:
    """Bob, who is booked for tonight and asks something, and Ann, who is not booked. The id of the event."""
    add(session, "Ann", "Lee", 1, now)
    bob = add(session, "Bob", "Hughes", 2, now)
    tonight = events.add(session, name="Quiz Night", starts_at=now + timedelta(hours=2), capacity=20, now=now)
    bookings.book(session, customer_id=bob.id, event_id=tonight.id, seats=2, now=now)
    session.info["actor"] = SCHEDULER
    asked = ProviderMessage(
        "SM1", "+447700900999", "is there parking?", "received", "inbound", now, None, bob.mobile_number
    )
    inbound.store(session, asked, now=now)
    return str(tonight.id)


def open_screen(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("html[data-keys=heard]")).to_be_attached()


def tab_to(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Go to it by Tab, past everything that is before it."""
    expect(target).to_be_visible()
    passed: list[Any] = []
    while not target.evaluate("element => element.getRootNode().activeElement === element"):
        assert len(passed) < MOST_TABS, f"not reached: {[each['words'] for each in passed]}"
        page.keyboard.press(key)
        now = page.evaluate(FOCUS)
        assert now["isSeen"], f"the focus is not seen at {now['words']}"
        assert not passed or now["number"] != passed[-1]["number"], f"the focus is caught at {now['words']}"
        passed.append(now)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def test_a_guest_is_found_booked_changed_and_undone(page: Page, write: Any) -> None:
    write(a_guest_who_asks)
    open_screen(page, "/")
    expect(page.get_by_label("Search customers")).to_be_visible()  # Before, "/" opens the list of customers.
    page.keyboard.press("/")
    expect(page.get_by_label("Search customers")).to_be_focused()
    page.keyboard.type("ann lee", delay=40)
    expect(page.get_by_role("button", name="Add ‘ann lee’")).to_be_visible()  # All letters were searched for.
    press(page, page.get_by_role("link", name="Ann Lee"))
    expect(page.get_by_role("heading", name="Ann Lee", exact=True)).to_be_visible()

    dialog = page.get_by_role("dialog")
    add_booking = page.get_by_role("button", name="Add booking")
    press(page, add_booking)
    expect(dialog).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(add_booking).to_be_focused()
    settle(page)  # No hand presses it again sooner.
    page.keyboard.press("Enter")
    expect(dialog).to_be_focused()
    tab_to(page, dialog.get_by_label("Seats"))
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    press(page, dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0)
    active = page.get_by_role("table", name="Active bookings")
    expect(active).to_contain_text("3 seats")

    press(page, active.get_by_role("button", name="Edit booking"))
    expect(dialog).to_be_focused()
    tab_to(page, dialog.get_by_label("Seats"))
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    press(page, dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0)
    expect(active).to_contain_text("5 seats")
    expect(active.get_by_role("button", name="Edit booking")).to_be_focused()

    expect(page.locator("#toasts").get_by_role("button", name="Undo")).not_to_have_count(0)
    page.keyboard.press("u")
    expect(active).to_contain_text("3 seats")


def test_a_guest_arrives_and_a_reply_is_answered(page: Page, write: Any) -> None:
    event = write(a_guest_who_asks)
    open_screen(page, f"/door_list?id={event}")
    arrived = page.get_by_role("button", name="Arrived: Bob Hughes")
    press(page, arrived, "Space")
    expect(arrived).to_have_attribute("aria-pressed", "true")
    expect(arrived).to_be_focused()
    expect(page.get_by_text("2 arrived")).to_be_visible()

    open_screen(page, "/messages?texts=Replies")
    press(page, page.get_by_role("link", name="Conversation"))
    expect(page.get_by_text("is there parking?", exact=True)).to_be_visible()
    tab_to(page, page.get_by_label("Answer"))
    page.keyboard.type("Yes, behind the pub")
    press(page, page.get_by_role("button", name="Send"))
    expect(page.get_by_text("Text queued")).to_be_visible()


def test_a_setting_is_changed(page: Page) -> None:
    open_screen(page, "/settings")
    press(page, page.get_by_role("link", name="Change settings"))
    name = page.get_by_label("Name", exact=True)
    tab_to(page, name)
    page.keyboard.press("Control+a")
    page.keyboard.type("The Anchor Tap")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    expect(page.get_by_text("The Anchor Tap").first).to_be_visible()
