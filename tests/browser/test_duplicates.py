"""Possible duplicates are decided with one tap each, on a phone."""

from datetime import datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE
from venue import customers

pytestmark = pytest.mark.browser


@pytest.fixture
def screen(chromium, address):
    agent = {"user_agent": PHONE, "has_touch": True}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, **agent)
    yield context.new_page()
    context.close()


def add_pairs(session: Session, now: datetime) -> None:
    about = {"notes": "Likes the window table", "add_anyway": True, "now": now}
    for digit, last_name in enumerate(("Quartermaine", "Penhaligon", "Trelawny")):
        number = f"07700 9008{digit}{digit}"
        for first_name in ("Bob", "Robert"):
            customers.add(session, first_name=first_name, last_name=last_name, mobile_number=number, **about)


def test_each_pair_is_decided_and_the_queue_is_emptied(screen, write):
    write(add_pairs)
    screen.goto("/")
    screen.get_by_role("link", name="3 possible duplicates").click()
    expect(screen.get_by_text("3 pairs to decide")).to_be_visible()
    expect(screen.get_by_role("link", name="Robert Quartermaine")).to_be_visible()
    for label, left in (("Not the same", "2 pairs"), ("Same household", "1 pair"), ("Later", "")):
        screen.get_by_role("button", name=label).first.dblclick()
        expect(screen.get_by_text(f"{left} to decide" if left else "Nothing to decide")).to_be_visible()
    expect(screen.get_by_text("Those put off come back within a week.")).to_be_visible()
    screen.get_by_role("button", name="Undo").last.click()
    expect(screen.get_by_text("1 pair to decide")).to_be_visible()
