"""The menu of who is signed in, which is on every screen."""

import pytest

from db.models import Device, SignIn
from pages.elements import user_menu
from pages.parts import context
from tests import signed_in
from tests.pages.conftest import given
from venue import choices, clock
from venue.roles import DESK, Role


def shown(app) -> dict:
    return next(given(app, "user_menu"))


def test_it_names_who_is_signed_in_and_leads_to_their_account(screen):
    app = screen("events/list.py")
    assert shown(app)["name"] == "Max"
    assert [link["address"] for link in shown(app)["links"]] == ["account"]


@pytest.mark.parametrize(("role", "screens"), [(Role.MANAGER, ["data", "settings"]), (Role.STAFF, ["settings"])])
def test_on_a_phone_it_leads_to_what_the_bar_has_no_room_for(venue, screen, monkeypatch, role, screens):
    monkeypatch.setattr(user_menu, "is_phone", lambda: True)
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=role)
    monkeypatch.setattr(context, "session_token", lambda: token)
    assert [link["address"] for link in shown(screen("events/list.py"))["links"]] == ["account", *screens]


@pytest.mark.parametrize(("is_shared", "lock_after"), [(True, 120), (False, None)])
def test_only_a_shared_tablet_locks(venue, screen, is_shared, lock_after):
    with venue.transaction(DESK) as session:
        choices.save(session, "tablet_lock_minutes", "2", now=clock.now())
        venue.choices.read(session)
        now = clock.now()
        device = Device(token_hash="x", name="Bar tablet", is_shared=is_shared, created_at=now, last_used_at=now)
        session.add(device)
        session.flush()
        session.query(SignIn).one().device_id = device.id
    assert shown(screen("events/list.py"))["lockAfter"] == lock_after
