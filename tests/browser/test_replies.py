"""A reply on a phone: one tap does what it asks for, and its conversation is answered below it."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from db.models import Customer
from tests.browser.conftest import PHONE
from tests.browser.people import add
from tests.browser.pressing import settled_box
from venue import bookings, events
from venue.delivery import inbound
from venue.roles import SCHEDULER

pytestmark = pytest.mark.browser


def booked_and_replied(session: Session, now: datetime) -> str:
    customer = add(session, "Ann", "Lee", 1, now)
    quiz = events.add(session, name="Quiz Night", starts_at=now + timedelta(days=10), now=now)
    bookings.book(session, customer_id=customer.id, event_id=quiz.id, seats=4, now=now)
    session.info["actor"] = SCHEDULER
    for number, body in enumerate(["we'll be 3 now", "is there parking?"]):
        text = ProviderMessage(
            f"SM{number}", "+447700900999", body, "received", "inbound", now, None, customer.mobile_number
        )
        inbound.store(session, text, now=now)
    return str(customer.id)


@pytest.fixture
def phone(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=address, user_agent=PHONE)
    yield context.new_page()
    context.close()


def test_one_tap_changes_the_seats_and_the_conversation_is_answered(phone, write):
    ann = write(booked_and_replied)
    phone.goto(f"/customer?id={ann}")
    phone.get_by_role("button", name="Change to 3 seats").click()
    expect(phone.get_by_text("Seats changed")).to_be_visible()
    expect(phone.get_by_role("button", name="Change to 3 seats")).to_be_disabled()
    phone.get_by_role("link", name="Conversation").click()
    expect(phone.get_by_text("is there parking?", exact=True)).to_be_visible()
    phone.get_by_label("Answer").fill("Yes, behind the pub")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("Text queued")).to_be_visible()
    expect(phone.get_by_role("button", name="No reply needed")).to_have_count(0)
    expect(phone.get_by_text("Yes, behind the pub")).to_be_visible()


def two_cancel(session: Session, now: datetime) -> str:
    quiz = events.add(session, name="Quiz Night", starts_at=now + timedelta(days=10), now=now)
    for number, name in enumerate(["Ann", "Bob"], start=1):
        customer = add(session, name, "Lee", number, now)
        bookings.book(session, customer_id=customer.id, event_id=quiz.id, seats=4, now=now)
    session.info["actor"] = SCHEDULER
    for number, customer in enumerate(session.scalars(select(Customer)).all()):
        text = ProviderMessage(
            f"SM{number}", "+447700900999", "can't make it", "received", "inbound", now, None, customer.mobile_number
        )
        inbound.store(session, text, now=now)
    return ""


def test_impatient_taps_cancel_only_the_booking_of_the_first_guest(phone, write):
    write(two_cancel)
    phone.goto("/messages?texts=Replies")
    first = phone.get_by_role("button", name="Cancel booking").first
    first.scroll_into_view_if_needed()
    expect(phone.get_by_role("button", name="Cancel booking")).to_have_count(2)
    box = settled_box(phone, first)
    for _ in range(4):
        phone.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        phone.wait_for_timeout(500)
    expect(phone.get_by_text("Booking cancelled")).to_be_visible()
    expect(first).to_be_disabled()
    expect(phone.get_by_role("button", name="Cancel booking").last).to_be_enabled()
    # From the toast it is undone, and the text about it does not go.
    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_text("Undone", exact=True)).to_be_visible()
