"""What was done is said where it covers nothing that can be pressed, and read out to those who cannot see it."""

import pytest
from playwright.sync_api import expect

from tests.browser import accessible
from tests.browser.conftest import PHONE, on_a
from tests.browser.people import add_jo

pytestmark = pytest.mark.browser

COVERED = """
() => {
  const region = document.querySelector("#toasts").shadowRoot.querySelector(".toasts")
  const toast = region.getBoundingClientRect()
  const roots = [document, ...[...document.querySelectorAll("*")].map(each => each.shadowRoot).filter(Boolean)]
  return roots
    .flatMap(root => [...root.querySelectorAll("button, input, textarea, [role=dialog], a.button, a.primary, h1")])
    .filter(each => !region.contains(each))
    .filter(each => {
      const box = each.getBoundingClientRect()
      const beside = box.right <= toast.left || toast.right <= box.left
      return box.width && !beside && box.top < toast.bottom && toast.top < box.bottom
    })
    .map(each => each.textContent || each.tagName)
}
"""
# In one moment, as far as the server can tell.
UNDO_AND_GO_ON = """
() => {
  document.querySelector("#toasts").shadowRoot.querySelector(".undo").click()
  document.querySelector("[data-testid=stTopNavLink][href$='/events']").click()
}
"""


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def page(request, chromium, address):
    width, height = request.param
    context = chromium.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        user_agent=PHONE if width < 1000 else None,
        has_touch=width < 1000,
    )
    yield context.new_page()
    context.close()


def toast(page):
    return page.locator("#toasts [role=status]")


def test_a_toast_covers_nothing_that_can_be_pressed(write, page):
    write(add_jo)
    page.goto("/customers/new")
    for label, typed in {"First name": "Al", "Last name": "Jones", "Mobile number": "07700 900123"}.items():
        page.get_by_label(label).fill(typed)
    page.get_by_role("button", name="Save and add another").click()
    expect(toast(page)).to_contain_text("Al Jones added")
    expect(page.get_by_label("First name")).to_have_value("")
    page.wait_for_timeout(600)
    expect(toast(page)).to_be_visible()
    assert page.evaluate(COVERED) == []

    page.goto("/customers")
    page.get_by_text("Jo Smith" if page.viewport_size["width"] < 1000 else "Smith", exact=True).click()
    page.get_by_test_id("stMain").get_by_role("link", name="Edit").click()
    page.get_by_label("Notes").fill("Window seat")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("Jo Smith saved")
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate(COVERED) == []


@on_a("phone", "page")
def test_a_toast_is_no_fault_can_be_dismissed_and_goes(write, page):
    write(add_jo)
    page.goto("/customers?q=smith&view=Cards")
    page.get_by_text("Jo Smith").click()
    for expected in ("dismissed", "gone"):
        page.get_by_test_id("stMain").get_by_role("link", name="Edit").click()
        page.get_by_label("Notes").fill(expected)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(toast(page).get_by_text("Jo Smith saved")).to_have_count(1)
        if expected == "dismissed":
            assert accessible.faults(page) == []
            toast(page).get_by_role("button", name="Dismiss").click()
        expect(toast(page).get_by_text("Jo Smith saved")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Jo Smith")).to_be_visible()
        expect(toast(page).get_by_text("Jo Smith saved")).to_have_count(0)


@on_a("desk", "page")
def test_what_was_saved_is_undone_from_its_toast_by_its_key(write, page):
    write(add_jo)
    page.goto("/customers?q=smith&view=Cards")
    page.get_by_text("Jo Smith").click()
    page.get_by_test_id("stMain").get_by_role("link", name="Edit").click()
    page.get_by_label("Notes").fill("Window seat")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Window seat")).to_be_visible()
    expect(toast(page).get_by_role("button", name="Undo")).to_have_count(1)
    page.keyboard.press("u")
    expect(toast(page).get_by_text("Undone")).to_have_count(1)
    expect(page.get_by_text("Window seat")).to_have_count(0)
    expect(toast(page).get_by_role("button", name="Undo")).to_have_count(0)


@on_a("desk", "page")
def test_undo_is_done_also_when_another_screen_is_opened_at_that_moment(write, page):
    write(add_jo)
    page.goto("/customers?q=smith&view=Cards")
    page.get_by_text("Jo Smith").click()
    page.get_by_test_id("stMain").get_by_role("link", name="Edit").click()
    page.get_by_label("Notes").fill("Window seat")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("Jo Smith saved")
    expect(page.get_by_text("Window seat").first).to_be_visible()
    page.evaluate(UNDO_AND_GO_ON)
    expect(toast(page)).to_contain_text("Undone")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
