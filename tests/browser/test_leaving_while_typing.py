"""A tap at the moment of the last letter: whatever its answer is doing, the tap counts."""

from itertools import cycle

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import first_row, here

pytestmark = pytest.mark.browser

# Milliseconds from the letter to the tap, for one act after the other: what is tapped at once at a desk is tapped late
# on a phone.
DELAYS = {"desk": (0, 200), "phone": (200, 0)}


@pytest.fixture(params=["desk", "phone"])
def device(request, chromium, address):
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": PHONE, "has_touch": True}
    desk = {"viewport": {"width": 1280, "height": 800}}
    context = chromium.new_context(base_url=address, **(phone if request.param == "phone" else desk))
    yield context.new_page()
    context.close()


@pytest.fixture
def delays(request) -> tuple[int, int]:
    return DELAYS[request.node.callspec.params["device"]]


def search_from_today(page, words: str) -> None:
    """The list of customers, opened from Today, with some words in its search box and their answer."""
    page.goto("/")
    is_phone = page.viewport_size["width"] < 400
    page.get_by_role("button" if is_phone else "link", name="Customers", exact=True).first.click()
    here(page, "1–50 of 60 customers") if page.viewport_size["width"] > 400 else here(page, "1–25 of 60 customers")
    page.get_by_label("Search customers").press_sequentially(words)


def events_in_navigation(page):
    is_phone = page.viewport_size["width"] < 400
    return page.get_by_role("button" if is_phone else "link", name="Events", exact=True).first


def stays(page, heading: str) -> None:
    """The screen comes, and no late answer takes it away again."""
    shown = page.get_by_role("heading", name=heading, level=1)
    expect(shown).to_be_visible()
    page.wait_for_timeout(600)
    expect(shown).to_be_visible()


def test_no_tap_at_the_last_letter_is_lost(sixty, device, delays):
    acts = {
        # The one under the finger: number 40 before the letter is answered, 41 after it.
        "Jo Smith 4": lambda: first_row(device).click(),
        "Events": lambda: events_in_navigation(device).click(),
        "Add customer": lambda: device.get_by_role("button", name="Add customer").click(),
        "Today": device.go_back,
    }
    for (heading, act), delay in zip(acts.items(), cycle(delays), strict=False):
        search_from_today(device, "smith 90004")
        here(device, "10 customers")
        device.get_by_label("Search customers").press("1")
        device.wait_for_timeout(delay)
        act()
        stays(device, heading)


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_add_after_no_results_takes_the_last_letter_too(sixty, device, delays):
    for delay in delays:
        search_from_today(device, "Ada Lovelac")
        add = device.get_by_role("button", name="Add ‘Ada Lovelac")
        expect(add).to_be_visible()
        device.get_by_label("Search customers").press("e")
        device.wait_for_timeout(delay)
        add.click()
        expect(device.get_by_label("Last name")).to_have_value("Lovelace")


@pytest.mark.parametrize("device", ["desk"], indirect=True)
def test_the_search_of_texts_is_left_as_well(sixty, device, delays):
    for delay in delays:
        device.goto("/messages")
        search = device.get_by_label("Search texts")
        search.press_sequentially("smit")
        device.wait_for_timeout(600)
        search.press("h")
        device.wait_for_timeout(delay)
        events_in_navigation(device).click()
        stays(device, "Events")
