"""A screen that saves while an import is being saved, which on SQLite nothing else can."""

import pytest

from tests.pages.conftest import button, field, toasts
from venue.roles import DESK

SENTENCE = "a large change, such as an import, is being saved"


@pytest.fixture(autouse=True)
def short_wait(monkeypatch):
    monkeypatch.setattr("db.session.BUSY_SECONDS", 0)


def test_what_was_typed_stays_and_is_saved_later(screen, venue):
    app = screen("customers/add.py")
    field(app, "First name").set_value("Jo")
    field(app, "Last name").set_value("Smith")
    field(app, "Mobile number").set_value("07700 900123")
    with venue.transaction(DESK) as session:
        session.connection()  # The transaction begins.
        button(app, "Save").click().run()
        assert SENTENCE in app.error[0].value.replace("\\", "")
    assert field(app, "First name").value == "Jo"
    button(app, "Save").click().run()
    assert "Jo Smith added" in toasts(app)[0]


def test_importing_another_file_says_why_it_is_not_begun(screen, an_import, venue, stored):
    import_id = an_import()
    app = screen("imports/one.py", id=import_id)
    with venue.transaction(DESK) as session:
        session.connection()  # The transaction begins.
        button(app, "Import").click().run()
        assert SENTENCE in toasts(app)[0]
    assert stored(import_id).state == "checked"
