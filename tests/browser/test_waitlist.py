"""A full event on a phone: its waitlist, a place that becomes free, the offer, and the guest's answer."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from tests.browser.conftest import PHONE
from tests.browser.people import add
from venue import bookings, events
from venue.delivery import inbound
from venue.roles import SCHEDULER

pytestmark = pytest.mark.browser


def full_quiz(session: Session, now: datetime) -> tuple[str, str]:
    """Ann and Bob have all six seats. Cara and Dev have none. The ids of the event and of Cara."""
    ann, bob = add(session, "Ann", "Lee", 1, now), add(session, "Bob", "Hughes", 2, now)
    cara = add(session, "Cara", "Jones", 3, now)
    add(session, "Dev", "Patel", 4, now)
    quiz = events.add(session, name="Quiz Night", starts_at=now + timedelta(days=3), capacity=6, now=now)
    bookings.book(session, customer_id=ann.id, event_id=quiz.id, seats=4, now=now)
    bookings.book(session, customer_id=bob.id, event_id=quiz.id, seats=2, now=now)
    return str(quiz.id), str(cara.id)


def cara_says_yes(session: Session, now: datetime) -> None:
    session.info["actor"] = SCHEDULER
    yes = ProviderMessage("SMyes", "+447700900999", "Yes please!", "received", "inbound", now, None, "+447700900003")
    inbound.store(session, yes, now=now)


@pytest.fixture
def phone(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, user_agent=PHONE)
    yield context.new_page()
    context.close()


def join(phone, event: str, name: str, seats: int) -> None:
    phone.goto(f"/event?id={event}")
    phone.get_by_role("button", name="Add booking").click()
    dialog = phone.get_by_role("dialog")
    expect(dialog.get_by_label("Search customers")).to_be_focused()
    phone.keyboard.type(name, delay=40)
    dialog.get_by_role("button", name=f"{name}, 07700").click()
    phone.get_by_role("button", name="Join the waitlist").click()
    dialog = phone.get_by_role("dialog", name=f"Join the waitlist: {name}")
    dialog.get_by_label("Seats").fill(str(seats))
    dialog.get_by_role("button", name="Join the waitlist").dblclick()
    expect(phone.get_by_text("On the waitlist.")).to_be_visible()


def test_a_place_that_becomes_free_is_offered_and_taken(phone, write, run_scheduler):
    quiz, cara = write(full_quiz)
    join(phone, quiz, "Cara Jones", 2)
    join(phone, quiz, "Dev Patel", 2)
    expect(phone.get_by_text("Waitlist (2)")).to_be_visible()
    expect(phone.get_by_text("Next for 2 seats: Cara Jones (2).")).to_be_visible()
    expect(phone.locator("a[href='tel:+447700900003']")).to_be_visible()
    phone.get_by_role("button", name="Delete booking").first.click()
    phone.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(phone.get_by_text("Booking deleted")).to_be_visible()
    # One tick of the scheduler.
    run_scheduler()
    phone.reload()
    expect(phone.get_by_text("Offered until")).to_have_count(1)
    # Staff answer for the guest, by mistake.
    phone.get_by_role("button", name="Accept").click()
    expect(phone.get_by_text("Booked: 2 seats")).to_be_visible()
    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_text("Offered until")).to_have_count(1)
    write(cara_says_yes)
    phone.goto(f"/customer?id={cara}")
    phone.get_by_role("button", name="Book 2 seats").click()
    expect(phone.get_by_text("Booked from the waitlist")).to_be_visible()
    phone.goto(f"/event?id={quiz}")
    expect(phone.get_by_text("Waitlist (1)")).to_be_visible()
    expect(phone.get_by_text("Cara Jones")).to_have_count(1)
    expect(phone.get_by_text("undefined")).to_have_count(0)
