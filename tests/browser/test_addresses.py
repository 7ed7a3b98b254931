"""Addresses as they are typed or sent to staff."""

import urllib.error
import urllib.request
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.signed_in import header

pytestmark = pytest.mark.browser

UNKNOWN = UUID(int=7)


def status(url: str, token: str) -> int:
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=header(token)), timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


def test_an_unknown_address_is_not_found_and_leads_to_today(page, address, token):
    for path in ("/customers/abc", "/events/5", "/nothing", "/static/js/gone.js"):
        assert status(address + path, token) == 404, path
    for path in ("/", "/customers", "/_stcore/health", "/_stcore/host-config", "/favicon.png", "/healthz"):
        assert status(address + path, token) == 200, path

    page.goto("/customers/abc")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()


NOT_THERE = [
    ("/customer?id=garbage", "Customer", "Customers"),
    (f"/customers/{UNKNOWN}", "Customer", "Customers"),
    (f"/edit_customer?id={UNKNOWN}", "Customer", "Customers"),
    ("/event", "Event", "Events"),
    (f"/events/{UNKNOWN}", "Event", "Events"),
    (f"/edit_event?id={UNKNOWN}", "Event", "Events"),
    (f"/door_list?id={UNKNOWN}", "Event", "Events"),
    (f"/messages/{UNKNOWN}", "Text", "Messages"),
]


def test_a_screen_says_plainly_that_its_subject_is_not_there(page):
    for path, what, way_on in NOT_THERE:
        page.goto(path)
        expect(page.get_by_role("heading", name=f"{what} not found"), path).to_be_visible()
        page.get_by_role("link", name=f"All {way_on.lower()}").click()
        expect(page.get_by_role("heading", name=way_on, exact=True), path).to_be_visible()


def test_no_screen_asks_for_what_is_not_there(page):
    missing = []
    page.on("response", lambda answer: answer.status >= 400 and missing.append(answer.url))
    page.on("console", lambda said: said.type == "error" and missing.append(said.text))
    for path in ("/", "/customers", "/events", "/messages", "/settings"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
    assert missing == []
