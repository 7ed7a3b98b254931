"""Customers edited in a table, while someone else changes them too."""

import pytest

from db.models import Customer
from tests.pages.conftest import button, said
from venue import clock, customers
from venue.privacy.erase import erase
from venue.roles import DESK


def read(venue, customer) -> Customer:
    with venue.reading(DESK) as session:
        return customers.get(session, customer.id)


@pytest.fixture
def conflict(venue, screen, add_customer):
    """The table after saving a number and notes that someone else changed as well, and the customer."""
    jo = add_customer(mobile_number="07700 900801", notes="Window seat")
    app = screen("customers/edit_many.py", size=25)
    with venue.transaction(DESK) as session:
        theirs = {"first_name": "Joe", "mobile_number": "07700 900802", "notes": "Theirs"}
        customers.update(session, jo.id, version=jo.version, **theirs, now=clock.now())
    cells = app.session_state["visit.table"]
    cells.loc[str(jo.id), "Mobile number"] = "07700 900803"
    cells.loc[str(jo.id), "Notes"] = "Mine"
    app.run()
    button(app, "Save").click().run()
    return app, jo


def test_both_versions_are_shown_as_they_are_typed(venue, conflict):
    app, jo = conflict
    assert "Jo Smith: someone else changed this while you were editing" in said(app)
    assert "Saved: 07700 900802  \nYours: 07700 900803" in said(app)
    assert "Saved: Theirs  \nYours: Mine" in said(app)
    assert "They also changed: first name. These changes are kept." in said(app)
    assert read(venue, jo).notes == "Theirs"


def test_what_was_typed_is_saved_where_it_is_chosen(venue, conflict):
    app, jo = conflict
    button(app, "Use mine").click().run()
    saved = read(venue, jo)
    assert (saved.first_name, saved.mobile_number, saved.notes) == ("Joe", "+447700900803", "Mine")


def test_one_field_is_left_as_saved_and_the_other_is_not(venue, conflict):
    app, jo = conflict
    next(each for each in app.button_group if each.key == f"conflict.{jo.id}.notes").set_value("Saved").run()
    button(app, "Use mine").click().run()
    saved = read(venue, jo)
    assert (saved.mobile_number, saved.notes) == ("+447700900803", "Theirs")


def test_all_is_left_as_saved(venue, conflict):
    app, jo = conflict
    button(app, "Use saved").click().run()
    saved = read(venue, jo)
    assert (saved.mobile_number, saved.notes) == ("+447700900802", "Theirs")
    assert "No changes" in said(app)


def test_a_value_of_before_is_no_longer_the_stored_one_once_theirs_was_kept(venue, conflict):
    app, jo = conflict
    button(app, "Use saved").click().run()
    with venue.transaction(DESK) as session:
        current = customers.get(session, jo.id)
        customers.update(session, jo.id, version=current.version, notes="Theirs again", now=clock.now())
    type_notes(app, jo, "Window seat")
    button(app, "Save").click().run()
    assert "Saved: Theirs again  \nYours: Window seat" in said(app)


def change(venue, customer, **theirs) -> None:
    with venue.transaction(DESK) as session:
        customers.update(session, customer.id, version=customer.version, **theirs, now=clock.now())


def type_notes(app, customer, typed: str) -> None:
    app.session_state["visit.table"].loc[str(customer.id), "Notes"] = typed
    app.run()


def refreshed(screen, app, **address):
    """A new session, into whose table the browser has put the draft of the one before."""
    again = screen("customers/edit_many.py", size=25, **address)
    token = again.session_state["visit.form.table"]
    again.session_state[f"{token}.typed"] = app.session_state[f"{app.session_state['visit.form.table']}.typed"]
    again.session_state[f"visit.restored.{token}"] = True
    return again.run()


def test_a_draft_of_before_someone_else_changed_the_row_asks_which_to_keep(venue, screen, add_customer):
    jo = add_customer(notes="Window seat")
    app = screen("customers/edit_many.py", size=25)
    type_notes(app, jo, "Mine")
    change(venue, jo, first_name="Joe", notes="Theirs")
    again = refreshed(screen, app)
    button(again, "Save").click().run()
    assert "Saved: Theirs  \nYours: Mine" in said(again)
    assert "They also changed: first name. These changes are kept." in said(again)
    assert read(venue, jo).notes == "Theirs"
    button(again, "Use mine").click().run()
    assert (read(venue, jo).first_name, read(venue, jo).notes) == ("Joe", "Mine")


def test_a_draft_of_a_row_that_is_on_another_page_by_now_is_back(venue, screen, add_customer):
    add_customer("Ada", "Able", "07700 900801")
    jo = add_customer()
    app = screen("customers/edit_many.py", size=25, list="q=smith")
    type_notes(app, jo, "Mine")
    change(venue, jo, last_name="Able")
    add_customer("Ed", "Smith", "07700 900802")
    again = refreshed(screen, app, list="q=smith")
    assert again.title[0].value == "Edit 2 customers"
    button(again, "Save").click().run()
    assert (read(venue, jo).last_name, read(venue, jo).notes) == ("Able", "Mine")


def test_a_draft_of_a_deleted_customer_is_not_saved(venue, screen, add_customer):
    jo, ed = add_customer(), add_customer("Ed", "Smith", "07700 900802")
    app = screen("customers/edit_many.py", size=25)
    type_notes(app, jo, "Mine")
    with venue.transaction(DESK) as session:
        erase(session, jo.id, now=clock.now())
    again = refreshed(screen, app)
    button(again, "Save").click().run()
    assert any("This customer no longer exists" in each.value for each in again.warning)
    assert read(venue, ed).notes == ""
