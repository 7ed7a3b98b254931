"""A screen that fails says so calmly, and can be tried again."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.runtime.scriptrunner import exec_code
from streamlit.testing.v1 import AppTest

from pages.parts import failure
from tests import full_disk
from tests.pages.conftest import button, field
from venue import customers
from venue.profile import Venue

SCREENS = ["today.py", "customers/list.py", "events/add.py", "messages/list.py", "insight/home.py", "settings/venue.py"]


@pytest.fixture(autouse=True)
def app_py(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest does not call the handler of errors that app.py gives to Streamlit."""
    monkeypatch.setattr(exec_code, "handle_user_script_exception", lambda error, _handler: failure.show_failure(error))


class Switch:
    """Turns the database off and on."""

    is_off = False


@pytest.fixture
def database(venue: Venue) -> Iterator[Switch]:
    switch = Switch()

    def connect(*_about: Any) -> None:
        if switch.is_off:
            raise sqlite3.OperationalError("unable to open database file")

    def checkout(connection: Any, *_about: Any) -> None:
        connect()

    engines = (venue.database.engine,)
    for engine in engines:
        event.listen(engine, "do_connect", connect)
        event.listen(engine, "checkout", checkout)
    yield switch
    for engine in engines:
        event.remove(engine, "do_connect", connect)
        event.remove(engine, "checkout", checkout)


@pytest.mark.parametrize("file", SCREENS)
def test_a_screen_comes_back_with_the_database(screen: Callable[..., AppTest], database: Switch, file: str) -> None:
    app = screen(file)
    titles = [title.value for title in app.title]
    database.is_off = True
    app.run()
    assert failure.AWAY in app.error[0].value
    database.is_off = False
    button(app, "Try again").click().run()
    assert not app.error
    assert [title.value for title in app.title] == titles


def test_a_database_that_saves_nothing_is_named_and_keeps_what_was_typed(
    screen: Callable[..., AppTest], venue: Venue
) -> None:
    app = screen("customers/add.py")
    for name, value in {"First name": "Jo", "Last name": "Smith", "Mobile number": "07700 900123"}.items():
        field(app, name).set_value(value)
    with full_disk.disk(venue.database, full_disk.READ_ONLY):
        button(app, "Save").click().run()
    (shown,) = app.error
    assert shown.value.startswith("Nothing can be saved at the moment: the database is read-only. What you typed")
    assert "Give this reference to your administrator: **" in shown.value
    button(app, "Try again").click().run()
    assert not app.error
    assert field(app, "First name").value == "Jo"


def test_an_error_of_ours_has_a_reference(
    screen: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(customers, "search", lambda *_, **__: 1 / 0)
    app = screen("customers/list.py")
    assert failure.FAILED in app.error[0].value
    reference = app.error[0].value.rpartition(" ")[2].strip("*")
    assert f"reference {reference}" in caplog.text
    assert "ZeroDivisionError" not in app.error[0].value
