"""What belongs to customers, and every key, stays out of the logs and error pages of the whole venue at work.

One guest is known by name, number, notes and a text. Everything is used at its most talkative level, then again on a
broken database, so that everything fails with their values at hand. On PostgreSQL, whose errors quote whole rows.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Error, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from pages.parts.failure import FAILED
from tests.browser.accessible import SETTLED
from tests.browser.conftest import Server
from tests.browser.people import add
from venue import bookings, events
from venue.messages import outbox
from venue.profile import Venue

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
KEYS = {
    "TWILIO_ACCOUNT_SID": "ACplantedaccount",
    "TWILIO_AUTH_TOKEN": "plantedtwiliotoken",
    "TWILIO_FROM": "+447700900998",
    "TWILIO_BASE_URL": "http://127.0.0.1:9",
    "PUBLIC_URL": "http://localhost",
    "OIDC_ISSUER": "http://127.0.0.1:9",
    "OIDC_CLIENT_ID": "plantedclient",
    "OIDC_CLIENT_SECRET": "plantedsecret",
    "LOG_LEVEL": "DEBUG",
}
# Each is refused, and shows what was typed again, except secrets.
FORMS = {
    "/sign-in": {"name": "Xanthippe", "password": "hunter2 hunter2"},
    "/set-up": {"code": "PLANTED-CODE", "name": "Xanthippe", "password": "hunter2 hunter2"},
    "/choose-password": {"code": "PLANTED-CODE", "password": "hunter2 hunter2"},
    "/confirm": {"secret": "hunter2 hunter2", "next": "/customers?search=Quillfeather"},
}
PLANTED = re.compile(
    r"xanthippe|quillfeather|7700\s?900\s?(777|998)|gluten|lost your scarf|planted|hunter2", re.IGNORECASE
)
TRACEBACK = re.compile(r"Traceback|\.py\b|psycopg|sqlalchemy|SELECT |does not exist", re.IGNORECASE)


@pytest.fixture
def environment(environment: dict[str, str], new_database: Callable[..., str]) -> dict[str, str]:
    return {**environment, **KEYS, "DATABASE_URL": new_database("postgresql")}


@pytest.fixture
def guest(write: Callable[..., Any]) -> tuple[str, str]:
    """The ids of the customer and of the event they are booked on."""

    def add_guest(session: Session, now: datetime) -> tuple[str, str]:
        customer = add(session, "Xanthippe", "Quillfeather", 777, now, notes="Eats no gluten")
        quiz = events.add(session, name="Quiz Night", capacity=20, starts_at=now + timedelta(hours=30), now=now)
        bookings.book(session, customer_id=customer.id, event_id=quiz.id, seats=2, now=now)
        outbox.text_customer(session, customer_id=customer.id, body="You lost your scarf", form_token="form", now=now)
        return str(customer.id), str(quiz.id)

    ids: tuple[str, str] = write(add_guest)
    return ids


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[..., str]:
    """Runs a command; what it writes to standard error. Standard output is what was asked for."""

    def run(*command: str) -> str:
        ended = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
        )
        return ended.stderr

    return run


def test_logs_and_error_pages_have_no_values(
    guest: tuple[str, str], page: Page, server: Server, venue: Venue, run: Callable[..., str], token: str
) -> None:
    logs = [log for works in (True, False) for log in use_everything(guest, page, server, venue, run, works=works)]
    logs.append(server.log.read_text())
    for log in logs:
        assert not PLANTED.findall(log), log
        assert token not in log
    assert any("no_more" in log for log in logs), "the scheduler did not fail"
    assert sum("last_name does not exist" in log for log in logs) >= 2, "the dashboard or a command did not fail"


def use_everything(
    guest: tuple[str, str], page: Page, server: Server, venue: Venue, run: Callable[..., str], *, works: bool
) -> Iterator[str]:
    """The logs of the processes that end."""
    customer, quiz = guest
    if not works:
        # Reminders that are missing are planned, with the number of the guest.
        change(venue, "DELETE FROM messages WHERE kind LIKE 'reminder%'")
        change(venue, "ALTER TABLE messages ADD CONSTRAINT no_more CHECK (false) NOT VALID")
        yield run("scheduler.py", "--once")
        change(venue, "ALTER TABLE customers RENAME COLUMN last_name TO family_name")
    for address in ("/customers?search=Quillfeather", f"/customers/{customer}", f"/events/{quiz}", "/messages", "/"):
        page.goto(address)
        if not works:
            expect(page.get_by_text(FAILED).first).to_be_visible()
            expect_no_traceback(page)
    add_customer(page, works=works)
    for path in (
        f"/events/{quiz}/door/print",
        "/not/there?name=Quillfeather",
        "/sign-in/openid?next=/customers?search=Quillfeather",
        "/sign-in/openid/callback?code=plantedcode&state=plantedstate",
        "/sign-in?openid=plantedcode",
    ):
        check(page.request.get(path, max_redirects=0, max_retries=3))
    # A download that fails after its first line is broken off.
    with suppress(Error):
        check(page.request.get("/download/customers.csv?search=Quillfeather"))
    form = {"From": "+447700900777", "Body": "I lost your scarf", "MessageSid": "plantedid"}
    check(page.request.post("/twilio/incoming", max_retries=3, form=form, headers={"X-Twilio-Signature": "planted"}))
    for path, form in FORMS.items():
        headers = {"Origin": server.address}
        answer = page.request.post(path, form=form, headers=headers, max_redirects=0, max_retries=3)
        assert answer.status in (400, 401), path
        assert "hunter2" not in answer.text()
    yield run("scheduler.py", "--once")
    yield run("manage.py", "doctor")
    yield run("manage.py", "customers", "export")
    yield run("manage.py", "messages", "list")


def change(venue: Venue, statement: str) -> None:
    with venue.database.transaction() as session:
        session.execute(text(statement))


def add_customer(page: Page, *, works: bool) -> None:
    page.goto("/customers/new")
    if not works:
        expect(page.get_by_label("First name")).to_be_visible()
        expect_no_traceback(page)
        return
    page.get_by_label("First name").fill("Xanthippe")
    page.get_by_label("Last name").fill("Quillfeather")
    page.get_by_label("Mobile number").fill("07700 900777")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Possible duplicate").first).to_be_visible()


def expect_no_traceback(page: Page) -> None:
    page.evaluate(SETTLED)
    shown = page.locator("body").inner_text()
    assert not TRACEBACK.findall(shown), shown


def check(response: APIResponse) -> None:
    """An error page has neither a value nor a traceback."""
    if response.status < 400:
        return
    shown = response.text()
    assert not TRACEBACK.findall(shown), shown
    assert not PLANTED.findall(shown), shown
