"""Before a second booking of one person on an event, staff are warned; they may still book."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from db.models import Booking, Customer
from tests.pages.conftest import button
from venue import clock, duplicates
from venue.profile import Venue
from venue.roles import DESK

NUMBER = "07700 900801"
WARNING = "Robert Lee, probably the same person, is already booked (2 seats)."


@pytest.fixture
def two(add_customer: Callable[..., Customer]) -> tuple[Customer, Customer]:
    return add_customer("Bob", "Lee", NUMBER), add_customer("Robert", "Lee", NUMBER)


@pytest.fixture
def quiz(add_event: Callable[..., Any], book: Callable[..., Any], two) -> Any:
    quiz = add_event()
    book(two[1], quiz)
    return quiz


def opened(screen: Callable[..., AppTest], file: str, about: Any, **address: object) -> AppTest:
    """The screen with the dialog for a new booking."""
    app = screen(file, **address)
    app.session_state["visit.dialog"] = ("book", about)
    app.run()
    assert not app.exception
    return app


def warnings(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in app.warning if "same person" in each.value]


def test_on_the_event(screen: Callable[..., AppTest], quiz, two, venue: Venue) -> None:
    app = opened(screen, "events/one.py", (quiz.id, two[0].id), id=quiz.id)
    assert warnings(app) == [WARNING]
    button(app, "Book anyway").click().run()
    with venue.reading(DESK) as session:
        assert len(session.scalars(select(Booking)).all()) == 2


def test_on_the_customer(screen: Callable[..., AppTest], quiz, two) -> None:
    # The only event to book is chosen already.
    assert warnings(opened(screen, "customers/one.py", None, id=two[0].id)) == [WARNING]


def test_that_booking_is_opened(screen: Callable[..., AppTest], quiz, two) -> None:
    app = opened(screen, "events/one.py", (quiz.id, two[0].id), id=quiz.id)
    button(app, "Open Robert Lee\\'s booking").click().run()
    name, booking_id = app.session_state["visit.dialog"]
    assert (name, str(app.session_state["visit.dialog_title"])) == ("edit", "Edit booking: Robert Lee, Quiz Night")
    assert booking_id


def test_others_are_booked_without_a_warning(screen: Callable[..., AppTest], quiz, two, venue: Venue) -> None:
    with venue.transaction(DESK) as session:
        duplicates.decide(session, two[0].id, two[1].id, answer="not_same", now=clock.now())
    assert warnings(opened(screen, "events/one.py", (quiz.id, two[0].id), id=quiz.id)) == []
