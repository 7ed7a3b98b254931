"""Saved views above the customer list: opened, changed by Save alone, and refused in words when outdated."""

from urllib.parse import urlencode

import pytest

from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, field, people, people_list, said, toasts
from venue import clock, events, views
from venue.roles import DESK, SIGN_IN, Role
from venue.staff.current import actor_of


@pytest.fixture
def me(venue):
    """The actor of the screens."""
    with venue.reading(SIGN_IN) as session:
        return actor_of(session, context.session_token(), now=clock.now())


@pytest.fixture
def save(venue, me):
    def save(name="Smiths", query=None, **more):
        with venue.transaction(me) as session:
            view = views.save(
                session, name=name, query={"q": "smith"} if query is None else query, now=clock.now(), **more
            )
            return view.id

    return save


@pytest.fixture
def stored(venue, me):
    def stored(name="Smiths"):
        with venue.reading(me) as session:
            return views.named(session, name).row

    return stored


@pytest.fixture
def three(add_customer):
    add_customer("Jo", "Smith", "07700 900001")
    add_customer("Al", "Smith", "07700 900002")
    add_customer("Al", "Jones", "07700 900003")


def names(app) -> list[str]:
    return [f"{person['first_name']} {person['last_name']}" for person in people(app)]


def open_view(screen, view_id):
    app = screen("customers/list.py")
    return app.pills(key="views").set_value(str(view_id)).run()


def labels(app) -> list[str]:
    return [each.label for each in app.button]


def test_a_view_is_opened_with_its_filters_order_and_columns(screen, three, save):
    view = save(query={"q": "smith", "sort": "First name, Z first"}, columns=["last_name", "added"])
    app = open_view(screen, view)

    assert names(app) == ["Jo Smith", "Al Smith"]
    assert [head["name"] for head in people_list(app)["heads"]] == ["last_name", "added"]
    assert app.query_params["saved"] == f"{view}.1"
    assert field(app, "Search customers").value == "smith"
    assert "Edit view" in labels(app)
    assert "Changed" not in said(app)


def test_a_link_with_nothing_but_the_view_opens_it(screen, three, save):
    view = save()
    app = screen("customers/list.py", saved=view)
    assert names(app) == ["Al Smith", "Jo Smith"]
    assert app.query_params["saved"] == f"{view}.1"


def test_a_tap_on_the_open_view_leads_back_to_everyone(screen, three, save):
    app = open_view(screen, save())
    app.pills(key="views").set_value(None).run()
    assert len(names(app)) == 3
    assert "saved" not in app.query_params


def test_a_list_is_saved_under_a_name(screen, three, stored):
    app = screen("customers/list.py", q="smith", sort="Newest first")
    button(app, "Save view").click().run()
    field(app, "Name").set_value("Smiths")
    app.button("dialog.save").click().run()

    row = stored()
    assert dict(row.query) == {"q": "smith", "sort": "Newest first"}
    assert row.columns[0] == "last_name"
    assert not row.is_shared
    assert app.query_params["saved"] == f"{row.id}.1"
    assert toasts(app) == ["Smiths saved"]
    assert names(app) == ["Al Smith", "Jo Smith"]


def test_a_name_that_is_taken_is_refused_and_what_was_typed_stays(screen, save):
    save("Regulars")
    app = screen("customers/list.py")
    button(app, "Save view").click().run()
    field(app, "Name").set_value("REGULARS")
    app.button("dialog.save").click().run()
    assert "There is a view of yours ‘Regulars’ already" in said(app)
    assert field(app, "Name").value == "REGULARS"


def test_looking_further_changes_no_view_until_save(screen, three, save, stored):
    app = open_view(screen, save())
    field(app, "Search customers").set_value("jones").run()
    assert names(app) == ["Al Jones"]
    assert {"Save", "Save as new", "Reset"} <= set(labels(app))
    assert dict(stored().query) == {"q": "smith"}

    button(app, "Reset").click().run()
    assert names(app) == ["Al Smith", "Jo Smith"]
    assert "Reset" not in labels(app)

    field(app, "Search customers").set_value("jones").run()
    button(app, "Save").click().run()
    assert dict(stored().query) == {"q": "jones"}
    assert app.query_params["saved"] == f"{stored().id}.2"
    assert "Reset" not in labels(app)


def test_other_columns_are_a_change_of_the_view(screen, three, save, stored):
    app = open_view(screen, save(columns=["last_name"]))
    app.session_state["visit.dialog"] = ("columns", None)
    app.run().checkbox("columns.notes").check().run()
    app.button("dialog.save").click().run()
    assert [head["name"] for head in people_list(app)["heads"]] == ["last_name", "notes"]
    assert stored().columns == ("last_name",)

    button(app, "Save").click().run()

    assert stored().columns == ("last_name", "notes")
    plain = screen("customers/list.py")
    assert len(people_list(plain)["heads"]) == 6


