"""A guest from first call to last: added, booked, texted, changed, deleted."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser import accessible
from tests.browser.conftest import PHONE
from tests.browser.people import add
from tests.browser.walk import Walk
from venue import events

pytestmark = pytest.mark.browser


def add_quiz(session: Session, now: datetime) -> None:
    events.add(session, name="Quiz Night", capacity=20, now=now, starts_at=now + timedelta(days=10))


def add_forty_customers(session: Session, now: datetime) -> None:
    for number in range(40):
        last_name = "Featherstonehaugh-Wolstenholme" if number == 7 else f"Smith {number}"
        add(session, "Jo", last_name, number, now)


@pytest.fixture
def quiz(write):
    write(add_quiz)


@pytest.fixture
def forty_customers(write):
    write(add_forty_customers)


def test_add_book_text_edit_delete(quiz, chromium, address, run_scheduler):
    page = chromium.new_page(base_url=address)
    page.goto("/customers/new")

    page.get_by_label("First name").fill("Jo")
    page.get_by_label("Last name").fill("Smith")
    page.get_by_label("Mobile number").fill("07700 900123")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()
    customer = page.url

    page.get_by_role("button", name="Add booking").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Quiz Night").first).to_be_visible()
    dialog.get_by_label("Seats").fill("4")
    dialog.get_by_label("Seats").press("Tab")
    expect(dialog.get_by_text("(4 seats)")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("4 seats", exact=False).first).to_be_visible()

    run_scheduler()
    page.goto("/messages?kind=Confirmation")
    expect(page.get_by_text("Delivered").first).to_be_visible()
    expect(page.get_by_text("you're on the list for Quiz Night")).to_be_visible()

    page.goto(customer)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Last name").fill("Smythe")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Jo Smythe")).to_be_visible()

    page.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_text("1 booking")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(page.get_by_text("No customers yet")).to_be_visible()


def test_a_click_opens_the_customer_and_back_shows_the_same_list(forty_customers, chromium, address):
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, base_url=address)
    page.goto("/customers?q=feather")
    page.get_by_role("row", name="Jo Featherstonehaugh").click()
    expect(page.get_by_role("heading", name="Jo Featherstonehaugh-Wolstenholme")).to_be_visible()

    page.go_back()
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    expect(page.get_by_label("Search customers")).to_have_value("feather")
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_scrolls_sideways(quiz, forty_customers, chromium, address, width):
    agent = {"user_agent": PHONE} if width < 1000 else {}
    page = chromium.new_page(viewport={"width": width, "height": 844}, base_url=address, **agent)
    walk = Walk(page)
    for path in ("/", "/customers", "/add_customer", "/events", "/add_event", "/messages", "/settings"):
        walk.to(path)
        accessible.settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= width, path
