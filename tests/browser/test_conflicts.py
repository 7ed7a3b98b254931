"""A question after Save is shown where staff are looking, on a form that is longer than the screen."""

from datetime import datetime, timedelta
from types import ModuleType
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser import accessible
from tests.browser.conftest import PHONE, SIZES, on_a
from tests.browser.people import add
from venue import bookings, customers, events

pytestmark = pytest.mark.browser


def add_booked(session: Session, now: datetime) -> list[str]:
    jo = add(session, "Jo", "Smith", 1, now)
    start = now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=9)
    quiz = events.add(session, name="Quiz", starts_at=start, now=now)
    booked = bookings.book(session, customer_id=jo.id, event_id=quiz.id, seats=2, now=now)
    return [str(row.id) for row in (jo, quiz, booked)]


@pytest.fixture
def booked(write) -> list[str]:
    """The ids of a customer, of the event they are booked on, and of the booking."""
    return write(add_booked)


def change_notes(session: Session, now: datetime, records: ModuleType, record: str) -> None:
    """As someone else does."""
    row = records.get(session, UUID(record))
    records.update(session, row.id, version=row.version, notes="Theirs", now=now)


@pytest.fixture
def form(request, chromium, address):
    """A screen of either size."""
    width, height = request.param
    agent = {"user_agent": PHONE} if width < 400 else {}
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=address, **agent)
    yield context.new_page()
    context.close()


def save(page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def assert_on_screen(page, *buttons: str) -> None:
    """Each of these is inside the screen, whole, in a dialog without a serious accessibility fault."""
    for name in buttons:
        button = page.get_by_role("dialog").get_by_role("button", name=name)
        expect(button).to_be_in_viewport(ratio=1)
        box, screen = button.bounding_box(), page.viewport_size
        assert min(box["x"], box["y"]) >= 0, name
        assert box["x"] + box["width"] <= screen["width"], name
        assert box["y"] + box["height"] <= screen["height"], name
    page.evaluate(accessible.SETTLED)  # Its colours are paler while it fades in.
    assert accessible.faults(page, inside="[role=dialog]") == []


@on_a("phone", "form")
def test_whose_booking_is_kept_is_asked_in_view(write, booked, form):
    form.goto(f"/customer?id={booked[0]}")
    form.get_by_role("button", name="Edit booking").click()
    dialog = form.get_by_role("dialog")
    notes = dialog.get_by_label("Notes")
    notes.fill("Mine " + "and more " * 30)
    dialog.get_by_label("Seats").fill("4")
    dialog.get_by_label("Seats").press("Tab")
    expect(dialog.get_by_text("to: 4 seats")).to_be_visible()
    write(change_notes, bookings, booked[2])
    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(dialog.get_by_text("Someone else changed this")).to_be_visible()
    assert_on_screen(form, "Use mine", "Use saved")
    dialog.get_by_role("button", name="Use mine").click()
    expect(dialog).to_have_count(0)
    expect(form.get_by_text("and more").first).to_be_visible()
    expect(form.get_by_text("4 seats").first).to_be_visible()


@pytest.mark.parametrize(
    ("form", "what"), [(SIZES["phone"], "customer"), (SIZES["desk"], "event")], ids=["phone", "desk"], indirect=["form"]
)
def test_whose_change_is_kept_is_asked_in_view(write, booked, form, what):
    record = dict(zip(("customer", "event"), booked, strict=False))[what]
    form.goto(f"/edit_{what}?id={record}")
    notes = form.get_by_label("Notes")
    notes.fill("Mine")
    form.wait_for_timeout(500)
    write(change_notes, {"customer": customers, "event": events}[what], record)
    save(form)

    mine = form.get_by_role("dialog").get_by_role("button", name="Use mine")
    assert_on_screen(form, "Use mine", "Use saved")
    form.keyboard.press("Escape")
    expect(form.get_by_role("dialog")).to_have_count(0)
    expect(notes).to_have_value("Mine")

    save(form)
    mine.click()
    expect(form.get_by_text({"customer": "Jo Smith saved", "event": "Quiz saved"}[what], exact=True)).to_be_visible()
    expect(form.get_by_text("Mine", exact=True)).to_be_visible()


@on_a("phone", "form")
def test_moving_an_event_is_asked_in_view(booked, form):
    form.goto(f"/edit_event?id={booked[1]}")
    form.get_by_label("Start time", exact=True).fill("23:59")
    save(form)
    expect(form.get_by_role("dialog").get_by_text("1 guest will be texted")).to_be_in_viewport()
    form.get_by_role("button", name="Reschedule").click()
    expect(form.get_by_text("Quiz saved", exact=True)).to_be_visible()
