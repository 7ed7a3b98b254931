"""The venue's own fields on the forms of a customer and on their screen."""

import pytest

from tests.pages.conftest import button, field, said, sections, toasts
from tests.venue.fields.making import words_of
from venue import clock, customers, fields
from venue.roles import DESK


@pytest.fixture
def add_field(venue):
    def add(name="Allergies", kind="text", **more):
        with venue.transaction(DESK) as session:
            return fields.add(session, name=name, kind=kind, now=clock.now(), **more).id

    return add


@pytest.fixture
def every_kind(add_field):
    """A field of each kind."""
    kinds = {"Allergies": "text", "Table": "number", "Birthday": "day", "Has a dog": "flag"}
    ids = {name: add_field(name, kind) for name, kind in kinds.items()}
    return {**ids, "Place": add_field("Place", "choice", choices=["Bar", "Snug"])}


def choice_of(venue, field_id, name):
    with venue.reading(DESK) as session:
        return next(str(choice.id) for choice in fields.get(session, field_id).choices if choice.name == name)


def words(venue, customer_id):
    with venue.reading(DESK) as session:
        return words_of(session, customer_id)


def only_customer(venue):
    with venue.reading(DESK) as session:
        return customers.search(session, now=clock.now()).rows[0].id


def details(app):
    return [section["facts"] for section in sections(app) if section.get("heading") == "About Jo"]


def problems(app):
    return [error.value.replace("\\", "") for error in app.error]


def fill_name(app):
    field(app, "First name").set_value("Jo")
    field(app, "Last name").set_value("Smith")
    field(app, "Mobile number").set_value("07700 900123")


def test_a_customer_is_added_with_every_kind_of_field(venue, screen, every_kind):
    app = screen("customers/add.py")
    fill_name(app)
    field(app, "Allergies").set_value("nuts")
    field(app, "Table").set_value(12.0)
    field(app, "Birthday").set_value("6/3/1980")
    field(app, "Has a dog").set_value("No")
    field(app, "Place").set_value(choice_of(venue, every_kind["Place"], "Snug"))
    button(app, "Save").click().run()
    assert not app.exception
    shown = {"Allergies": "nuts", "Table": "12", "Birthday": "6 March 1980", "Has a dog": "No", "Place": "Snug"}
    assert words(venue, only_customer(venue)) == shown
    assert [dict(facts) for facts in details(app)] == [shown]


def test_without_values_there_are_no_details(screen, every_kind, add_customer):
    assert details(screen("customers/one.py", id=add_customer().id)) == []


def test_problems_of_all_fields_are_shown_at_once(venue, screen, every_kind):
    app = screen("customers/add.py")
    field(app, "Birthday").set_value("tomorrow")
    button(app, "Save").click().run()
    assert "Birthday is not a date: write it like 31/12/2026" in problems(app)
    assert len(app.error) == 4
    assert field(app, "Birthday").value == "tomorrow"


def test_the_form_shows_what_is_stored_and_saves_only_what_was_changed(venue, screen, every_kind, add_customer):
    own = {"Allergies": "nuts", "Table": 12.5, "Birthday": "1980-03-06", "Has a dog": "yes", "Place": "Bar"}
    jo = add_customer(own={every_kind[name]: value for name, value in own.items()})
    app = screen("customers/edit.py", id=jo.id)
    shown = {name: field(app, name).value for name in own}
    assert shown == {
        "Allergies": "nuts",
        "Table": 12.5,
        "Birthday": "06/03/1980",
        "Has a dog": "Yes",
        "Place": choice_of(venue, every_kind["Place"], "Bar"),
    }
    field(app, "Allergies").set_value("")
    field(app, "Has a dog").set_value(None)
    with venue.transaction(DESK) as session:
        customers.update(session, jo.id, version=1, own={every_kind["Table"]: 3}, now=clock.now())
    button(app, "Save").click().run()
    assert words(venue, jo.id) == {"Table": "3", "Birthday": "6 March 1980", "Place": "Bar"}
    assert toasts(app) == ["Jo Smith saved. Someone else also changed: table"]


def test_both_changed_a_field_and_choose(venue, screen, every_kind, add_customer):
    place = every_kind["Place"]
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    with venue.transaction(DESK) as session:
        customers.update(session, jo.id, version=1, own={place: "Bar"}, now=clock.now())
    field(app, "Place").set_value(choice_of(venue, place, "Snug"))
    button(app, "Save").click().run()
    assert "Saved: Bar" in said(app)
    assert "Yours: Snug" in said(app)
    app.button(key="conflict.mine").click().run()
    assert words(venue, jo.id) == {"Place": "Snug"}


def test_a_field_that_was_renamed_keeps_what_was_typed(venue, screen, every_kind, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    field(app, "Allergies").set_value("nuts")
    with venue.transaction(DESK) as session:
        fields.update(session, every_kind["Allergies"], name="Diet", now=clock.now())
    button(app, "Save").click().run()
    assert words(venue, jo.id) == {"Diet": "nuts"}


@pytest.mark.parametrize("file", ["customers/add.py", "customers/edit.py"])
def test_a_field_that_was_deleted_is_said_and_then_left_out(venue, screen, every_kind, add_customer, file):
    jo = add_customer(first_name="Ann", mobile_number="07700 900999")
    app = screen(file, **({"id": jo.id} if "edit" in file else {}))
    fill_name(app)
    field(app, "Allergies").set_value("nuts")
    field(app, "Table").set_value(7.0)
    with venue.transaction(DESK) as session:
        fields.delete(session, every_kind["Allergies"], now=clock.now())
    button(app, "Save").click().run()
    assert problems(app) == ["This field was deleted in the meantime. Save again to leave it out"]
    assert field(app, "Table").value == 7
    button(app, "Save").click().run()
    assert not app.error
    with venue.reading(DESK) as session:
        found = customers.search(session, "07700 900123", now=clock.now()).rows
    assert words(venue, found[0].id) == {"Table": "7"}


def test_a_choice_that_is_no_longer_offered_is_shown_to_who_has_it(venue, screen, every_kind, add_customer):
    place = every_kind["Place"]
    jo, ann = add_customer(own={place: "Bar"}), add_customer(first_name="Ann", mobile_number="07700 900999")
    with venue.transaction(DESK) as session:
        bar = next(choice.id for choice in fields.get(session, place).choices if choice.name == "Bar")
        fields.retire_choice(session, bar, now=clock.now())
    assert field(screen("customers/edit.py", id=jo.id), "Place").options == ["Bar", "Snug"]
    assert field(screen("customers/edit.py", id=ann.id), "Place").options == ["Snug"]


def test_a_choice_that_was_removed_while_it_was_chosen_is_named(venue, screen, every_kind, add_customer):
    place = every_kind["Place"]
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    field(app, "Place").set_value(choice_of(venue, place, "Snug"))
    with venue.transaction(DESK) as session:
        snug = next(choice.id for choice in fields.get(session, place).choices if choice.name == "Snug")
        fields.retire_choice(session, snug, now=clock.now())
    button(app, "Save").click().run()
    assert problems(app) == ["This choice of Place no longer exists. Choose from: Bar"]
    assert words(venue, jo.id) == {}
