"""The help that "?" and the menu open on every screen."""

import pytest

from pages import screens
from pages.help import OF_SCREENS
from tests.pages.conftest import said
from venue.version import VERSION

SCREENS = (*screens.MAIN, *screens.REACHED_FROM_THESE)


def test_every_screen_says_what_it_is_for_and_has_a_title():
    assert OF_SCREENS.keys() == {screen.address for screen in SCREENS}
    assert all(screen.title.strip() for screen in SCREENS)


@pytest.mark.parametrize("screen_file", ["settings/change.py", "today.py"])
def test_it_is_of_the_screen_that_is_open(screen, screen_file):
    app = screen(screen_file)
    app.session_state["visit.dialog"] = ("keys", None)
    app.run()
    address = next(each.address for each in SCREENS if each.file == screen_file)
    assert OF_SCREENS[address] in said(app)
    assert f"Anchor Desk {VERSION}" in said(app)