def test_a_change_of_someone_else_is_named_and_not_overwritten(venue, screen, three, save, stored):
    view = save(shared=True)
    app = open_view(screen, view)
    with venue.transaction(DESK) as session:
        views.update(session, view, version=1, query={"q": "al"}, now=clock.now())
    field(app, "Search customers").set_value("jones").run()
    assert "staff changed this view" in said(app).replace("\\", "")
    assert "Save" not in labels(app)

    button(app, "Use saved").click().run()
    assert names(app) == ["Al Jones", "Al Smith"]

    with venue.transaction(DESK) as session:
        views.update(session, view, version=2, query={"q": "jo"}, now=clock.now())
    field(app, "Search customers").set_value("smith").run()
    button(app, "Use mine").click().run()
    assert dict(stored().query) == {"q": "smith"}


def test_of_two_tabs_the_second_does_not_overwrite_the_first(screen, three, save, stored):
    view = save()
    one, other = (open_view(screen, view) for _ in range(2))
    for tab, words in ((one, "jones"), (other, "al")):
        field(tab, "Search customers").set_value(words).run()
    button(one, "Save").click().run()
    button(other, "Save").click().run()
    assert dict(stored().query) == {"q": "jones"}
    assert "Max changed this view" in said(other).replace("\\", "")


def test_a_view_of_a_deleted_event_says_so_and_shows_no_list(venue, screen, three, save, add_event, stored):
    event = add_event()
    view = save("Quiz", {"event": str(event.id), "q": "smith"})
    with venue.transaction(DESK) as session:
        events.delete(session, event.id, now=clock.now())

    for app in (open_view(screen, view), screen("customers/list.py", saved=view)):
        assert "The event of this view was deleted. Remove that filter, or delete the view." in said(app).replace(
            "\\", ""
        )
        assert not people_list(app)
    button(app, "Remove that filter").click().run()

    assert names(app) == ["Al Smith", "Jo Smith"]
    button(app, "Save").click().run()
    assert dict(stored("Quiz").query) == {"q": "smith"}


def test_an_outdated_view_is_deleted_from_there(venue, screen, save, add_event):
    event = add_event()
    view = save("Quiz", {"event": str(event.id)})
    with venue.transaction(DESK) as session:
        events.delete(session, event.id, now=clock.now())
    app = screen("customers/list.py", saved=view)
    button(app, "Delete view").click().run()
    app.button("dialog.save").click().run()
    assert toasts(app) == ["Quiz deleted"]
    assert "saved" not in app.query_params


def test_a_view_is_renamed_and_put_on_today(screen, three, save, stored):
    app = open_view(screen, save())
    button(app, "Edit view").click().run()
    field(app, "Name").set_value("The Smiths")
    app.toggle[0].set_value(True)
    app.button("dialog.save").click().run()
    assert stored("The Smiths").on_today
    assert "changed this view" not in said(app)
    assert names(app) == ["Al Smith", "Jo Smith"]


def test_a_deleted_view_is_said_while_its_list_stays(venue, me, screen, three, save):
    view = save()
    app = open_view(screen, view)
    with venue.transaction(me) as session:
        views.delete(session, view, now=clock.now())
    app.run()
    assert "This view no longer exists" in said(app)
    assert names(app) == ["Al Smith", "Jo Smith"]


@pytest.mark.parametrize("saved", ["x", "00000000-0000-0000-0000-000000000000", "..", "9.9"])
def test_a_mistyped_view_shows_everyone(screen, three, saved):
    app = screen("customers/list.py", saved=saved)
    assert len(names(app)) == 3
    assert "This view no longer exists" in said(app)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.STAFF])
def test_only_managers_change_shared_views(venue, screen, monkeypatch, three, save, role):
    view = save(shared=True)
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=role)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = open_view(screen, view)
    assert names(app) == ["Al Smith", "Jo Smith"]
    assert "Edit view" not in labels(app)
    field(app, "Search customers").set_value("jones").run()
    assert "Save" not in labels(app)
    button(app, "Save as mine").click().run()
    assert not [each for each in app.toggle if each.label == "Shared with all staff"]
    app.button("dialog.save").click().run()
    assert toasts(app) == ["Smiths saved"]


def test_the_list_is_returned_to_with_its_view(screen, three, save):
    view = save()
    app = screen("customers/list.py", list=urlencode({"saved": f"{view}.1", "q": "smith"}))
    assert names(app) == ["Al Smith", "Jo Smith"]
    assert app.pills(key="views").value == str(view)
