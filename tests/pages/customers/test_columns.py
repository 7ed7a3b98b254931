"""The columns of the customer list: chosen by each member of staff, and kept."""

import pytest

from pages.customers.list_columns import CHOICE, DEFAULT
from tests import signed_in
from tests.pages.conftest import people, people_list
from venue import clock
from venue.roles import SIGN_IN, Actor, Role
from venue.staff import screen_choices
from venue.staff.current import actor_of


def columns(app) -> list[str]:
    return [head["name"] for head in people_list(app)["heads"]]


def staff(venue, name: str) -> Actor:
    return current(signed_in.sign_in(venue, now=clock.now(), name=name, role=Role.VIEWER), venue)


def current(token: str, venue) -> Actor:
    with venue.reading(SIGN_IN) as session:
        return actor_of(session, token, now=clock.now())


def opened(screen, **address):
    """The list with the dialog for its columns."""
    app = screen("customers/list.py", **address)
    app.session_state["visit.dialog"] = ("columns", None)
    return app.run()


def save(app):
    return app.button("dialog.save").click().run()


def test_all_columns_are_shown_until_someone_chooses(screen, add_customer):
    add_customer()
    assert tuple(columns(screen("customers/list.py"))) == DEFAULT


def test_chosen_columns_are_kept_in_their_order(screen, add_customer):
    add_customer(notes="Window seat")
    app = opened(screen)
    app.checkbox("columns.added").uncheck().run()
    app.checkbox("columns.bookings").uncheck().run()
    app.checkbox("columns.added").check().run()
    app.button("columns.up.added").click().run()
    save(app)

    again = screen("customers/list.py")
    assert columns(again) == ["last_name", "first_name", "mobile_number", "added", "notes"]
    assert people(again)[0]["notes"] == "Window seat"


def test_the_name_that_opens_a_customer_stays(screen, add_customer):
    add_customer()
    assert opened(screen).checkbox("columns.last_name").disabled
    assert columns(screen("customers/list.py", columns="notes")) == ["last_name", "notes"]


def test_the_default_is_restored(screen, add_customer):
    add_customer()
    app = opened(screen)
    save(app.checkbox("columns.notes").uncheck().run())
    app = opened(screen)
    assert not app.checkbox("columns.notes").value

    save(app.button("columns.default").click().run())

    assert tuple(columns(screen("customers/list.py"))) == DEFAULT


def test_cancelling_changes_nothing(screen, add_customer):
    add_customer()
    app = opened(screen).checkbox("columns.notes").uncheck().run()
    app.button("dialog.cancel").click().run()
    assert tuple(columns(screen("customers/list.py"))) == DEFAULT


def test_columns_of_an_address_go_before_the_own_ones(screen, add_customer):
    add_customer()
    assert columns(screen("customers/list.py", columns="added,last_name,colour,added")) == ["added", "last_name"]


def test_choosing_columns_replaces_those_of_the_address(screen, add_customer):
    add_customer()
    app = opened(screen, columns="last_name,added")
    save(app.checkbox("columns.notes").check().run())
    assert columns(screen("customers/list.py")) == ["last_name", "added", "notes"]
    assert "columns" not in app.query_params


@pytest.mark.parametrize("value", [["last_name", "notes"], None])
def test_each_member_of_staff_has_their_own(venue, value):
    ann, bob = (staff(venue, name) for name in ("Ann", "Bob"))
    with venue.transaction(ann) as session:
        screen_choices.save(session, CHOICE, ["last_name"])
        screen_choices.save(session, CHOICE, value)
    with venue.reading(ann) as session:
        assert screen_choices.get(session, CHOICE) == value
    with venue.reading(bob) as session:
        assert screen_choices.get(session, CHOICE) is None
