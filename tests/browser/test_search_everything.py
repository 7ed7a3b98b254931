"""The search from any screen: opened by Ctrl+K or by its button, and used by keys alone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import add, add_jo, add_sixty
from tests.makers import IN_TWO_WEEKS, an_event
from venue import views

BOX = "Search customers, events and screens"


def some_rows(session, now) -> None:
    add_sixty(session, now)
    add(session, "Zoë", "Quartermaine", 900, now)
    an_event(session, name="Quiz Night", starts_at=IN_TWO_WEEKS.replace(year=2099), now=now)
    views.save(session, name="Quiz fans", query={"q": "zoe"}, shared=True, now=now)


def search(page, words: str):
    """The dialog, with these words typed."""
    page.locator("html[data-keys=heard]").wait_for(state="attached")
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").get_by_label(BOX)
    expect(box).to_be_focused()
    page.keyboard.type(words)
    return page.get_by_role("dialog")


def test_a_customer_is_opened_by_keys_alone(page, write):
    write(some_rows)
    page.goto("/events")
    dialog = search(page, "quarter")
    page.keyboard.press("Enter")  # Before the results are there.
    expect(page).to_have_url(re.compile(r"/customer\?id="))
    expect(page.get_by_role("heading", name="Zoë Quartermaine")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_arrows_go_through_the_results_of_all_kinds(page, write):
    write(some_rows)
    page.goto("/")
    dialog = search(page, "qu")
    expect(dialog.get_by_role("link", name="Quiz fans")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link", name=re.compile("Zoë Quartermaine"))).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_label(BOX)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quiz Night")).to_be_visible()


def test_a_view_opens_its_list_from_the_list_itself(page, write):
    write(some_rows)
    page.goto("/customers?q=smith")
    page.locator("[data-customer]").first.wait_for()
    search(page, "quiz fans")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()
    expect(page.get_by_label("Search customers", exact=True)).to_have_value("zoe")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_it_opens_while_typing_and_leaves_other_dialogs_alone(page, write):
    write(add_jo)
    page.goto("/customers")
    page.locator("[data-customer]").first.wait_for()
    page.get_by_label("Search customers", exact=True).focus()
    search(page, "jo")
    expect(page.get_by_role("dialog").get_by_role("link", name=re.compile("Jo Smith"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Columns", exact=True).click()
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()
    page.keyboard.press("Control+k")
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()


def test_a_phone_has_a_button(chromium, address, write):
    write(add_jo)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=address, user_agent=PHONE, has_touch=True
    )
    page = context.new_page()
    page.goto("/events")
    page.get_by_role("button", name="Search everything").tap()
    page.get_by_role("dialog").get_by_label(BOX).fill("smith")
    page.get_by_role("dialog").get_by_role("link", name=re.compile("Jo Smith")).tap()
    expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()
    context.close()
