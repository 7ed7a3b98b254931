"""Changes of accounts ask for the password again, keep what was typed, and then go on."""

import re
from datetime import timedelta

import pyotp
import pytest

from db.models import OneTimeCode, SignIn, Staff
from tests import signed_in
from tests.pages.conftest import button, field, said
from venue import clock
from venue.roles import DESK, SIGN_IN
from venue.staff import passwords

PASSWORD = "two pints of best"
ASKED = re.compile("enter your password (or PIN )?again")


@pytest.fixture
def ann(venue, sign_in_screens):
    """A manager who entered her password an hour ago. Her id."""
    now = clock.now()
    token = signed_in.sign_in(venue, now=now, name="Ann")
    with venue.transaction(SIGN_IN) as session:
        staff = session.query(Staff).filter_by(name="Ann").one()
        staff.password_hash = passwords.hashed(PASSWORD)
        session.query(SignIn).filter_by(staff_id=staff.id).one().confirmed_at = now - timedelta(hours=1)
    sign_in_screens(token)
    return staff.id


def open_dialog(app, name: str):
    app.session_state["visit.dialog"] = (name, None)
    app.run()
    assert not app.exception
    return app


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def confirm(app):
    assert ASKED.search(said(app))
    app.text_input(key="confirm.secret").set_value(PASSWORD)
    return press(app, "confirm.continue")


def stored(venue, model, **where):
    with venue.reading(DESK) as session:
        return session.query(model).filter_by(**where).all()


def test_an_account_is_added_after_the_password(venue, screen, ann):
    app = open_dialog(screen("settings/staff.py"), "add")
    field(app, "Name").set_value("Robin").run()
    press(app, "dialog.save")
    assert stored(venue, Staff, name="Robin") == []
    confirm(app)
    [robin] = stored(venue, Staff, name="Robin")
    assert len(stored(venue, OneTimeCode, staff_id=robin.id)) == 1
    assert "/choose-password#" in app.code[0].value


def test_a_tablet_gets_its_code_after_the_password(venue, screen, ann):
    app = screen("settings/staff.py")
    button(app, "Add a shared tablet").click().run()
    field(app, "Name of the tablet").set_value("Bar tablet").run()
    press(app, "dialog.save")
    assert not app.code
    confirm(app)
    assert [code.device_name for code in stored(venue, OneTimeCode)] == ["Bar tablet"]
    assert len(app.code) == 2


def test_a_pin_is_set_after_the_password(venue, screen, ann):
    app = open_dialog(screen("settings/account.py"), "pin")
    field(app, "PIN").set_value("8305")
    press(app, "dialog.save")
    assert stored(venue, Staff, id=ann)[0].pin_hash is None
    confirm(app)
    assert stored(venue, Staff, id=ann)[0].pin_hash is not None


def test_an_app_is_set_up_after_the_password_and_its_own_code(venue, screen, ann):
    app = open_dialog(screen("settings/account.py"), "app")
    assert not app.code
    confirm(app)
    assert not ASKED.search(said(app))
    assert not app.error  # The password was no answer to the question for a code.
    secret = app.code[0].value.replace(" ", "")
    field(app, "Code").set_value(pyotp.TOTP(secret).at(clock.now()))
    press(app, "dialog.save")
    assert stored(venue, Staff, id=ann)[0].totp_secret == secret
