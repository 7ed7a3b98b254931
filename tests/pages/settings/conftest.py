"""Screens of a person who is signed in."""

import pytest

from pages.parts import context


@pytest.fixture
def sign_in_screens(venue, monkeypatch):
    """Makes the screens those of the browser with this token."""
    return lambda token: monkeypatch.setattr(context, "session_token", lambda: token)
