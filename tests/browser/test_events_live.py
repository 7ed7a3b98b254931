"""What others book is shown within some seconds, without losing what is typed."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.people import add
from venue import bookings, events

pytestmark = pytest.mark.browser
WITHIN = 20_000


def add_quiz(session: Session, now: datetime) -> None:
    events.add(session, name="Quiz Night", starts_at=now + timedelta(days=9), capacity=40, now=now)


def book_jo(session: Session, now: datetime) -> None:
    (quiz,) = events.upcoming(session, now=now)
    bookings.book(session, customer_id=add(session, "Jo", "Smith", 100, now).id, event_id=quiz.id, seats=3, now=now)


def test_the_list_and_the_event_show_what_others_book(write, page):
    write(add_quiz)
    page.goto("/events")
    page.get_by_label("Search events").press_sequentially("qui")
    expect(page.get_by_text("0 of 40 seats")).to_be_visible()
    event = page.context.new_page()
    event.goto(page.url)
    event.get_by_role("link", name="Quiz Night").click()
    expect(event.get_by_text("No bookings yet.")).to_be_visible()

    write(book_jo)

    expect(page.get_by_text("3 of 40 seats")).to_be_visible(timeout=WITHIN)
    expect(page.get_by_label("Search events")).to_have_value("qui")
    expect(page.get_by_label("Search events")).to_be_focused()
    expect(event.get_by_role("link", name="Jo Smith")).to_be_visible(timeout=WITHIN)
