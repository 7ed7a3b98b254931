"""By keyboard alone: the focus is seen wherever it goes, and is never caught."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

FOCUS = Path(__file__).with_name("focus.js").read_text()
MOST_TABS = 60


def open_screen(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("html[data-keys=heard]")).to_be_attached()


def tab_to(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Go to it by Tab, past everything that is before it."""
    expect(target).to_be_visible()
    passed: list[Any] = []
    while not target.evaluate("element => element.getRootNode().activeElement === element"):
        assert len(passed) < MOST_TABS, f"not reached: {[each['words'] for each in passed]}"
        page.keyboard.press(key)
        now = page.evaluate(FOCUS)
        assert now["isSeen"], f"the focus is not seen at {now['words']}"
        assert not passed or now["number"] != passed[-1]["number"], f"the focus is caught at {now['words']}"
        passed.append(now)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def test_a_setting_is_changed(page: Page) -> None:
    open_screen(page, "/settings")
    press(page, page.get_by_role("link", name="Change settings"))
    name = page.get_by_label("Name", exact=True)
    tab_to(page, name)
    page.keyboard.press("Control+a")
    page.keyboard.type("The Anchor Tap")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    expect(page.get_by_text("The Anchor Tap").first).to_be_visible()
