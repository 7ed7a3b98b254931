"""A number changed to one that another customer has is asked about, on the form and in the table."""

from db.models import Customer
from tests.pages.conftest import button, field, said
from venue.roles import DESK


def number_of(venue, customer) -> str:
    with venue.reading(DESK) as session:
        return session.get_one(Customer, customer.id).mobile_number


def test_the_form_shows_who_has_the_number_and_saves_it_anyway(venue, screen, add_customer):
    add_customer("Ann", "Lee", "07700 900801")
    bob = add_customer("Bob", "Lee", "07700 900802")
    app = screen("customers/edit.py", id=bob.id)
    field(app, "Mobile number").set_value("07700 900801")
    field(app, "Notes").set_value("Ann's brother")
    button(app, "Save").click().run()

    assert "Ann Lee" in said(app)
    assert "Same number" in said(app)
    assert button(app, "Open")
    assert number_of(venue, bob) == "+447700900802"

    button(app, "Save anyway").click().run()
    assert number_of(venue, bob) == "+447700900801"
    assert app.title[0].value == "Bob Lee"


def test_who_has_the_number_can_be_opened(screen, add_customer):
    add_customer("Ann", "Lee", "07700 900801")
    app = screen("customers/edit.py", id=add_customer("Bob", "Lee", "07700 900802").id)
    field(app, "Mobile number").set_value("07700 900801")
    button(app, "Save").click().run()
    button(app, "Open").click().run()
    assert app.title[0].value == "Ann Lee"


def test_the_table_asks_for_that_row_and_saves_the_others(venue, screen, add_customer):
    add_customer("Ann", "Lee", "07700 900801")
    bob, cat = add_customer("Bob", "Lee", "07700 900802"), add_customer("Cat", "Lee", "07700 900803")
    app = screen("customers/edit_many.py", size=25)
    cells = app.session_state["visit.table"]
    cells.loc[str(bob.id), "Mobile number"] = "07700 900801"
    cells.loc[str(cat.id), "Mobile number"] = "07700 900804"
    app.run()
    button(app, "Save").click().run()

    assert "Possible duplicate** of Bob Lee" in said(app)
    assert "Ann Lee" in said(app)
    assert (number_of(venue, bob), number_of(venue, cat)) == ("+447700900802", "+447700900804")

    button(app, "Save anyway").click().run()
    assert number_of(venue, bob) == "+447700900801"
