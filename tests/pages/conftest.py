"""Screens are driven through pages/navigation.py, on a real database."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from db.models import Customer, Event
from pages.parts import context
from tests import signed_in
from tests.open_screen import open_screen, streamlit_read_once
from venue import bookings, clock, customers, events
from venue.profile import Venue
from venue.roles import DESK

A_TUESDAY_AT_NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="session")
def read_once() -> Iterator[None]:
    with streamlit_read_once():
        yield


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the screens goes on from one noon: what they show of today depends on the time of day."""
    ahead = A_TUESDAY_AT_NOON - clock.now()
    read = clock.now
    monkeypatch.setattr(clock, "now", lambda: read() + ahead)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def venue(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Venue]:
    """A venue with an empty database, as the screens find it through the environment, and a manager signed in."""
    for name in [name for name in os.environ if name.startswith("TWILIO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", database_url)
    context.opened_venue.cache_clear()
    context.signed_in.cache_clear()
    token = signed_in.sign_in(context.opened_venue(), now=clock.now())
    monkeypatch.setattr(context, "session_token", lambda: token)  # AppTest has no cookies.
    yield context.opened_venue()
    context.opened_venue.cache_clear()
    context.signed_in.cache_clear()


@pytest.fixture
def screen(venue: Venue) -> Callable[..., AppTest]:
    """Opens a screen by its file, with what stands in its address."""

    return open_screen


@pytest.fixture
def add_customer(venue: Venue) -> Callable[..., Customer]:
    def add(first_name: str = "Jo", last_name: str = "Smith", mobile_number: str = "07700 900123", **more) -> Customer:
        with venue.transaction(DESK) as session:
            return customers.add(
                session,
                first_name=first_name,
                last_name=last_name,
                mobile_number=mobile_number,
                now=clock.now(),
                add_anyway=True,
                **more,
            )

    return add


@pytest.fixture
def add_event(venue: Venue) -> Callable[..., Event]:
    def add(name: str = "Quiz Night", days: int = 10, **more) -> Event:
        starts_at = clock.at_wall_clock(
            clock.today(clock.now(), venue.zone) + timedelta(days=days), clock.time(19, 30), venue.zone
        )
        with venue.transaction(DESK) as session:
            return events.add(session, name=name, starts_at=starts_at, now=clock.now(), **more)

    return add


@pytest.fixture
def book(venue: Venue) -> Callable[..., object]:
    def add(customer: Customer, event: Event, seats: int = 2, **more) -> object:
        with venue.transaction(DESK) as session:
            return bookings.book(
                session, customer_id=customer.id, event_id=event.id, seats=seats, now=clock.now(), **more
            )

    return add


def said(app: AppTest) -> str:
    """Every word on the screen that is not in a field."""
    shown = [*app.markdown, *app.caption, *app.text, *app.error, *app.warning, *app.info, *app.title, *app.subheader]
    on_boards = [words for name in ("board", "guest_list") for shown in given(app, name) for words in _words(shown)]
    return "\n".join(
        [people_list(app).get("words", ""), *on_boards, *toasts(app), *(element.value for element in shown)]
    )


def toasts(app: AppTest) -> list[str]:
    """What was done, as it is said over the screen."""
    return [message["words"] for shown in given(app, "toast") for message in shown["messages"]]


def button(app: AppTest, label: str):
    """The first button with this label; a dialog's stand last, so theirs is found by key."""
    return next(found for found in app.button if found.label == label)


def field(app: AppTest, label: str):
    found = [*app.text_input, *app.text_area, *app.number_input, *app.selectbox, *app.checkbox, *app.toggle, *app.radio]
    return next(widget for widget in found if widget.label == label)


def people(app: AppTest) -> list[dict[str, str]]:
    """The customers of the list, top to bottom."""
    return people_list(app).get("rows", [])


def people_list(app: AppTest) -> dict:
    """All that the list of customers shows; empty without results."""
    return next(given(app, "people_list"), {})


def cards(app: AppTest) -> list[dict]:
    """All cards of the screen, top to bottom."""
    return [card for section in sections(app) for card in section.get("cards", ())]


def rows(app: AppTest, label: str = "") -> list[dict]:
    """The rows of all tables of the screen, top to bottom, or of those with this heading or label."""
    chosen = [each for each in sections(app) if label in ("", each.get("heading"), each.get("label"))]
    return [row for section in chosen for row in section.get("rows", ())]


def texts_shown(app: AppTest) -> list[str]:
    """Every text in a table that has a title of its own, as "Confirmation · Quiz Night"."""
    return [row["cells"][1] for row in rows(app, "Texts")]


def links(app: AppTest) -> list[str]:
    """What the links beside the cards are called."""
    return [link["label"] for section in sections(app) for link in section.get("links", ())]


def sections(app: AppTest) -> list[dict]:
    """All sections of cards, those of the left side first."""
    return [section for shown in given(app, "board") for side in shown["sides"] for section in side]


def _words(given: Any) -> Iterator[str]:
    """Every text in what an element of ours shows."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict | list):
        for each in given.values() if isinstance(given, dict) else given:
            yield from _words(each)


def given(app: AppTest, component: str) -> Iterator[dict]:
    """What each element of ours with this name shows."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"anchor_desk.{component}":
            yield from json.loads(element.proto.json)
