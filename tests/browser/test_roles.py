"""What a viewer finds on the screens, and the password that sensitive acts ask for again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from db.models import Customer, SignIn, Staff
from tests import signed_in
from tests.browser.conftest import SignedInBrowser
from tests.browser.contexts import Contexts
from tests.browser.people import add
from venue import bookings, clock, events
from venue.profile import Venue
from venue.roles import DESK, SIGN_IN, Role
from venue.staff import passwords

pytestmark = pytest.mark.browser
PASSWORD = "two pints of best"
ASKED = "enter your password or PIN again"


@pytest.fixture
def jo(venue: Venue) -> dict[str, Any]:
    """The ids of Jo Smith and of an event that she is booked on."""
    with venue.transaction(DESK) as session:
        now = clock.now()
        customer = add(session, "Jo", "Smith", 1, now)
        quiz = events.add(session, name="Quiz", starts_at=now + timedelta(hours=3), now=now)
        bookings.book(session, customer_id=customer.id, event_id=quiz.id, seats=2, now=now)
        return {"customer": customer.id, "event": quiz.id}


@pytest.fixture
def confirmed_long_ago(venue: Venue, token: str) -> None:
    """The signed-in manager has a password, and entered it an hour ago."""
    with venue.transaction(SIGN_IN) as session:
        session.scalars(select(Staff)).one().password_hash = passwords.hashed(PASSWORD)
        session.scalars(select(SignIn)).one().confirmed_at = clock.now() - timedelta(hours=1)


@pytest.fixture
def viewers_page(venue: Venue, contexts: Contexts, address: str) -> Iterator[Page]:
    token = signed_in.sign_in(venue, now=clock.now(), name="Vic", role=Role.VIEWER)
    context = SignedInBrowser(contexts, token).new_context(base_url=address)
    yield context.new_page()
    context.close()


def left(venue: Venue) -> int:
    with venue.reading(DESK) as session:
        return len(session.scalars(select(Customer.id)).all())


def test_deleting_asks_for_the_password_and_goes_on(
    venue: Venue, jo: dict[str, Any], confirmed_long_ago: None, page: Page
) -> None:
    page.goto(f"/customer?id={jo['customer']}")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_text(ASKED)).to_be_visible()
    secret = dialog.get_by_label("Password or PIN")
    secret.fill("wrong password")
    secret.press("Enter")
    expect(dialog.get_by_text("Wrong password")).to_be_visible()
    assert left(venue) == 1

    secret.fill(PASSWORD)
    dialog.get_by_role("button", name="Continue").click()

    expect(page.get_by_text("Jo Smith deleted")).to_be_visible()
    assert left(venue) == 0


def test_a_download_asks_for_the_password_on_a_page_of_its_own(
    jo: dict[str, Any], confirmed_long_ago: None, page: Page
) -> None:
    page.goto("/customers")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Download CSV").click()
    tab = opened.value
    tab.get_by_label("Password").fill(PASSWORD)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Continue").click()
    assert "Jo,Smith" in download.value.path().read_text(encoding="utf-8-sig")


def test_a_viewer_reads_and_has_nothing_to_press(jo: dict[str, Any], viewers_page: Page) -> None:
    page = viewers_page
    page.goto(f"/event?id={jo['event']}")
    guest = page.get_by_role("row", name="Jo Smith")
    expect(guest).to_contain_text("•••")
    expect(guest).to_contain_text("Not marked")
    assert guest.get_by_role("button").count() == 0
    assert guest.locator("a[href^='tel:']").count() == 0

    page.goto("/customers")
    expect(page.get_by_role("row", name="Jo Smith")).to_contain_text("•••")
    for label in ("Edit in a table", "Download CSV", "Add customer"):
        assert page.get_by_text(label).count() == 0
    page.goto("/add_customer")
    expect(page.get_by_text("Vic may not change customers: ask a manager")).to_be_visible()
