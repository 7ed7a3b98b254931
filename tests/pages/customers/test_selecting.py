"""Selecting customers of the list: who may, and what the dialogs do to exactly those who were counted."""

from uuid import UUID

import pytest

from pages.parts import context
from tests import signed_in
from tests.pages.conftest import people_list
from venue import clock, customers, tags
from venue.bulk import Selection
from venue.customers import CustomerFilter
from venue.roles import DESK, Role


@pytest.fixture
def vip(venue) -> UUID:
    with venue.transaction(DESK) as session:
        return tags.add(session, name="VIP", now=clock.now()).id


def having(venue, tag_id: UUID) -> int:
    with venue.reading(DESK) as session:
        return tags.count(session, tag_id, today=clock.now().date())


def opened(screen, name: str, selection: Selection, **address):
    """The list with these customers selected, and this dialog open."""
    app = screen("customers/list.py", **address)
    app.session_state["visit.selected"] = selection
    app.session_state["visit.dialog"] = (name, None)
    return app.run()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.STAFF, Role.MANAGER])
def test_only_those_who_may_change_many_can_select(venue, screen, add_customer, monkeypatch, role):
    add_customer()
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=role)
    monkeypatch.setattr(context, "session_token", lambda: token)
    assert bool(people_list(screen("customers/list.py"))["selecting"]) == (role is Role.MANAGER)


def test_the_list_says_what_is_selected_and_what_it_hides(screen, add_customer):
    jo, ann = add_customer(), add_customer("Ann", "Lee")
    app = screen("customers/list.py", q="lee")
    app.session_state["visit.selected"] = Selection(ids=frozenset({jo.id, ann.id}))
    shown = people_list(app.run())
    assert shown["selecting"]["words"] == "2 selected, 1 not in this list"
    assert shown["ticked"] == [str(ann.id)]


def test_all_selected_are_tagged_and_the_selection_is_gone(venue, screen, add_customer, vip):
    for number in range(3):
        add_customer(last_name=f"Lee {number}")
    add_customer(last_name="Fox")
    app = opened(screen, "bulk_tag", Selection(where=CustomerFilter(words="lee")))
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 3
    assert app.session_state["toasts"][-1]["words"] == "3 customers tagged"
    assert people_list(app)["selecting"]["words"] == ""


def test_newcomers_are_named_and_only_included_after_another_press(venue, screen, add_customer, vip):
    add_customer("Ann", "Lee")
    app = opened(screen, "bulk_tag", Selection(where=CustomerFilter(words="lee")))
    add_customer("Bob", "Lee")
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 0
    (warning,) = [each.value for each in app.warning if "since you looked" in each.value]
    assert "1 customer more matches since you looked" in warning
    assert "Bob Lee" in warning
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 2


def test_a_tag_that_was_deleted_is_no_longer_offered(venue, screen, add_customer, vip):
    jo = add_customer()
    app = opened(screen, "bulk_tag", Selection(ids=frozenset({jo.id})))
    with venue.transaction(DESK) as session:
        tags.delete(session, vip, now=clock.now())
    app.button("dialog.save").click().run()
    assert "There are no tags yet." in [each.value for each in app.info]


def test_the_tag_is_removed(venue, screen, add_customer, vip):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        tags.put_on(session, jo.id, vip, now=clock.now())
        assert customers.search(session, "jo", now=clock.now()).total == 1
    app = opened(screen, "bulk_untag", Selection(ids=frozenset({jo.id})))
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 0
