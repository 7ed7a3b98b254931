"""Light and dark: as the device is, or as was chosen in this browser. Words are legible in the dark, too."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.people import add
from venue import bookings, events
from web import theme

pytestmark = pytest.mark.browser


@pytest.fixture
def dark(chromium: Any, address: str) -> Iterator[Any]:
    """A page on a device that is set to dark."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1600}, base_url=address, color_scheme="dark")
    yield context.new_page()
    context.close()


def an_evening(session: Session, now: datetime) -> str:
    """An event with a guest who came and one who did not, and one who is only reminded. Its id."""
    event = events.add(session, name="Quiz", starts_at=now + timedelta(hours=1), capacity=10, now=now)
    for n, arrived in enumerate((True, False, None)):
        guest = add(session, "Jo", f"Smith {n}", n, now)
        booking = bookings.book(session, customer_id=guest.id, event_id=event.id, seats=2 if n < 2 else 0, now=now)
        if arrived is not None:
            bookings.mark_arrived(session, booking.id, arrived=arrived, now=now)
    return str(event.id)


def shows(page: Any, colours: dict[str, str]) -> None:
    """The screen is drawn in this theme."""
    page.get_by_role("heading", level=1).wait_for()
    numbers = ", ".join(str(int(colours["text"][place : place + 2], 16)) for place in (1, 3, 5))
    expect(page.get_by_role("heading", level=1)).to_have_css("color", f"rgb({numbers})")


def faint_words(page: Any) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    return [node["failureSummary"] for fault in found.response["violations"] for node in fault["nodes"]]


def test_who_came_and_who_did_not_is_legible_in_the_dark(dark, write):
    dark.goto(f"/event?id={write(an_evening)}")
    dark.locator(".mark").first.wait_for()
    shows(dark, theme.DARK)
    assert faint_words(dark) == []


def test_a_theme_that_was_chosen_holds_on_every_screen_and_page(dark):
    dark.goto("/")
    shows(dark, theme.DARK)
    dark.get_by_role("navigation", name="Your account").locator("summary").click()
    dark.get_by_label("Theme").select_option("Light theme")
    shows(dark, theme.LIGHT)
    for path in ("/customers", "/nothing-here"):
        dark.goto(path)
        shows(dark, theme.LIGHT)
    dark.goto("/events")
    dark.get_by_role("navigation", name="Your account").locator("summary").click()
    expect(dark.get_by_label("Theme")).to_have_value("Light")
    dark.get_by_label("Theme").select_option("Theme of the device")
    shows(dark, theme.DARK)
    dark.goto("/nothing-here")
    expect(dark.get_by_role("heading", name=re.compile("not found"))).to_be_visible()
    shows(dark, theme.DARK)
