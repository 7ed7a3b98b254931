"""A bulk text from a search of the list to its result, by a manager who taps everything twice."""

from datetime import datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Campaign, Message
from tests.browser.people import add, here
from venue import campaigns
from venue.privacy import consents
from venue.roles import DESK

pytestmark = pytest.mark.browser

AGREED = 13


@pytest.fixture
def environment(environment):
    return {**environment, "BULK_HOURS": "00:00-24:00"}


def add_smiths(session: Session, now: datetime) -> None:
    """Those who agreed, one who was never asked, and someone else who agreed."""
    for number in range(AGREED):
        agree(session, add(session, "Jo", f"Smith {number:02}", number, now), now)
    add(session, "Al", "Smith", 98, now)
    agree(session, add(session, "Bo", "Lee", 99, now), now)


def agree(session, customer, now):
    said = {"how": "In person", "wording": "May we text you?", "sale": ""}
    consents.record(session, customer.id, channel="text", basis="consent", now=now, **said)


def numbers(venue):
    """How far it has come, once everyone was counted once."""
    with venue.reading(DESK) as session:
        row = campaigns.get(session, session.scalars(select(Campaign.id)).one())
        sent = session.scalar(select(func.count()).select_from(Message).where(Message.campaign_id == row.campaign.id))
    assert row.progress.total == row.campaign.messages == sent == AGREED
    return row.progress


def test_it_goes_once_to_those_who_were_searched_for_and_can_be_paused_and_stopped(write, page, run_scheduler, venue):
    write(add_smiths)
    page.goto("/customers?q=s")
    text_these = page.get_by_role("button", name="Text these")
    expect(text_these).to_be_visible()
    # Letters typed just before the tap count, too.
    page.get_by_label("Search customers").press("End")
    page.keyboard.type("mith")
    text_these.dblclick()
    page.get_by_label("Name", exact=True).fill("Jazz in June")
    expect(page.get_by_role("combobox", name="To")).to_have_value("‘smith’")
    page.get_by_label("Message", exact=True).press("End")
    page.keyboard.type("jazz on Sunday!")
    expect(page.get_by_text("Hi Jo, jazz on Sunday! Reply STOP to opt out.")).to_be_visible()
    # However busy this machine is, the scheduler sends one while it runs.
    page.get_by_label("Most texts per minute").fill("1")
    page.get_by_role("button", name="Save and check").dblclick()

    here(page, "14 customers")
    expect(page.get_by_text("13 texts · 13 SMS")).to_be_visible()
    page.get_by_role("button", name="Send…").dblclick()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type 13 to send them").fill("13")
    dialog.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("13 texts queued")).to_be_visible()
    assert numbers(venue).waiting == AGREED

    run_scheduler()
    expect(page.get_by_text("Delivered: 1")).to_be_visible()
    page.get_by_role("button", name="Pause").dblclick()
    expect(page.get_by_text("Paused: 12 texts waiting")).to_be_visible()
    # A slow second tap does not land on Resume.
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    page.reload()
    page.get_by_role("button", name="Resume").dblclick()
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    page.get_by_role("button", name="Stop").dblclick()
    dialog.get_by_role("button", name="Stop").dblclick()
    expect(page.get_by_text("The bulk text was stopped: 12")).to_be_visible()
    expect(page.get_by_text("Of 1 texted, 0 booked").first).to_be_visible()  # Twice while it is drawn again.
    run_scheduler()
    done = numbers(venue)
    assert (done.went, sum(done.skipped.values())) == (1, AGREED - 1)
