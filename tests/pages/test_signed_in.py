"""Who uses a screen: read from the database at most every half second, and never another person's session."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from db.models import SignIn
from pages.parts import context
from pages.parts.signed_in import REMEMBERED_SECONDS, SignedIn
from tests import signed_in
from tests.databases import listening
from tests.patience import PATIENCE
from venue import clock
from venue.roles import SIGN_IN, Role
from venue.staff import current


class Stopwatch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def remembered(venue, stopwatch) -> SignedIn:
    return SignedIn(venue, monotonic=stopwatch)


def test_an_actor_is_read_once_in_half_a_second(venue, remembered):
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=Role.STAFF)
    read = []
    with listening(venue.database.engine, "before_cursor_execute", lambda *about: read.append(about[2])):
        actors = {remembered.actor(token) for _ in range(50)}
    assert [actor.name for actor in actors] == ["Sam"]
    assert len([statement for statement in read if statement.startswith("SELECT") and "staff" in statement]) == 1


def test_a_screen_that_is_only_open_does_not_count_as_use(venue, monkeypatch):
    used = []
    monkeypatch.setattr(SignedIn, "_touch", lambda self, sign_in_id, at: used.append(sign_in_id))
    with context.watching():
        assert context.actor().name == "Max"
    context.forget_actor()
    assert used == []
    context.actor()
    assert len(used) == 1


def test_a_sign_in_that_ended_elsewhere_is_noticed_after_half_a_second(venue, remembered, stopwatch):
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam")
    assert remembered.actor(token)
    with venue.transaction(SIGN_IN) as session:
        current.end(session, token, now=clock.now())
    stopwatch.seconds += REMEMBERED_SECONDS
    assert remembered.actor(token) is None


def test_one_that_is_forgotten_is_read_again_at_once(venue, remembered):
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam")
    assert remembered.actor(token)
    with venue.transaction(SIGN_IN) as session:
        current.end(session, token, now=clock.now())
    remembered.forget(token)
    assert remembered.actor(token) is None


def test_those_that_have_ended_are_forgotten_at_once(venue, remembered):
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam")
    ended = remembered.actor(token).sign_in_id
    with venue.transaction(SIGN_IN) as session:
        current.end(session, token, now=clock.now())
    remembered.forget_ended({ended})
    assert remembered.actor(token) is None


@pytest.mark.parametrize("token", ["", "x" * 43, "\x00", "é"])
def test_an_unknown_token_has_no_actor(remembered, token):
    assert remembered.actor(token) is None


def test_the_last_use_is_noted(venue, remembered):
    token = signed_in.sign_in(venue, now=clock.now() - timedelta(minutes=5), name="Sam")
    sign_in_id = remembered.actor(token).sign_in_id

    def seconds_ago() -> float:
        with venue.reading(SIGN_IN) as session:
            used_at = session.scalars(select(SignIn.last_used_at).where(SignIn.id == sign_in_id)).one()
        return (clock.now() - used_at).total_seconds()

    until = time.monotonic() + PATIENCE
    while seconds_ago() > 60 and time.monotonic() < until:
        time.sleep(0.05)
    assert seconds_ago() < 60


def test_a_screen_without_a_sign_in_shows_nothing(screen, monkeypatch):
    app = screen("customers/list.py")
    assert app.title[0].value == "Customers"
    monkeypatch.setattr(context, "session_token", lambda: "")
    app.run()
    assert not app.title
    assert not app.exception


def test_the_session_of_another_sign_in_begins_again(venue, screen, monkeypatch):
    app = screen("customers/add.py")
    app.session_state["secret"] = str(uuid4())
    monkeypatch.setattr(context, "session_token", lambda: ann)
    ann = signed_in.sign_in(venue, now=clock.now(), name="Ann")
    app.run()
    assert "secret" not in app.session_state
    assert app.title[0].value == "Add customer"
