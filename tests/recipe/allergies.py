"""What a customer's field must be able to do that was added as README says. Run in a copy of the code that has it."""

from collections.abc import Callable

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from db.models import Customer
from tests.makers import NOW
from tests.pages.conftest import button, field, noon, screen, venue
from tests.venue.imports.taking import take_customers
from venue import clock, customers, exports
from venue.profile import Venue
from venue.roles import COMMAND_LINE, DESK

__all__ = ["noon", "screen", "venue"]


def the_customer(venue: Venue) -> Customer:
    with venue.reading(DESK) as session:
        return session.scalars(select(Customer)).one()


def add(venue: Venue) -> None:
    jo = {"first_name": "Jo", "last_name": "Smith", "mobile_number": "07700 900123", "allergies": "Nuts"}
    with venue.transaction(DESK) as session:
        customers.add(session, **jo, now=clock.now())


def test_it_is_added_and_edited_on_the_screens(venue: Venue, screen: Callable[..., AppTest]) -> None:
    app = screen("customers/add.py")
    field(app, "First name").set_value("Jo")
    field(app, "Last name").set_value("Smith")
    field(app, "Mobile number").set_value("07700 900123")
    field(app, "Allergies").set_value("Nuts")
    button(app, "Save").click().run()
    assert the_customer(venue).allergies == "Nuts"

    app = screen("customers/edit.py", id=the_customer(venue).id)
    field(app, "Allergies").set_value("Nuts, milk")
    button(app, "Save").click().run()
    assert the_customer(venue).allergies == "Nuts, milk"


def test_it_is_edited_in_the_table(venue: Venue, screen: Callable[..., AppTest]) -> None:
    add(venue)
    app = screen("customers/edit_many.py", size=25)
    app.session_state["visit.table"]["Allergies"] = "Eggs"
    app.run()
    button(app, "Save").click().run()
    assert the_customer(venue).allergies == "Eggs"


def test_it_is_checked_exported_and_imported_back(venue: Venue) -> None:
    add(venue)
    with venue.reading_at_length(COMMAND_LINE) as session:
        content = b"".join(exports.customers_csv(session, now=NOW))
    assert b"Allergies" in content
    with venue.transaction(COMMAND_LINE) as session:
        session.delete(session.scalars(select(Customer)).one())
        session.flush()
        take_customers(session, content, now=clock.now())
    assert the_customer(venue).allergies == "Nuts"
