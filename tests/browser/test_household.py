"""The household on a customer's page: made, united, undone and left, on a phone."""

from datetime import datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser import accessible
from tests.browser.conftest import PHONE
from tests.browser.people import add
from venue import households

pytestmark = pytest.mark.browser


def add_two(session: Session, now: datetime) -> str:
    add(session, "Bob", "Poe", 1, now)
    return str(add(session, "Ann", "Lee", 1, now).id)


def add_two_households(session: Session, now: datetime) -> str:
    numbers = {"Ann": 1, "Bob": 1, "Cy": 2, "Di": 3}
    ann, bob, cy, di = (add(session, name, "Poe", number, now).id for name, number in numbers.items())
    households.join(session, [ann, cy], now=now)
    households.join(session, [bob, di], now=now)
    return str(ann)


@pytest.fixture
def screen(chromium, address):
    agent = {"user_agent": PHONE}
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, **agent)
    yield context.new_page()
    context.close()


def test_two_with_one_number_become_a_household_and_part(screen, write):
    ann = write(add_two)
    screen.goto(f"/customer?id={ann}")
    expect(screen.get_by_text("Also has this number: Bob Poe")).to_be_visible()
    screen.get_by_role("button", name="Same household").click()
    expect(screen.get_by_text("One household now")).to_be_visible()
    expect(screen.get_by_role("button", name="Leave household")).to_be_visible()
    screen.get_by_role("button", name="Send a text").click()
    expect(screen.get_by_text("Bob Poe reads texts to this number, too.")).to_be_visible()
    screen.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    screen.get_by_role("button", name="Leave household").click()
    expect(screen.get_by_text("Also has this number: Bob Poe")).to_be_visible()
    screen.get_by_role("button", name="Not together").click()
    expect(screen.get_by_text("Also has this number")).to_have_count(0)


def test_two_households_become_one_once_staff_agreed(screen, write):
    ann = write(add_two_households)
    screen.goto(f"/customer?id={ann}")
    screen.get_by_role("button", name="Same household").click()
    dialog = screen.get_by_role("dialog", name="Two households")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_visible()
    screen.evaluate(accessible.SETTLED)
    assert accessible.faults(screen, inside="[role=dialog]") == []
    dialog.get_by_role("button", name="One household").dblclick()
    expect(dialog).to_have_count(0)
    expect(screen.get_by_text("One household now", exact=True)).to_be_visible()
    for name in ("Bob Poe", "Cy Poe", "Di Poe"):
        expect(screen.get_by_role("link", name=name)).to_be_visible()
