"""The customer screens as staff use them: keys, the table that is edited, on a desk and on a phone."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser import accessible
from tests.browser.conftest import PHONE
from tests.browser.people import add, first_row, here
from tests.browser.pressing import settled_box
from tests.browser.walk import Walk
from tests.naughty import LISTED
from venue import bookings, customers, events
from venue.customers import names

pytestmark = pytest.mark.browser


def add_naughty_names(session: Session, now: datetime) -> None:
    long = "Wide" * 500
    for number, name in enumerate(LISTED):
        if not names.problem(names.clean(name), "Name") and (len(name) > 20 or number % 3 == 0):
            add(session, name, name, number, now, long)
    longest = add(session, "W" * 100, "N" * 100, 999, now, long)
    quiz = events.add(session, name="Quiz" * 20, starts_at=now + timedelta(days=9), now=now)
    bookings.book(session, customer_id=longest.id, event_id=quiz.id, seats=2, notes=long, now=now)


def change_the_second(session: Session, now: datetime, words: str) -> None:
    row = customers.search(session, words).rows[1]
    customers.update(session, row.id, version=row.version, notes="Theirs", now=now)
    add(session, "Al", "Aaron", 800, now)


# Keys

# A transition of an element that is removed before its end, as far as Streamlit's dialogs hear of it.
UNENDING = (
    "document.body.dispatchEvent(new TransitionEvent('transitionrun', { propertyName: 'opacity', bubbles: true }))"
)


def test_keys_lead_everywhere_but_are_letters_in_a_field(sixty, page):
    page.goto("/events")
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    page.keyboard.press("/")
    search = page.get_by_label("Search customers")
    expect(search).to_be_focused()
    page.keyboard.type("nbe/? ", delay=50)
    expect(search).to_have_value("nbe/? ")
    search.fill("smith 90000")
    here(page, "10 customers")

    page.evaluate(UNENDING)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("b")  # The key counts although its screen has not come yet.
    expect(page.get_by_role("heading", name="Jo Smith 01", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog", name="Add booking")).to_be_focused()  # It hears Escape from then on.
    page.wait_for_timeout(700)  # A dialog of Streamlit leaves the focus once, half a second after it was opened.
    expect(page.get_by_role("dialog", name="Add booking")).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_role("dialog", name="Add booking")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Edit Jo Smith 01")).to_be_visible()
    page.get_by_label("Notes").press_sequentially("be?/n")
    expect(page.get_by_label("Notes")).to_have_value("be?/n")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Jo Smith 01", exact=True)).to_be_visible()

    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Add customer")).to_be_visible()


# Adding and editing


def test_a_double_tap_adds_once(page):
    page.goto("/customers/new")
    page.get_by_label("First name").fill("Jo")
    page.get_by_label("Last name").fill("Smith")
    page.get_by_label("Mobile number").fill("07700 900123")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()
    page.goto("/customers")
    here(page, "1 customer")


COLUMNS = {"Last name": 0.05, "First name": 0.25, "Mobile number": 0.4, "Notes": 0.7}


def type_into(page, row: int, column: str, typed: str) -> None:
    """Into a cell of the table being edited, which is painted: found by its place."""
    box = settled_box(page, page.get_by_test_id("stDataFrame"))
    page.mouse.click(box["x"] + box["width"] * COLUMNS[column], box["y"] + 40 + 39 * row + 19)
    page.wait_for_timeout(400)
    if typed:
        # The cell is opened first: a letter that opens it may be lost while the editor appears.
        page.keyboard.press("Enter")
        editor = page.locator("textarea.gdg-input, input.gdg-input")
        expect(editor).to_be_focused()
        editor.fill(typed)
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Delete")
    page.wait_for_timeout(500)


def test_what_is_done_from_a_later_page_leads_back_to_it(sixty, page):
    page.goto("/customers?rows=25")
    page.get_by_role("button", name="Next", exact=True).click()
    here(page, "26–50 of 60 customers")
    page.get_by_role("button", name="Edit in a table").click()
    expect(page.get_by_role("heading", name="Edit 25 customers")).to_be_visible()
    page.wait_for_timeout(1000)
    type_into(page, 0, "Notes", "Mine")
    here(page, "1 customer changed")
    page.get_by_role("button", name="Save").click()
    here(page, "26–50 of 60 customers")

    page.get_by_role("link", name="Jo Smith 30").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    here(page, "26–50 of 59 customers")


def test_many_are_edited_and_what_is_refused_stays_as_typed(write, sixty, page):
    page.goto("/customers?q=smith+1")
    here(page, "15 customers")
    page.get_by_role("button", name="Edit in a table").click()
    expect(page.get_by_role("heading", name="Edit 15 customers")).to_be_visible()
    page.wait_for_timeout(1000)

    type_into(page, 0, "First name", "Ann")
    type_into(page, 1, "Notes", "Mine")
    type_into(page, 2, "Mobile number", "0770")
    type_into(page, 3, "Last name", "")
    here(page, "4 customers changed")
    write(change_the_second, "smith 1")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text(re.compile("^Saved: Ann Smith"))).to_be_visible()
    expect(page.get_by_text("mobile number ‘0770’: This number has too few digits")).to_be_visible()
    expect(page.get_by_text("Enter a last name")).to_be_visible()
    expect(page.get_by_text("Saved: Theirs")).to_be_visible()
    expect(page.get_by_text("Yours: Mine")).to_be_visible()

    page.get_by_role("button", name="Use mine").click()
    expect(page.get_by_text("Saved: Theirs")).to_have_count(0)
    here(page, "2 customers changed")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(500)
    type_into(page, 2, "Mobile number", "07700 900777")
    type_into(page, 3, "Last name", "Smythe")
    page.get_by_role("button", name="Save").dblclick()

    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    here(page, "14 customers")
    page.goto("/customers?q=smythe")
    here(page, "1 customer")
    page.goto("/customers?q=900777")
    here(page, "1 customer")


# Every width, everybody


def test_long_and_naughty_names_scroll_nothing_sideways(write, chromium, address):
    write(add_naughty_names)
    width = 360  # What has room on the narrowest screen has it on any.
    context = chromium.new_context(viewport={"width": width, "height": 844}, user_agent=PHONE, base_url=address)
    page = context.new_page()
    failed = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto("/customers?q=900999&view=Cards")
    first_row(page).click()
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()
    customer = page.url.partition("id=")[2][:36]
    screens = ["/customers?view=Table&rows=100", "/customers?view=Cards", "/customers?q=unknown+" + "w" * 90]
    screens += [f"/customer?id={customer}", f"/edit_customer?id={customer}", "/edit_customers?size=25"]
    walk = Walk(page)
    for path in screens:
        walk.to(path)
        accessible.settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= width, path
    assert failed == []
    context.close()
