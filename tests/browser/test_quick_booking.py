"""The quickest errand, on a phone: a known guest, booked with 4 seats for the quiz, from Today, in few taps."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE, held_from
from tests.browser.people import add
from venue import events

pytestmark = pytest.mark.browser

MOST_TAPS = 6


def add_events(session: Session, now: datetime) -> None:
    add(session, "Jo", "Merriley", 1, now), add(session, "Al", "Merrick", 2, now)
    for day, name in enumerate(("Quiz Night", "Music Bingo", "Open Mic"), start=2):
        events.add(session, name=name, starts_at=now + timedelta(days=day), capacity=20, now=now)


def add_more_events(session: Session, now: datetime) -> None:
    for day in range(12):
        events.add(session, name=f"Supper {day}", starts_at=now + timedelta(days=9 + day), now=now)


class Taps:
    """A finger that counts."""

    def __init__(self):
        self.count = 0

    def __call__(self, target) -> None:
        expect(target).to_be_visible()
        target.tap()
        self.count += 1


@pytest.fixture
def phone(write, chromium, address):
    write(add_events)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, is_mobile=True, has_touch=True, base_url=address
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("many", [False, True], ids=["few events", "many events"])
def test_a_known_guest_is_booked_from_today_in_six_taps(write, phone, many):
    if many:
        write(add_more_events)
    phone.goto("/")
    tap = Taps()
    tap(phone.get_by_label("Search customers"))
    phone.keyboard.type("merriley", delay=40)
    expect(phone.get_by_role("link", name="Jo Merriley")).to_be_visible()
    expect(phone.get_by_role("button", name="Book", exact=True)).to_have_count(1)  # Half of the name finds two.
    tap(phone.get_by_role("button", name="Book", exact=True))
    dialog = phone.get_by_role("dialog")
    tap(dialog.get_by_text("Quiz Night"))
    tap(dialog.get_by_role("radio", name="4", exact=True))
    expect(dialog.get_by_text("(4 seats)")).to_be_visible()
    expect(dialog.get_by_label("Seats")).to_have_value("4")
    tap(dialog.get_by_role("button", name="Save"))

    expect(dialog).to_have_count(0)
    expect(phone.get_by_role("heading", name="Jo Merriley")).to_be_visible()
    expect(phone.get_by_text("4 seats").first).to_be_visible()
    assert tap.count <= MOST_TAPS


def test_a_new_guest_is_added_and_booked_from_today(phone):
    phone.goto("/")
    phone.get_by_label("Search customers").tap()
    phone.keyboard.type("Zoe Newman", delay=40)
    phone.get_by_role("button", name="Add ‘Zoe Newman’").tap()
    expect(phone.get_by_label("Last name")).to_have_value("Newman")
    phone.get_by_label("Mobile number").fill("07700 900777")
    phone.get_by_role("button", name="Save and book").tap()

    dialog = phone.get_by_role("dialog")
    dialog.get_by_text("Open Mic").tap()
    dialog.get_by_role("radio", name="Reminder only").tap()
    expect(dialog.get_by_label("Seats")).to_have_value("0")
    dialog.get_by_role("button", name="Save").tap()
    expect(dialog).to_have_count(0)
    expect(phone.get_by_role("heading", name="Zoe Newman")).to_be_visible()


def test_a_customer_found_on_today_is_opened(phone):
    phone.goto("/")
    phone.get_by_label("Search customers").tap()
    phone.keyboard.type("merric", delay=40)
    phone.get_by_role("link", name="Al Merrick").tap()
    expect(phone.get_by_role("heading", name="Al Merrick")).to_be_visible()
    expect(phone.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("pause", [0, 600])
def test_seats_are_saved_as_they_were_tapped_however_late_the_server_answers(write, phone, pause):
    held = held_from(phone)
    phone.goto("/")
    phone.get_by_label("Search customers").tap()
    phone.keyboard.type("merriley", delay=40)
    book = phone.get_by_role("button", name="Book", exact=True)
    expect(book).to_have_count(1)  # Half of the name finds two.
    book.tap()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_text("Quiz Night").tap()
    expect(dialog.get_by_text("(2 seats)")).to_be_visible()
    held.hold()
    dialog.get_by_role("radio", name="4", exact=True).tap()
    phone.wait_for_timeout(pause)
    dialog.get_by_role("button", name="Save").tap()
    phone.wait_for_timeout(300)
    held.let_go()
    expect(dialog).to_have_count(0)
    expect(phone.get_by_text("4 seats").first).to_be_visible()
