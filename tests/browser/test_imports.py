"""Importing a file with a real scheduler beside the dashboard, by impatient hands, and undoing it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, ROOT
from tests.browser.people import add_jo, here
from venue import customers
from venue.imports import runs
from venue.profile import Venue
from venue.roles import DESK

HEADER = "Vorname,Nachname,Kontakt\n"
FILE = (
    HEADER
    + "Ann,Lee,07700 900901\nBob,Ray,07700 900902\n"
    + "Al,Day,07700 900001\nSue,Day,07700 900001\n"  # Jo Smith's number.
    + "Cy,Fox,020 7946 0123\n"
)
TAPS = 8


@pytest.fixture
def scheduler(environment: dict[str, str], tmp_path: Path) -> Iterator[None]:
    log = (tmp_path / "scheduler.log").open("w")
    command = [sys.executable, "scheduler.py"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    yield
    running.kill()
    running.wait()
    log.close()


def counted(venue: Venue) -> tuple[int, int]:
    """The number of imports, and of customers."""
    with venue.reading(DESK) as session:
        return len(runs.listed(session)), customers.search(session).total


def test_a_file_is_imported_and_undone_by_impatient_hands(page: Any, venue: Venue, write: Any, scheduler: None) -> None:
    write(add_jo)
    upload(page, "people.csv", FILE)
    tap(page, "Continue")
    here(page, "Choose the columns")
    assert counted(venue)[0] == 1

    choose(page, "First name (required)", "Vorname (Ann)")
    choose(page, "Last name (required)", "Nachname (Lee)")
    choose(page, "Mobile number (required)", "Kontakt (07700 900901)")
    tap(page, "Check the file")
    here(page, "This will add 2 customers. Left out: 2 in doubt and 1 refused.")
    page.get_by_role("row", name="Line 4").get_by_role("button", name="Add anyway").click()
    here(page, "This will add 3 customers. Left out: 1 in doubt and 1 refused.")
    expect(page.get_by_role("button", name="Add anyway", pressed=True)).to_have_count(1)
    page.reload()
    here(page, "This will add 3 customers. Left out: 1 in doubt and 1 refused.")

    other = page.context.new_page()
    other.goto(page.url)
    here(other, "This will add 3 customers. Left out: 1 in doubt and 1 refused.")
    tap(page, "Import")
    here(page, "Added 3 customers.")
    here(other, "This will add 3 customers. Left out: 1 in doubt and 1 refused.")
    tap(other, "Import")
    here(other, "Added 3 customers.")
    assert counted(venue) == (1, 4)

    tap(page, "Undo this import")
    tap(page, "Undo import")
    expect(page.get_by_text("This import was undone")).to_be_visible()
    assert counted(venue) == (1, 1)


def test_a_remembered_file_is_imported_on_a_phone(chromium: Any, address: str, venue: Venue, scheduler: None) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True, base_url=address
    )
    page = context.new_page()
    upload(page, "first.csv", "First Name,Last Name,Mobile\nAnn,Lee,07700 900901\n")
    page.get_by_role("button", name="Continue").click()
    here(page, "This will add 1 customer.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Import", exact=True).click()
    here(page, "Added 1 customer.")
    page.go_back()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    context.close()


def upload(page: Any, name: str, content: str) -> None:
    page.goto("/data/import")
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()


def choose(page: Any, field: str, heading: str) -> None:
    # Scrolled first: a list that has just opened closes when the page scrolls.
    box = page.get_by_role("combobox", name=field)
    box.evaluate("box => box.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(300)
    box.click()
    page.get_by_role("option", name=heading).click()
    expect(box).to_have_value(heading)


def tap(page: Any, label: str) -> None:
    """Press a button again and again, as long as it is there."""
    button = page.get_by_role("button", name=label, exact=True)
    button.click()
    for _ in range(TAPS - 1):
        button.evaluate_all("buttons => buttons.forEach(button => button.click())")
        page.wait_for_timeout(40)
