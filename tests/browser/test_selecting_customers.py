"""Selecting customers of the list by hand and by filter, and what is done with all of them at once."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import here
from venue import tags

pytestmark = pytest.mark.browser


@pytest.fixture
def vip(write):
    write(lambda session, now: tags.add(session, name="VIP", now=now))


def shot(page, name):
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def bar(page):
    return page.get_by_role("region", name="Selected customers")


def box(page, name):
    return page.get_by_role("checkbox", name=f"Select {name}", exact=True)


def test_ticked_by_hand_by_range_and_all_that_match(sixty, vip, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    box(page, "Jo Smith 02").click()
    expect(bar(page)).to_contain_text("1 selected")
    box(page, "Jo Smith 05").click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("4 selected")
    shot(page, "selected")
    page.get_by_role("button", name="Next").click()
    here(page, "26–50 of 60 customers")
    box(page, "Jo Smith 30").press("Space")
    expect(bar(page)).to_contain_text("5 selected")
    page.get_by_label("Search customers").fill("smith 30")
    here(page, "1 customer")
    expect(bar(page)).to_contain_text("5 selected, 4 not in this list")
    page.get_by_label("Search customers").fill("quartermaine")
    expect(page.get_by_text("5 selected, 5 not in this list")).to_be_visible()
    page.get_by_label("Search customers").fill("")
    expect(bar(page)).to_contain_text("Select all 60")
    bar(page).get_by_role("button", name="Select all 60").click()
    expect(bar(page)).to_contain_text("60 selected")
    box(page, "Jo Smith 03").click()
    expect(bar(page)).to_contain_text("59 selected")

    bar(page).get_by_role("button", name="Add tag").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("59 customers selected")
    shot(page, "tag")
    dialog.get_by_role("button", name="Tag 59 customers").click()
    toast = page.get_by_text("59 customers tagged")
    expect(toast).to_be_visible()
    expect(bar(page)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()


def test_a_page_is_ticked_at_once_and_unticked_quickly(sixty, page):
    page.goto("/customers?rows=25")
    here(page, "1–25 of 60 customers")
    page.get_by_role("checkbox", name="Select this page").click()
    expect(bar(page)).to_contain_text("25 selected")
    # Faster than the server answers.
    for number in range(1, 9):
        box(page, f"Jo Smith {number:02}").click()
    expect(bar(page)).to_contain_text("17 selected")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(17)
    bar(page).get_by_role("button", name="Clear").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


@pytest.fixture
def phone(chromium, address):
    options = {"user_agent": PHONE, "is_mobile": True, "has_touch": True}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, **options)
    yield context.new_page()
    context.close()


def test_on_a_phone_from_the_cards(sixty, vip, phone):
    page = phone
    page.goto("/customers")
    here(page, "1–25 of 60 customers")
    box(page, "Jo Smith 01").tap()
    box(page, "Jo Smith 02").tap()
    expect(bar(page)).to_contain_text("2 selected")
    expect(bar(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "phone")
    bar(page).get_by_label("Actions").select_option("Add tag")
    expect(page.get_by_role("dialog")).to_contain_text("2 customers selected")
    shot(page, "phone_tag")
    page.get_by_role("button", name="Tag 2 customers").tap()
    expect(page.get_by_text("2 customers tagged")).to_be_visible()
