"""Screens of a person who is signed in."""

import pytest

from pages.parts import context
from venue import clock
from venue.roles import SIGN_IN
from venue.staff import current


@pytest.fixture
def sign_in_screens(venue, monkeypatch):
    """Makes the screens those of the browser with this token."""

    def sign_in(token: str) -> None:
        with venue.reading(SIGN_IN) as session:
            monkeypatch.setattr(context, "DESK", current.actor_of(session, token, now=clock.now()))

    return sign_in
