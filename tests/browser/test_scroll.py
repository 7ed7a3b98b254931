"""Who comes back to a list finds it where it was left; what is opened is read from its top."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from db.models import Message
from tests.browser.conftest import PHONE, SIZES, on_a, wait_until
from tests.browser.people import add
from venue import bookings, customers, events

pytestmark = pytest.mark.browser


def add_forty_of_each(session: Session, now: datetime) -> None:
    for n in range(40):
        guest = add(session, "Jo", f"Smith {n:02}", n, now, "First line\n" * 6)
        quiz = events.add(session, name=f"Quiz {n:02}", starts_at=now + timedelta(days=1 + n / 10), now=now)
        bookings.book(session, customer_id=guest.id, event_id=quiz.id, seats=2, now=now)
    full = events.add(session, name="Party", starts_at=now + timedelta(hours=20), now=now)
    for guest in customers.search(session).rows[:20]:
        bookings.book(session, customer_id=guest.id, event_id=full.id, seats=2, now=now)


def fail_one(session: Session, now: datetime) -> None:
    jo = customers.search(session).rows[0]
    text = session.query(Message).filter_by(kind="confirmation", customer_id=jo.id).first()
    text.state, text.error_code, text.final_at, text.provider_id = "failed", "30005", now, "SM1"


@pytest.fixture
def page(request, write, chromium, address):
    write(add_forty_of_each)
    width, height = request.param
    phone = {"user_agent": PHONE, "has_touch": True} if width < 1000 else {}
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": height}, **phone)
    yield context.new_page()
    context.close()


def scrolled(page) -> int:
    return page.get_by_test_id("stMain").evaluate("main => main.scrollTop")


def scroll_to(page, locator) -> int:
    locator.wait_for()
    page.mouse.move(300, 300)
    locator.evaluate("element => element.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(300)
    assert scrolled(page) > 100
    return scrolled(page)


def expect_scrolled(page, top: int) -> None:
    wait_until(lambda: abs(scrolled(page) - top) < 3, f"the page did not scroll to {top}", seconds=15)
    page.wait_for_timeout(1_200)
    assert abs(scrolled(page) - top) < 3


@pytest.mark.parametrize(
    ("page", "path", "item", "opened", "arrow"),
    [
        (SIZES["phone"], "/customers?view=Cards", "Jo Smith 20", "Jo Smith 20", "Customers"),
        (SIZES["desk"], "/events", "Quiz 20", "Quiz 20", "Events"),
        (SIZES["phone"], "/messages?kind=Confirmation", "Jo Smith", "Confirmation", "Messages"),
    ],
    ids=["customers on a phone", "events at a desk", "messages on a phone"],
    indirect=["page"],
)
def test_back_and_the_arrow_lead_to_where_a_list_was_left(page, path, item, opened, arrow):
    page.goto(path)
    link = page.get_by_test_id("stMain").locator("a").filter(has_text=item).last
    top = scroll_to(page, link)
    link.click()
    expect(page.get_by_role("heading", name=opened)).to_be_visible()
    expect_scrolled(page, 0)
    page.go_back()
    expect_scrolled(page, top)

    link.click()
    expect(page.get_by_role("heading", name=opened)).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name=arrow, exact=True).click()
    expect_scrolled(page, top)

    if page.viewport_size["width"] < 1000:
        page.get_by_test_id("stBottom").get_by_role("button", name="Today").click()
    else:
        page.get_by_role("link", name="Today", exact=True).click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    expect_scrolled(page, 0)


@on_a("desk", "page")
def test_the_arrow_leads_to_where_a_list_was_left_when_pressed_before_all_of_a_screen_has_come(page, held):
    page.goto("/events")
    link = page.get_by_test_id("stMain").locator("a").filter(has_text="Quiz 20").first
    top = scroll_to(page, link)
    held.hold()
    link.click()
    arrow = page.get_by_test_id("stMain").get_by_role("link", name="Events", exact=True)
    while not arrow.count():
        page.wait_for_timeout(50)
        if held.has("anchor_desk.scroll"):  # The whole screen is on its way.
            held.pass_one()
    arrow.click()
    held.let_go()
    expect_scrolled(page, top)


@on_a("phone", "page")
def test_back_from_a_guest_leads_to_where_the_event_was_left(page):
    page.goto("/events")
    page.get_by_test_id("stMain").locator("a").filter(has_text="Party").first.click()
    guest = page.get_by_test_id("stMain").locator("a").filter(has_text="Smith 15").first
    top = scroll_to(page, guest)
    guest.click()
    expect(page.get_by_role("heading", name="Jo Smith 15")).to_be_visible()
    expect_scrolled(page, 0)
    page.go_back()
    expect_scrolled(page, top)


@on_a("desk", "page")
def test_back_from_who_needs_a_call_is_one_step(write, page):
    write(fail_one)
    page.goto("/messages?texts=Needs+a+call")
    for link in ("Jo Smith 00", "Confirmation"):
        page.get_by_test_id("stMain").get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", name=link)).to_be_visible()
        page.go_back()
        expect(page).to_have_url(re.compile(r"/messages\?texts=Needs"))
        expect(page.get_by_test_id("stMain").get_by_role("link", name=link)).to_be_visible()


@on_a("desk", "page")
def test_the_arrow_leads_to_the_part_of_the_list_it_was_left_at(page):
    page.goto("/events?page=2")
    page.get_by_test_id("stMain").locator("a").filter(has_text="Quiz 30").first.click()
    expect(page.get_by_role("heading", name="Quiz 30")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Events", exact=True).click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()


@on_a("phone", "page")
def test_scrolling_during_a_run_is_not_undone(page):
    page.goto("/events")
    link = page.get_by_test_id("stMain").locator("a").filter(has_text="Quiz 20").first
    top = scroll_to(page, link)
    link.click()
    expect(page.get_by_role("heading", name="Quiz 20")).to_be_visible()
    page.go_back()
    wait_until(lambda: scrolled(page) > 0, "the page did not scroll")
    page.mouse.wheel(0, -5_000)
    page.wait_for_timeout(1_500)
    assert scrolled(page) < top


@on_a("phone", "page")
def test_a_screen_that_a_button_opens_is_read_from_its_top(page):
    page.goto("/settings")
    page.get_by_role("link", name="Change settings").click()
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    scroll_to(page, cancel)
    cancel.click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    expect_scrolled(page, 0)
