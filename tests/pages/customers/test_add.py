import uuid
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import func, select

from db.models import Customer
from tests.makers import a_customer
from tests.pages.conftest import button, field, people, said
from venue.roles import DESK


def fill(app, first_name="Jo", last_name="Smith", mobile_number="07700 900123", notes=""):
    field(app, "First name").set_value(first_name)
    field(app, "Last name").set_value(last_name)
    field(app, "Mobile number").set_value(mobile_number)
    field(app, "Notes").set_value(notes)


def count(venue) -> int:
    with venue.reading(DESK) as session:
        return session.scalar(select(func.count()).select_from(Customer))


def test_every_problem_is_shown_at_once_and_typed_values_stay(venue, screen):
    app = screen("customers/add.py")

    fill(app, first_name="", last_name="", mobile_number="020 7946 0000", notes="Window seat")
    button(app, "Save").click().run()

    problems = [error.value for error in app.error]
    assert len(problems) == 3
    assert field(app, "Mobile number").value == "020 7946 0000"
    assert field(app, "Notes").value == "Window seat"
    assert count(venue) == 0


def test_a_saved_customer_is_opened_and_confirmed(venue, screen):
    app = screen("customers/add.py")

    fill(app)
    button(app, "Save").click().run()

    assert app.title[0].value == "Jo Smith"
    assert "Jo Smith added" in said(app)
    assert uuid.UUID("".join(app.query_params["id"]))


def test_an_address_is_optional_and_shown_with_the_number(venue, screen):
    app = screen("customers/add.py")

    fill(app)
    field(app, "E-mail").set_value("jo@example")
    button(app, "Save").click().run()
    assert len(app.error) == 1
    assert "mail address" in app.error[0].value

    field(app, "E-mail").set_value("jo@example.com")
    button(app, "Save").click().run()
    assert "jo@example.com" in said(app)


def test_save_and_add_another_leaves_an_empty_form(venue, screen):
    app = screen("customers/add.py")

    fill(app)
    button(app, "Save and add another").click().run()

    assert app.title[0].value == "Add customer"
    assert field(app, "First name").value == ""
    assert "Jo Smith added" in said(app)
    assert count(venue) == 1


def test_save_and_book_goes_on_to_a_booking_for_them(venue, screen, add_event):
    quiz = add_event()
    app = screen("customers/add.py")

    fill(app)
    button(app, "Save and book").click().run()

    assert app.title[0].value == "Jo Smith"
    assert field(app, "Event").value == quiz.id


def test_a_double_tap_saves_once(venue, screen):
    app, again = screen("customers/add.py"), screen("customers/add.py")
    again.session_state["visit.form.customer"] = app.session_state["visit.form.customer"]
    again.run()

    for tapped in (app, again):
        fill(tapped)
        button(tapped, "Save").click().run()

    assert count(venue) == 1
    assert again.title[0].value == "Jo Smith"


def test_a_customer_with_the_same_number_is_shown_and_added_only_anyway(venue, screen, add_customer):
    add_customer("Alex", "Jones")
    app = screen("customers/add.py")

    fill(app)
    button(app, "Save").click().run()

    assert "Alex Jones" in said(app)
    assert count(venue) == 1

    button(app, "Add anyway").click().run()

    assert app.title[0].value == "Jo Smith"
    assert count(venue) == 2


def test_open_goes_to_the_customer_who_is_already_there(screen, add_customer):
    add_customer("Alex", "Jones")
    app = screen("customers/add.py")

    fill(app)
    button(app, "Save").click().run()
    button(app, "Open").click().run()

    assert app.title[0].value == "Alex Jones"


def test_what_was_searched_in_vain_is_filled_in(screen):
    app = screen("customers/add.py", typed="Jo Smith")

    assert (field(app, "First name").value, field(app, "Last name").value) == ("Jo", "Smith")
    assert field(screen("customers/add.py", typed="07700 900123"), "Mobile number").value == "07700 900123"


# How the name is written


def test_a_name_in_capitals_is_asked_about_before_it_is_saved(venue, screen):
    app = screen("customers/add.py")
    fill(app, "JO", "MCDONALD")
    button(app, "Save").click().run()
    assert count(venue) == 0

    app.button(key="written.usual").click().run()

    assert app.title[0].value == "Jo McDonald"


def test_a_name_may_stay_as_it_is_typed(venue, screen):
    app = screen("customers/add.py")
    fill(app, "bell", "hooks")
    button(app, "Save and add another").click().run()

    app.button(key="written.typed").click().run()

    assert app.title[0].value == "Add customer"
    assert "bell hooks added" in said(app)


def test_how_it_is_written_and_who_it_is_are_asked_one_after_the_other(venue, screen, add_customer):
    add_customer("Jo", "Smith")
    app = screen("customers/add.py")
    fill(app, "jo", "smith")
    button(app, "Save").click().run()
    app.button(key="written.usual").click().run()

    assert "Jo Smith" in said(app)
    button(app, "Add anyway").click().run()

    assert count(venue) == 2
    assert app.title[0].value == "Jo Smith"


def test_problems_come_before_any_question(venue, screen):
    app = screen("customers/add.py")
    fill(app, "JO", "SMITH", "0770")
    button(app, "Save").click().run()
    assert len(app.error) == 1
    assert not [each for each in app.button if str(each.key).startswith("written")]


@pytest.mark.parametrize(
    ("six", "typed"),
    [
        (lambda n: ("Jo", "Smith", n), ("Jo", "Smith", "07700 900800")),
        (lambda n: ("Jo", f"Smith {n}", 800), ("Al", "Aaron", "07700 900800")),
    ],
    ids=["name", "number"],
)
def test_where_more_than_five_are_alike_the_list_shows_them_all(venue, screen, six, typed):
    with venue.transaction(DESK) as session:
        for first_name, last_name, number in map(six, range(6)):
            a_customer(session, first_name=first_name, last_name=last_name, mobile_number=f"+447700900{number:03}")
    app = screen("customers/add.py")

    fill(app, *typed)
    button(app, "Save").click().run()

    assert [each.label for each in app.button].count("Open") == 5
    (more,) = [link.proto for link in app.get("page_link") if link.proto.label.startswith("There may be more")]
    found = screen("customers/list.py", **dict(parse_qsl(more.query_string)))
    assert len(people(found)) == 6
