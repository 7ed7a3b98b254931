"""Days, times and numbers as they are typed in a browser, also by who presses Save at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, on_a
from tests.browser.test_conflicts import booked  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def screen(request, chromium, address):
    width, height = request.param
    agent = {"user_agent": PHONE} if width < 400 else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, **agent)
    yield context.new_page()
    context.close()


def retype(field, typed: str) -> None:
    field.press("Control+A")
    field.press("Delete")
    field.press_sequentially(typed)


@on_a("phone", "screen")
def test_a_day_that_is_none_is_refused_in_view_and_the_calendar_chooses_another(screen):
    screen.goto("/add_event")
    screen.get_by_label("Name", exact=True).fill("Quiz")
    day = screen.get_by_label("Date", exact=True)
    save = screen.get_by_role("button", name="Save", exact=True)
    for typed in ("dd/11/2026", "31/02/2027"):
        retype(day, typed)
        save.click()
        expect(screen.get_by_text("Not a date")).to_be_in_viewport()
        expect(day).to_have_value(typed)

    retype(day, "28/11/1999")
    save.click()
    expect(screen.get_by_text("Sun 28 November 1999")).to_be_in_viewport()
    screen.get_by_role("button", name="Change the date").click()

    expect(screen.get_by_role("button", name="Open the calendar: Date")).to_be_visible()
    picker = screen.locator("input[type=date]")
    picker.evaluate("picker => { picker.value = '2031-07-01'; picker.dispatchEvent(new Event('change')) }")
    expect(day).to_have_value("01/07/2031")
    save.click()
    expect(screen.get_by_text("Tue 1 July 2031")).to_be_visible()


@on_a("phone", "screen")
@pytest.mark.parametrize("typed", ["1.5", ""])
def test_seats_that_are_no_whole_number_are_refused(booked, screen, typed):  # noqa: F811
    screen.goto(f"/customer?id={booked[0]}")
    screen.get_by_role("button", name="Edit booking").click()
    dialog = screen.get_by_role("dialog")
    seats = dialog.get_by_label("Seats")
    retype(seats, typed)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_in_viewport()
    expect(seats).to_have_value(typed)
