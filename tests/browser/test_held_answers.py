"""Back, Next and Forward on the list of customers while the server is slow."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import first_row, here

pytestmark = pytest.mark.browser


def press_next(page) -> None:
    page.get_by_role("button", name="Next").click()


def test_next_is_one_step_however_often_it_is_pressed_before_the_answer(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.hold()
    press_next(page)
    expect(page).to_have_url(re.compile("page=2"))
    press_next(page)
    page.wait_for_timeout(500)
    held.let_go()
    here(page, "26–50 of 60 customers")
    expect(first_row(page)).to_have_text("Smith 25")
    expect(page).to_have_url(re.compile("page=2"))
    page.get_by_role("button", name="Previous").click()
    here(page, "1–25 of 60 customers")


def test_back_before_the_server_answers_leads_one_page_back(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    press_next(page)
    here(page, "26–50 of 60 customers")
    second = page.url
    held.hold()
    for _ in range(2):
        press_next(page)
        expect(page).to_have_url(re.compile("page=3"))
        page.go_back()
        expect(page).to_have_url(second)
    page.go_back()
    held.let_go()
    here(page, "1–25 of 60 customers")
    expect(page).not_to_have_url(re.compile("page="))
    page.go_forward()
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(1500)
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(second)


def test_forward_to_a_page_that_was_left_before_its_answer_shows_it(sixty, page, held):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.hold()
    press_next(page)
    expect(page).to_have_url(re.compile("page=2"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("page="))
    page.go_forward()
    page.wait_for_timeout(500)
    held.let_go()
    here(page, "26–50 of 60 customers")
    page.wait_for_timeout(1500)
    here(page, "26–50 of 60 customers")
    expect(page).to_have_url(re.compile("page=2"))


def open_before_the_next_page_comes(page, held) -> None:
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    held.hold()
    press_next(page)
    page.locator("[data-customer]").filter(has_text="Smith 05").click()
    page.wait_for_timeout(300)
    held.let_go()
    expect(page.get_by_role("heading", name="Jo Smith 05")).to_be_visible()


def test_a_customer_opened_before_the_next_page_comes_leads_back_to_the_list(sixty, page, held):
    open_before_the_next_page_comes(page, held)
    expect(page).to_have_url(re.compile("/customer.id="))
    page.get_by_role("button", name="Send a text").click()
    expect(page.get_by_role("dialog", name="Send a text")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("stMain").get_by_role("link", name="Customers").click()
    here(page, "1–25 of 60 customers")
