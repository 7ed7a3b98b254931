"""The list of customers while the server lets wait for it."""

import re
import threading
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.people import first_row, here

pytestmark = pytest.mark.browser


@pytest.fixture
def held(page):
    """Answers of the server, which come to the page while this is clear."""
    is_held, answers = threading.Event(), []

    def pass_on(send, message):
        answers.append(partial(send, message))
        while answers and not is_held.is_set():
            answers.pop(0)()

    def between(socket):
        socket.connect_to_server().on_message(partial(pass_on, socket.send))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    is_held.answers = answers
    return is_held


def let_go(held) -> None:
    held.clear()
    while held.answers:
        held.answers.pop(0)()


def test_what_is_typed_stays_in_the_address_though_the_answer_takes_it_out(sixty, page, held):
    page.goto("/customers")
    here(page, "1–50 of 60 customers")
    held.set()
    page.get_by_label("Search customers").press_sequentially("smith 41")
    expect(page).to_have_url(re.compile("q=smith.41"))
    # As Streamlit's answer does now and then, on a later page that was refreshed.
    page.evaluate("history.replaceState(null, '', location.pathname)")
    page.wait_for_timeout(500)
    let_go(held)
    here(page, "1 customer")
    expect(page).to_have_url(re.compile("q=smith.41"))
    page.reload()
    here(page, "1 customer")


def test_a_late_answer_puts_no_search_on_the_address_of_whoever_was_opened(sixty, page, held):
    page.goto("/customers")
    search = page.get_by_label("Search customers")
    search.press_sequentially("smith")
    expect(page).to_have_url(re.compile("q=smith"))
    page.wait_for_timeout(1000)
    held.set()
    search.press_sequentially(" 41")
    page.wait_for_timeout(1000)
    first_row(page).click()
    page.wait_for_timeout(500)
    while held.answers:  # One by one, so that the old list is drawn once more.
        held.answers.pop(0)()
        page.wait_for_timeout(100)
        assert "&q=" not in page.url
    let_go(held)
    expect(page.get_by_role("heading", name="Jo Smith 00")).to_be_visible()
    assert "&q=" not in page.url


def test_the_next_page_stands_before_the_server_answers(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 25")
    expect(page).to_have_url(re.compile("page=2"))

    page.get_by_role("button", name="Next").click()  # The one after it, and not this one again.
    page.wait_for_timeout(500)
    let_go(held)
    here(page, "51–60 of 60 customers")
    expect(page).to_have_url(re.compile("page=3"))
    page.get_by_role("button", name="Back").click()
    here(page, "26–50 of 60 customers")


def test_back_before_the_server_answers_leads_one_page_back(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(1000)  # Only with the answer the third page is here as well.
    second = page.url
    held.set()
    for _ in range(2):
        page.get_by_role("button", name="Next").click()
        here(page, "51–60 of 60 customers")
        page.go_back()
        here(page, "26–50 of 60 customers")
        expect(page).to_have_url(second)
    page.go_back()
    let_go(held)
    here(page, "1–25 of 60 customers")
    expect(page).not_to_have_url(re.compile("page="))
    page.go_forward()
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(1000)
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(second)


def test_forward_to_a_page_that_was_left_before_its_answer_shows_it(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    page.go_back()
    here(page, "1–25 of 60 customers")
    page.go_forward()
    page.wait_for_timeout(500)
    let_go(held)
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(1000)
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(re.compile("page=2"))


def open_from_the_page_ahead(page, held) -> None:
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    page.get_by_role("button", name="Next").click()
    page.locator("[data-customer]").filter(has_text="Smith 30").click()
    page.wait_for_timeout(300)
    let_go(held)
    expect(page.get_by_role("heading", name="Jo Smith 30")).to_be_visible()


def test_a_customer_opened_from_the_page_that_was_ahead_leads_back_to_it(sixty, page, held):
    open_from_the_page_ahead(page, held)
    expect(page).to_have_url(re.compile("/customer.id="))
    page.get_by_role("button", name="Send a text").click()
    expect(page.get_by_role("dialog", name="Send a text")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("stMain").get_by_role("link", name="Customers").click()
    here(page, "26–50 of 60 customers")


def test_back_from_a_customer_opened_from_the_page_that_was_ahead_leads_through_each_page_once(sixty, page, held):
    open_from_the_page_ahead(page, held)
    page.wait_for_timeout(500)
    page.go_back()
    here(page, "26–50 of 60 customers")
    page.go_back()
    here(page, "1–25 of 60 customers")


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.get_by_role("columnheader", name="Mobile number").get_by_role("button").click(),
        lambda page: page.get_by_text("No bookings", exact=True).first.click(),
        lambda page: page.get_by_label("Rows").select_option("50"),
    ],
    ids=["order", "filter", "size"],
)
def test_a_page_turned_before_a_change_is_answered_is_what_the_address_says(sixty, page, held, change):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.set()
    change(page)
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Next").click()
    page.wait_for_timeout(500)
    let_go(held)
    page.wait_for_timeout(2500)
    shown, first = page.get_by_role("status").first.inner_text(), first_row(page).inner_text()
    page.reload()
    here(page, shown)
    expect(first_row(page)).to_have_text(first)
