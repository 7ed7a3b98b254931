from db.models import Customer
from tests.pages.conftest import button, field, said, toasts
from venue import clock, customers
from venue.roles import DESK


def read(venue, customer) -> Customer:
    with venue.reading(DESK) as session:
        return customers.get(session, customer.id)


def someone_else_changes(venue, customer, **fields):
    with venue.transaction(DESK) as session:
        customers.update(session, customer.id, version=customer.version, now=clock.now(), **fields)


def test_a_cleared_field_is_really_cleared(venue, screen, add_customer):
    jo = add_customer(notes="Window seat")
    app = screen("customers/edit.py", id=jo.id)

    field(app, "Notes").set_value("")
    button(app, "Save").click().run()

    assert read(venue, jo).notes == ""
    assert app.title[0].value == "Jo Smith"


def test_a_change_by_someone_else_is_shown_and_not_overwritten(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, notes="Theirs")

    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()

    assert "Saved: Theirs" in said(app)
    assert read(venue, jo).notes == "Theirs"

    app.button(key="conflict.mine").click().run()
    assert read(venue, jo).notes == "Mine"


def test_a_second_change_by_someone_else_is_shown_before_anything_is_saved(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, notes="Theirs")
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()
    someone_else_changes(venue, read(venue, jo), notes="Allergic to nuts")

    app.button(key="conflict.mine").click().run()
    assert "Saved: Allergic to nuts" in said(app)
    assert read(venue, jo).notes == "Allergic to nuts"
    app.button(key="conflict.mine").click().run()
    assert read(venue, jo).notes == "Mine"


def test_what_was_left_as_theirs_stays_so_through_a_second_conflict(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, last_name="Jones", notes="Allergic to nuts")
    field(app, "Last name").set_value("Brown")
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()
    next(each for each in app.button_group if each.key == "conflict.notes").set_value("Saved").run()
    someone_else_changes(venue, read(venue, jo), last_name="Black")

    app.button(key="conflict.mine").click().run()
    assert "Saved: Black" in said(app)
    app.button(key="conflict.mine").click().run()

    assert (read(venue, jo).last_name, read(venue, jo).notes) == ("Brown", "Allergic to nuts")


def test_what_they_changed_is_told_though_both_wrote_the_same(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, last_name="Jones", notes="Theirs")
    field(app, "Last name").set_value("Jones")
    button(app, "Save").click().run()
    assert toasts(app) == ["Jo Jones saved. Someone else also changed: notes"]
    assert (read(venue, jo).last_name, read(venue, jo).notes) == ("Jones", "Theirs")


def test_theirs_can_be_kept(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, notes="Theirs")
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()

    app.button(key="conflict.saved").click().run()

    assert field(app, "Notes").value == "Theirs"
    assert read(venue, jo).notes == "Theirs"


def test_what_only_they_changed_is_kept_and_mentioned_without_a_question(venue, screen, add_customer):
    jo = add_customer(notes="Window seat")
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, notes="Theirs")

    field(app, "First name").set_value("Joe")
    button(app, "Save").click().run()

    assert toasts(app) == ["Joe Smith saved. Someone else also changed: notes"]
    assert (read(venue, jo).first_name, read(venue, jo).notes) == ("Joe", "Theirs")


def test_what_is_left_as_saved_does_not_drop_what_else_was_typed(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, notes="Theirs")
    field(app, "First name").set_value("Joe")
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()

    app.button(key="conflict.saved").click().run()

    assert (read(venue, jo).first_name, read(venue, jo).notes) == ("Joe", "Theirs")


def test_each_field_is_chosen_separately(venue, screen, add_customer):
    jo = add_customer()
    app = screen("customers/edit.py", id=jo.id)
    someone_else_changes(venue, jo, first_name="Their", notes="Theirs")
    field(app, "First name").set_value("Mine")
    field(app, "Notes").set_value("Mine")
    button(app, "Save").click().run()

    next(each for each in app.button_group if each.key == "conflict.notes").set_value("Saved").run()
    app.button(key="conflict.mine").click().run()

    assert (read(venue, jo).first_name, read(venue, jo).notes) == ("Mine", "Theirs")
