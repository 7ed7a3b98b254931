"""Firefox: searching while typing, and our own elements. Skipped on a machine without Firefox."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import signed_in
from tests.browser.firefox import PROGRAM, Firefox
from tests.browser.people import add, add_sixty
from venue import bookings, events

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="Firefox is not installed: apt-get install firefox-esr"),
]


def add_quiz(session: Session, now: datetime) -> str:
    """The id of an event in an hour with one guest."""
    add_sixty(session, now)
    add(session, "Zoë", "Newman", 901, now)
    guest = add(session, "Ann", "Lee", 900, now)
    quiz = events.add(session, name="Quiz Night", starts_at=now + timedelta(hours=1), capacity=20, now=now)
    bookings.book(session, customer_id=guest.id, event_id=quiz.id, seats=2, now=now)
    return str(quiz.id)


@pytest.fixture
def firefox(tmp_path: Path, token: str) -> Iterator[Firefox]:
    firefox = Firefox(tmp_path)
    firefox.resize(1280, 900)
    (cookie,) = signed_in.storage(token)["cookies"]
    firefox.sign_in(cookie)
    yield firefox
    firefox.close()


def open_screen(firefox: Firefox, address: str) -> None:
    firefox.goto(address)
    firefox.expect("document.documentElement.dataset.keys === 'heard'")


def test_a_guest_is_found_while_typing_and_opened(firefox: Firefox, address: str, write: Callable[..., Any]) -> None:
    write(add_quiz)
    open_screen(firefox, f"{address}/customers")
    firefox.click("textbox", "Search customers")
    firefox.type("zoe new")
    firefox.expect("seek('link', 'Zoë Newman') && !seek('link', 'Jo Smith 00')")
    firefox.click("link", "Zoë Newman")
    firefox.expect("seek('heading', 'Zoë Newman')")


def test_a_guest_is_marked_at_the_door(firefox: Firefox, address: str, write: Callable[..., Any]) -> None:
    quiz = write(add_quiz)
    open_screen(firefox, f"{address}/door_list?id={quiz}")
    firefox.expect("seek('table', 'Guests')?.innerText.includes('Ann Lee')")
    firefox.click("button", "Arrived: Ann Lee")
    firefox.expect("seek('button', 'Arrived: Ann Lee').ariaPressed === 'true'")


def test_a_guest_is_found_and_booked(firefox: Firefox, address: str, write: Callable[..., Any]) -> None:
    write(add_quiz)
    open_screen(firefox, f"{address}/customers")
    firefox.click("textbox", "Search customers")
    firefox.type("zoe new")
    firefox.expect("seek('link', 'Zoë Newman') && !seek('link', 'Jo Smith 00')")
    firefox.click("link", "Zoë Newman")
    firefox.expect("seek('heading', 'Zoë Newman')")
    firefox.click("button", "Add booking")
    firefox.expect("seek('dialog', 'Add booking: Zoë Newman')")
    firefox.click("radio", "Quiz Night (18 left)")
    firefox.click("radio", "4")
    firefox.expect("seek('textbox', 'Seats').value === '4'")
    firefox.click("button", "Save")
    firefox.expect("!seek('dialog', 'Add booking: Zoë Newman')")
    firefox.expect("seek('table', 'Active bookings')?.innerText.includes('4 seats')")
    firefox.click("link", "Quiz Night")
    firefox.expect("seek('table', 'Guests')?.innerText.includes('Zoë Newman')")
