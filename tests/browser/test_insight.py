"""A chart of Insight in the browser: it is drawn, its name is the finding, and the table beneath opens the list."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import add
from venue import bookings, events

pytestmark = pytest.mark.browser


def an_evening(session, now):
    event = events.add(session, name="Quiz", starts_at=now, now=now)
    customer = add(session, "Jo", "Smith", 1, now)
    bookings.book(session, customer_id=customer.id, event_id=event.id, seats=4, now=now)


def test_a_chart_has_its_finding_as_its_name_and_its_rows_open_lists(page, write):
    write(an_evening)
    refused = []
    page.on("console", lambda said: said.type == "error" and refused.append(said.text))
    page.goto("/insight")

    finding = page.get_by_text("is not over: 4 seats so far").first
    expect(finding).to_be_visible()
    chart = page.locator(f"[aria-label='{finding.inner_text()}']").first
    expect(chart).to_be_visible()
    expect(chart.locator("xpath=descendant-or-self::*[name()='svg' or name()='canvas']").first).to_be_visible()

    page.get_by_role("row").filter(has_text="4 seats so far").get_by_role("link").click()
    expect(page.get_by_text("1 event, 4 seats")).to_be_visible()
    assert refused == []
