"""The address says what the list of customers shows, whatever Streamlit leaves there while the server is slow."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import choose_booked, first_row, here

pytestmark = pytest.mark.browser


def test_what_is_typed_stays_in_the_address_though_the_answer_takes_it_out(sixty, page, held):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    held.hold()
    page.get_by_label("Search customers").press_sequentially("smith 41")
    expect(page).to_have_url(re.compile("q=smith.41"))
    # As Streamlit's answer does now and then, on a later page that was refreshed.
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.wait_for_timeout(500)
    held.let_go()
    here(page, "1 customer")
    expect(page).to_have_url(re.compile("q=smith.41"))
    page.reload()
    here(page, "1 customer")


def test_a_late_answer_puts_no_search_on_the_address_of_an_opened_customer(sixty, page, held):
    page.goto("/customers")
    search = page.get_by_label("Search customers")
    search.press_sequentially("smith")
    expect(page).to_have_url(re.compile("q=smith"))
    page.wait_for_timeout(1000)
    held.hold()
    search.press_sequentially(" 41")
    page.wait_for_timeout(1000)
    first_row(page).click()
    page.wait_for_timeout(500)
    while held.answers:  # One by one, so that the old list is drawn once more.
        held.pass_one()
        page.wait_for_timeout(100)
        assert "&q=" not in page.url
    held.let_go()
    expect(page.get_by_role("heading", name="Jo Smith 00")).to_be_visible()
    assert "&q=" not in page.url


def test_next_turns_the_list_that_is_shown_though_the_address_is_of_another(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    # As Streamlit leaves it for a moment, after a filter was removed.
    page.evaluate("history.replaceState(null, '', '/customers?rows=25&show=reminder_only')")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    expect(page).not_to_have_url(re.compile("show"))


CHANGES = (
    lambda page: page.get_by_role("columnheader", name="Mobile number").get_by_role("button").click(),
    lambda page: choose_booked(page, "No bookings"),
    lambda page: page.get_by_label("Rows per page").select_option("50"),
)


def test_a_page_turned_before_a_change_is_answered_is_what_the_address_says(sixty, page, held):
    for change in CHANGES:
        page.goto("/customers?rows=25")
        here(page, "1–25 of 60 customers")
        held.hold()
        change(page)
        page.wait_for_timeout(300)
        page.get_by_role("button", name="Next").click()
        page.wait_for_timeout(500)
        held.let_go()
        page.wait_for_timeout(2500)
        shown, first = page.get_by_role("status").first.inner_text(), first_row(page).inner_text()
        page.reload()
        here(page, shown)
        expect(first_row(page)).to_have_text(first)
