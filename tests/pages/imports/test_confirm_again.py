"""Importing and undoing ask for the password again when it was entered long ago, and then go on."""

from datetime import timedelta

import pytest

from db.models import SignIn, Staff
from tests import signed_in
from tests.pages.conftest import button, said
from venue import clock
from venue.roles import SIGN_IN
from venue.staff import passwords

ONE = "imports/one.py"
PASSWORD = "two pints of best"


@pytest.fixture(autouse=True)
def ann(venue, monkeypatch):
    """The screens are those of a manager who entered her password an hour ago."""
    now = clock.now()
    token = signed_in.sign_in(venue, now=now, name="Ann")
    with venue.transaction(SIGN_IN) as session:
        staff = session.query(Staff).filter_by(name="Ann").one()
        staff.password_hash = passwords.hashed(PASSWORD)
        session.query(SignIn).filter_by(staff_id=staff.id).one().confirmed_at = now - timedelta(hours=1)
    monkeypatch.setattr("pages.parts.context.session_token", lambda: token)


def confirm(app):
    assert "enter your password or PIN again" in said(app)
    app.text_input(key="confirm.secret").set_value(PASSWORD)
    app.button(key="confirm.continue").click().run()
    assert not app.exception


def test_a_file_is_imported_after_the_password(screen, an_import, stored):
    import_id = an_import()
    app = screen(ONE, id=import_id)
    button(app, "Import").click().run()
    assert stored(import_id).state == "checked"
    confirm(app)
    assert (stored(import_id).state, stored(import_id).actor) == ("running", "Ann")


def test_an_import_is_undone_after_the_password(screen, imported, stored):
    import_id = imported()
    app = screen(ONE, id=import_id)
    button(app, "Undo this import").click().run()
    assert "2 customers are removed" in said(app)
    app.button(key="dialog.save").click().run()
    assert stored(import_id).state == "done"
    confirm(app)
    assert (stored(import_id).state, stored(import_id).actor) == ("undoing", "Ann")
