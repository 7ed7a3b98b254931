"""The content security policy allows all that the screens need: the browser refuses nothing, on any of them."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from pages import screens
from sms.texts import Kind
from tests.browser.people import add
from tests.makers import texts_to
from venue import bookings, campaigns, events

pytestmark = pytest.mark.browser


def a_booked_customer(session: Session, now: datetime) -> dict[str, str]:
    """Each kind of id that a screen takes."""
    customer = add(session, "Jo", "Smith", 1, now)
    event = events.add(session, name="Quiz", starts_at=now + timedelta(days=9), now=now)
    bookings.book(session, customer_id=customer.id, event_id=event.id, seats=2, now=now)
    (text, *_) = texts_to(session, customer, Kind.CONFIRMATION)
    campaign = campaigns.add(session, name="News", query={}, now=now)
    return {
        "customer": str(customer.id),
        "event": str(event.id),
        "message": str(text.id),
        "campaign": str(campaign.id),
        "conversation": str(customer.id),
    }


def test_no_screen_needs_what_the_policy_refuses(page, write):
    ids = write(a_booked_customer)
    wrong = []
    page.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    for address in screens.ADDRESSES:
        subject = next((name for name in ids if name in address or (name == "event" and "door" in address)), "")
        page.goto(f"/{address}" + (f"?id={ids[subject]}" if subject else ""))
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator("html[data-keys=heard]")).to_be_attached()
        page.wait_for_timeout(300)
        wrong += page.evaluate("window.refused")
    assert wrong == []
