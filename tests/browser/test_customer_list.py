"""The list of customers as staff use it: found while typing, turned, put in order, linked to."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, wait_until
from tests.browser.people import choose_booked, first_row, here
from tests.browser.pressing import press_down

pytestmark = pytest.mark.browser


def test_typing_never_loses_a_keystroke(sixty, page):
    page.goto("/customers")
    search = page.get_by_label("Search customers")
    typed = "jo smith 0770 900 smi 5"
    search.press_sequentially(typed, delay=70)
    expect(search).to_have_value(typed)
    search.fill("")
    search.press_sequentially("smith 41", delay=260)  # As long as the list waits: each letter meets an answer.
    expect(search).to_have_value("smith 41")
    here(page, "1 customer")
    expect(search).to_be_focused()
    expect(page).to_have_url(re.compile("q=smith"))


def test_refresh_back_and_a_shared_link_show_the_same_page(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(re.compile("page=2"))
    second = page.url
    page.get_by_role("button", name="Next").click()
    here(page, "51–60 of 60 customers")
    page.go_back()
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(second)
    page.reload()
    here(page, "26–50 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 25")

    first_row(page).click()
    expect(page.get_by_role("heading", name="Jo Smith 25")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Customers").click()
    here(page, "26–50 of 60 customers")


CHANGES = {
    "order": lambda page: page.get_by_role("columnheader", name="Mobile number").get_by_role("button").click(),
    "size": lambda page: page.get_by_label("Rows per page").select_option("50"),
    "letter": lambda page: page.get_by_label("Jump to a letter").select_option("S"),
    "filter": lambda page: choose_booked(page, "No bookings"),
    "view": lambda page: page.get_by_role("button", name="Cards").click(),
}


def test_back_leads_to_the_page_that_was_changed_and_not_half_the_way(sixty, page):
    page.goto("/customers?rows=25")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(500)
    second = page.url
    for what, change in CHANGES.items():
        change(page)
        expect(page, what).not_to_have_url(re.compile("page=2"))
        expect(page.get_by_text("26–50 of 60 customers", exact=True), what).to_have_count(0)
        page.go_back()
        expect(page, what).to_have_url(second)
        here(page, "26–50 of 60 customers")
        expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
        page.wait_for_timeout(500)


def test_a_double_tap_on_the_way_to_a_page_is_one_step(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Last", exact=True).dblclick()
    here(page, "51–60 of 60 customers")
    page.go_back()
    here(page, "1–25 of 60 customers")


def test_the_next_page_of_a_list_that_words_have_replaced_is_the_first_of_what_they_find(sixty, held, page):
    page.goto("/customers?rows=50")
    here(page, "1–50 of 60 customers")
    held.hold()
    page.get_by_label("Search customers").press_sequentially("smith 5")
    expect(page).to_have_url(re.compile("q=smith"))
    page.get_by_role("button", name="Next").evaluate("button => button.click()")
    held.let_go()
    here(page, "15 customers")
    expect(page.locator("[data-customer]")).to_have_count(15)


def test_the_keyboard_stays_at_the_pages_on_the_last_one(sixty, page):
    page.goto("/customers?rows=25&page=2")
    here(page, "26–50 of 60 customers")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    here(page, "51–60 of 60 customers")
    expect(page.get_by_role("button", name="First", exact=True)).to_be_focused()


def test_back_from_the_editable_table_leads_to_a_list_that_can_be_changed_and_refreshed(sixty, page):
    page.goto("/customers?rows=25")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    page.get_by_role("button", name="Edit in a table").click()
    expect(page.get_by_role("heading", name="Edit 25 customers")).to_be_visible()
    page.go_back()
    here(page, "26–50 of 60 customers")
    page.get_by_role("columnheader", name="Mobile number").get_by_role("button").click()
    here(page, "1–25 of 60 customers")
    expect(page).to_have_url(re.compile("sort=Mobile"))
    page.reload()
    here(page, "1–25 of 60 customers")
    expect(page).to_have_url(re.compile("sort=Mobile"))


def test_a_tab_left_open_takes_the_html_and_looks_of_new_code(sixty, page):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    page.locator(".st-key-people .stBidiComponent").evaluate("""around => {
        const root = [...around.querySelectorAll("*")].map(each => each.shadowRoot).find(Boolean)
        root.adoptedStyleSheets = [new CSSStyleSheet()]
        root.innerHTML = "What an older version drew"
    }""")
    page.get_by_label("Search customers").press_sequentially("smith 41")
    here(page, "1 customer")
    expect(first_row(page)).to_have_text("Smith 41")


def test_a_column_orders_the_list_in_the_database(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    number = page.get_by_role("columnheader", name="Mobile number")
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "ascending")
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "descending")
    expect(first_row(page)).to_have_text("Smith 59")
    expect(page).to_have_url(re.compile("sort=Mobile"))


def test_a_button_under_a_finger_stays_until_it_is_clicked(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    press_down(page, page.get_by_role("columnheader", name="Mobile number").get_by_role("button"))
    page.get_by_role("button", name="Next").evaluate("button => button.click()")
    expect(page).to_have_url(re.compile("page="))
    page.wait_for_timeout(1000)  # The next page has arrived, and is not drawn.
    here(page, "1–25 of 60 customers")
    page.mouse.up()
    expect(page).to_have_url(re.compile("sort=Mobile"))
    expect(first_row(page)).to_have_text("Smith 00")


def test_a_click_after_choosing_the_table_again_still_opens(sixty, page):
    page.goto("/customers")
    page.get_by_text("Table", exact=True).click()
    first_row(page).click()
    expect(page.get_by_role("heading", name="Jo Smith 00")).to_be_visible()


def test_a_device_remembers_cards(sixty, page):
    page.goto("/customers")
    page.get_by_text("Cards", exact=True).click()
    expect(page.get_by_role("link", name="Jo Smith 00")).to_be_visible()
    wait_until(lambda: "anchor_view=Cards" in page.evaluate("document.cookie"), "the choice was not kept")
    another = page.context.new_page()
    another.goto("/customers")
    expect(another.get_by_role("link", name="Jo Smith 00")).to_be_visible()
    expect(another.get_by_role("table")).to_have_count(0)


def test_filters_live_in_the_address_and_are_taken_off_one_by_one(sixty, page):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    page.get_by_role("button", name="More filters").click()
    page.get_by_text("Can't be texted").click()
    here(page, "No customers found.")
    expect(page).to_have_url(re.compile("cannot_text=true"))
    page.keyboard.press("Escape")
    choose_booked(page, "No bookings")
    expect(page).to_have_url(re.compile("cannot_text=true.*show=none"))

    page.reload()
    page.get_by_role("button", name="Remove ‘Can't be texted’ (60 results)").click()
    here(page, "1–50 of 60 customers")
    expect(page).not_to_have_url(re.compile("cannot_text"))
    choose_booked(page, "No bookings")
    expect(page).not_to_have_url(re.compile("show"))


def test_the_download_holds_whom_the_filter_shows(sixty, page):
    page.goto("/customers?q=90001")
    here(page, "10 customers")
    answer = page.request.get(page.get_by_role("link", name="Download CSV").get_attribute("href"))
    lines = answer.body().decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [f"Smith {number}" for number in range(10, 20)]


def test_the_pointer_over_the_list_styles_no_cell_again(sixty, page):
    page.goto("/customers")
    looks = []
    for place in (page.get_by_role("link", name="Events"), first_row(page)):
        place.hover()
        looks.append(page.locator("td").first.evaluate("element => getComputedStyle(element).scrollbarColor"))
    assert looks == ["auto", "auto"]


def test_a_phone_keeps_the_filters_behind_one_button(sixty, chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, base_url=address)
    page = context.new_page()
    page.goto("/customers")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Reminder only").click()
    here(page, "No customers found.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show all customers").click()
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Next", exact=True).click()
    here(page, "26–50 of 60 customers")
    expect(page.get_by_text("26–50 of 60 customers")).to_be_in_viewport()
    page.get_by_role("button", name="More", exact=True).click()
    for control in page.locator(".st-key-people button, .st-key-people select, .st-key-people a").all():
        assert control.bounding_box()["height"] >= 44, control.inner_text()
    context.close()
