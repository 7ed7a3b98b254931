"""The screen on which managers make fields of customers."""

import pytest

from tests.pages.conftest import button, field, rows, said, toasts
from venue import clock, customers, fields
from venue.roles import DESK


@pytest.fixture
def add_field(venue):
    def add(name="Allergies", kind="text", **more):
        with venue.transaction(DESK) as session:
            return fields.add(session, name=name, kind=kind, now=clock.now(), **more).id

    return add


@pytest.fixture
def fields_page(screen):
    return lambda: screen("settings/fields.py")


def open_dialog(app, name, about=None):
    app.session_state["visit.dialog"] = (name, about)
    app.run()
    assert not app.exception
    return app


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def listed(venue):
    with venue.reading(DESK) as session:
        return fields.listed(session)


def test_there_are_none_at_first(fields_page):
    assert "No fields yet. Add one for what you want to know about customers" in said(fields_page())


def test_a_manager_adds_a_field(venue, fields_page):
    app = fields_page()
    button(app, "Add field").click().run()
    field(app, "Name").set_value("Allergies")
    press(app, "dialog.save")
    assert [(each.name, each.kind) for each in listed(venue)] == [("Allergies", "text")]
    assert "Allergies added" in toasts(app)
    assert [row["cells"][:2] for row in rows(app, "Fields")] == [["Allergies", "Text"]]


def test_a_choice_has_its_options_each_on_a_line(venue, fields_page):
    app = open_dialog(fields_page(), "add")
    app.radio[0].set_value("choice").run()
    field(app, "Name").set_value("Place")
    field(app, "Choices, each on its own line").set_value("Bar\n\n Snug ")
    press(app, "dialog.save")
    assert [choice.name for choice in listed(venue)[0].choices] == ["Bar", "Snug"]


def test_problems_stay_in_the_dialog(venue, fields_page, add_field):
    add_field()
    app = open_dialog(fields_page(), "add")
    field(app, "Name").set_value("ALLERGIES")
    press(app, "dialog.save")
    assert [error.value for error in app.error] == ["There is a field ‘Allergies’ already"]
    assert len(listed(venue)) == 1


def test_a_field_is_renamed_and_moved(venue, fields_page, add_field):
    add_field()
    diet = add_field("Diet")
    app = open_dialog(fields_page(), "rename", diet)
    field(app, "Name").set_value("Food")
    press(app, "dialog.save")
    assert "Saved" in toasts(app)
    up = next(way for way in rows(app, "Fields")[1]["ways"] if way["label"] == "Move up")
    assert up == {"label": "Move up", "name": "move", "about": f"{diet} 1", "icon": "arrow_upward", "looks": "button"}
    with venue.transaction(DESK) as session:
        fields.move(session, diet, position=1, now=clock.now())
    assert [each.name for each in listed(venue)] == ["Food", "Allergies"]


def test_choices_are_added_renamed_and_removed_one_after_the_other(venue, fields_page, add_field, add_customer):
    place = add_field("Place", "choice", choices=["Bar", "Snug"])
    add_customer(own={place: "Bar"})
    app = open_dialog(fields_page(), "choices", place)
    field(app, "Name").set_value("Garden")
    press(app, "dialog.save")
    choose(app, venue, "Snug")
    field(app, "Name").set_value("Back room")
    press(app, "dialog.save")
    choose(app, venue, "Bar")
    press(app, "choice.remove")
    assert toasts(app)[-1] == "‘Bar’ is no longer offered. 1 customer still has it"
    assert [choice.name for choice in listed(venue)[0].offered] == ["Back room", "Garden"]
    choose(app, venue, "Bar")
    press(app, "dialog.save")
    assert toasts(app)[-1] == "‘Bar’ is offered again"
    assert len(listed(venue)[0].offered) == 3


def choose(app, venue, name):
    choice = next(choice for choice in listed(venue)[0].choices if choice.name == name)
    app.selectbox[0].set_value(str(choice.id)).run()
    assert not app.exception


def test_a_field_in_use_is_deleted_when_its_name_is_typed(venue, fields_page, add_field, add_customer):
    food = add_field()
    jo = add_customer(own={food: "nuts"})
    app = open_dialog(fields_page(), "delete", food)
    assert "**1 customer has** something in **Allergies**. It is deleted too." in said(app)
    press(app, "dialog.save")
    assert [error.value for error in app.error] == ["Type ‘Allergies’ to delete it"]
    field(app, "Type the field's name to delete it").set_value("allergies")
    press(app, "dialog.save")
    assert "Allergies deleted" in toasts(app)
    assert listed(venue) == []
    with venue.reading(DESK) as session:
        assert fields.values_of(session, [jo.id]) == {}
        assert customers.row(session, jo.id).first_name == "Jo"


def test_a_field_that_is_deleted_in_another_tab_closes_the_dialog(venue, fields_page, add_field):
    food = add_field()
    app = fields_page()
    with venue.transaction(DESK) as session:
        fields.delete(session, food, now=clock.now())
    open_dialog(app, "rename", food)
    assert "This field no longer exists." in toasts(app)
