"""Booking from an event: a customer who is known, and one who is added on the way. At a desk and on a phone."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.conftest import PHONE, on_a
from tests.browser.people import add
from venue import events

pytestmark = pytest.mark.browser


def add_quiz(session: Session, now: datetime) -> str:
    add(session, "Jo", "Merriley", 1, now)
    quiz = events.add(session, name="Quiz Night", starts_at=now + timedelta(days=9), capacity=20, now=now)
    return f"/event?id={quiz.id}"


@pytest.fixture
def quiz(write) -> str:
    """The address of an event without bookings."""
    return write(add_quiz)


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def screen(request, chromium, address):
    width, height = request.param
    phone = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if width < 400 else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, **phone)
    yield context.new_page()
    context.close()


def search(screen, words: str):
    screen.get_by_role("button", name="Add booking").click()
    dialog = screen.get_by_role("dialog")
    expect(dialog.get_by_label("Search customers")).to_be_focused()  # What is typed at once arrives.
    screen.keyboard.type(words, delay=40)
    return dialog


def test_a_known_customer_is_booked(quiz, screen):
    screen.goto(quiz)
    dialog = search(screen, "merril")
    dialog.get_by_role("button", name="Jo Merriley").click()

    expect(dialog.get_by_text("you're on the list for Quiz Night")).to_be_visible()
    dialog.get_by_label("Seats").fill("4")
    dialog.get_by_label("Seats").press("Tab")
    expect(dialog.get_by_text("(4 seats)")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_have_count(0)
    expect(screen.get_by_text("1 booking, 4 seats")).to_be_visible()
    expect(screen.get_by_role("link", name="Jo Merriley")).to_be_visible()


@on_a("phone", "screen")
def test_a_customer_added_from_an_event_is_booked_on_it(quiz, screen):
    screen.goto(quiz)
    dialog = search(screen, "Al Newman")
    dialog.get_by_role("button", name="Add ‘Al Newman’").click()

    expect(screen.get_by_text("For a booking on Quiz Night")).to_be_visible()
    expect(screen.get_by_label("First name")).to_have_value("Al")
    screen.get_by_label("Mobile number").fill("07700 900555")
    screen.get_by_role("button", name="Save", exact=True).click()

    expect(dialog.get_by_text("Hi Al, you're on the list for Quiz Night")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(screen.get_by_role("link", name="Al Newman")).to_be_visible()


@on_a("desk", "screen")
def test_someone_already_there_is_booked_instead_of_added_again(quiz, screen):
    screen.goto(quiz)
    dialog = search(screen, "Joe Merriley")
    dialog.get_by_role("button", name="Add ‘Joe Merriley’").click()
    screen.get_by_label("Mobile number").fill("07700 900001")
    screen.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_role("button", name="Open").click()

    expect(dialog.get_by_text("Hi Jo, you're on the list for Quiz Night")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(screen.get_by_role("link", name="Jo Merriley")).to_be_visible()


@on_a("phone", "screen")
def test_leaving_the_form_leads_back_to_the_event(quiz, screen):
    screen.goto(quiz)
    dialog = search(screen, "Al Newman")
    dialog.get_by_role("button", name="Add ‘Al Newman’").click()
    expect(screen.get_by_label("First name")).to_have_value("Al")  # The dialog, which has a Cancel too, is gone.
    screen.get_by_role("button", name="Cancel").click()

    expect(screen.get_by_role("heading", name="Quiz Night")).to_be_visible()
    expect(dialog).to_have_count(0)
