"""A shared tablet changes hands in two taps, and locks without losing what was half typed."""

import re

import pytest
from playwright.sync_api import expect

from db.models import Customer, Staff
from tests import signed_in
from tests.makers import an_event, days
from venue import clock
from venue.roles import DESK, SIGN_IN
from venue.staff import codes, devices, names, passwords, tokens

pytestmark = pytest.mark.browser

PIN = "8305"


@pytest.fixture
def tablet(contexts, venue, address):
    """A page of an enrolled tablet, on which Sam and Robin have a PIN."""
    now = clock.now()
    with venue.transaction(DESK) as session:
        for name in ("Sam", "Robin"):
            pin_hash = passwords.hashed(PIN)
            key = names.key(name)
            staff = Staff(name=name, name_key=key, role="staff", pin_hash=pin_hash, created_at=now, updated_at=now)
            session.add(staff)
        code = codes.issue(session, "tablet", device_name="Bar tablet", now=now)
    token = devices.enrol(lambda: venue.transaction(SIGN_IN), code=code, now=now)
    cookie = {**signed_in.storage(token)["cookies"][0], "name": tokens.DEVICE_COOKIE}
    context = contexts.lend(None, viewport={"width": 1024, "height": 768}, base_url=address)
    context.add_cookies([cookie])
    return context.new_page()


def tap_in(page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html[data-keys=heard]")).to_be_attached()


def type_half(page) -> None:
    page.goto("/add_customer")
    expect(page.locator("html[data-keys=heard]")).to_be_attached()  # A draft is kept from then on.
    page.get_by_label("First name").press_sequentially("Ada")
    page.get_by_label("Last name").press_sequentially("Love")


def leave_unused(page, seconds: int = 180) -> None:
    """As if the last touch had been that long ago. The tablet locks after three minutes."""
    page.evaluate(
        """seconds => {
            const name = "last use of this tablet"
            const use = JSON.parse(localStorage.getItem(name))
            localStorage.setItem(name, JSON.stringify({ ...use, at: Date.now() - seconds * 1000 }))
        }""",
        seconds,
    )


def test_it_is_handed_over_in_two_taps(tablet):
    tablet.goto("/customers")
    tap_in(tablet, "Sam")
    expect(tablet).to_have_url(re.compile("/customers"))

    tablet.get_by_role("button", name="Switch").click()
    tap_in(tablet, "Robin")
    expect(tablet).to_have_url(re.compile("/customers"))
    expect(tablet.locator("summary")).to_have_text("Robin")


def test_an_unused_tablet_locks_and_keeps_what_was_typed_for_the_next_person(tablet, venue):
    tablet.goto("/")
    tap_in(tablet, "Sam")
    type_half(tablet)
    leave_unused(tablet)
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()

    tap_in(tablet, "Robin")
    expect(tablet.get_by_label("First name")).to_have_value("Ada")
    expect(tablet.get_by_label("Last name")).to_have_value("Love")
    tablet.get_by_label("Mobile number").fill("07700 900123")
    tablet.get_by_role("button", name="Save", exact=True).click()
    expect(tablet.get_by_role("heading", name="Ada Love")).to_be_visible()
    with venue.reading(DESK) as session:
        assert session.query(Customer).one().first_name == "Ada"


def test_a_tablet_in_use_does_not_lock(tablet):
    tablet.goto("/")
    tap_in(tablet, "Sam")
    leave_unused(tablet, seconds=176)
    tablet.keyboard.press("Shift")
    tablet.wait_for_timeout(6000)
    expect(tablet.locator("summary")).to_have_text("Sam")


@pytest.mark.parametrize("page", ["/events/{id}/door/print", "/insight/letter"])
def test_a_page_to_print_locks_too(tablet, venue, page):
    with venue.transaction(DESK) as session:
        quiz = an_event(session, name="Quiz Night", now=clock.now(), starts_at=clock.now() + days(3))
    printed = page.format(id=quiz.id)
    tablet.goto("/")
    tap_in(tablet, "Sam")
    tablet.goto(printed)
    leave_unused(tablet, seconds=176)
    tablet.keyboard.press("Shift")
    tablet.wait_for_timeout(6000)
    expect(tablet.get_by_role("button", name="Print")).to_be_visible()

    leave_unused(tablet)
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()
    tablet.get_by_role("link", name="Robin", exact=True).click()
    tablet.get_by_label("PIN").fill(PIN)
    tablet.get_by_role("button", name="Sign in").click()
    expect(tablet).to_have_url(re.compile(printed))
    expect(tablet.get_by_role("button", name="Print")).to_be_visible()


def test_it_is_covered_also_while_the_server_does_not_answer(tablet, server):
    tablet.goto("/customers")
    tap_in(tablet, "Sam")
    server.stop()
    leave_unused(tablet)
    expect(tablet.get_by_text("Locked. The server does not answer")).to_be_visible()

    server.start()
    expect(tablet.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_another_browser_has_no_lock_and_signs_out_from_its_menu(page):
    page.goto("/")
    expect(page.locator("html[data-keys=heard]")).to_be_attached()
    expect(page.get_by_role("button", name="Switch")).to_have_count(0)
    assert page.evaluate("localStorage.getItem('last use of this tablet')") is None

    page.locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto("/customers")
    expect(page.get_by_label("Password")).to_be_visible()
