"""The calendar of events: a grid of the month on a desk, a list by day on a phone, used by keyboard."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE
from venue import clock, events

pytestmark = pytest.mark.browser


def add_events(session: Session, now: datetime) -> None:
    soon = (now + timedelta(days=35)).replace(day=10, hour=12)
    events.add(session, name="Quiz Night", starts_at=soon, capacity=40, now=now)
    events.add(session, name="Jazz", starts_at=soon + timedelta(days=1), now=now)


def test_the_calendar_is_a_grid_or_a_list_and_turns_by_keyboard(write, chromium, address):
    write(add_events)
    soon = (clock.now() + timedelta(days=35)).replace(day=10, hour=12)
    of = f"/events?which=Calendar&month={soon:%B+%Y}"
    for looks in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        on_phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if looks["width"] < 800 else {}
        context = chromium.new_context(viewport=looks, base_url=address, **on_phone)
        page = context.new_page()
        page.goto(of)
        quiz, jazz = (page.get_by_role("link", name=name) for name in ("Quiz Night", "Jazz"))
        expect(quiz).to_be_visible()
        # At one moment: a screen that is still being drawn moves them.
        top = "each => each.getBoundingClientRect().top"
        beside = quiz.evaluate(f"(quiz, jazz) => ({top})(quiz) === ({top})(jazz)", jazz.element_handle())
        is_monday_next = (soon + timedelta(days=1)).weekday() == 0
        assert beside == (not on_phone and not is_monday_next)
        # Days without events are only there in the grid.
        nine = page.get_by_role("listitem", name=f"{soon.replace(day=9):%a %-d %B}", exact=True)
        assert nine.is_visible() == (not on_phone)
        assert page.evaluate("document.documentElement.scrollWidth") <= looks["width"]

        page.get_by_role("link", name="Previous month").focus()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Next month")).to_be_focused()
        page.keyboard.press("Enter")
        following = (soon.replace(day=1) + timedelta(days=32)).replace(day=1)
        expect(page.get_by_role("heading", name=f"{following:%B %Y}")).to_be_visible()
        context.close()
