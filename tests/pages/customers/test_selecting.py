"""Selecting customers of the list: who may, and what the dialogs do to exactly those who were counted."""

import functools
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from pages.customers import selected
from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, field, people_list, said
from venue import campaigns, clock, customers, fields, tags
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


def test_select_all_keeps_those_selected_by_another_filter(monkeypatch):
    lees, foxes = CustomerFilter(words="lee"), CustomerFilter(words="fox")
    kept = {selected.SELECTED: Selection(where=lees)}
    monkeypatch.setattr(selected, "page_state", SimpleNamespace(get=kept.get, set=kept.__setitem__))
    monkeypatch.setattr(selected, "here", lambda: SimpleNamespace(where=foxes))
    selected.select_all()
    assert [each.where for each in kept[selected.SELECTED].matching] == [lees, foxes]


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


def test_none_of_several_tags_is_chosen_before_staff_do(venue, screen, add_customer, vip):
    with venue.transaction(DESK) as session:
        tags.add(session, name="Nut allergy", now=clock.now())
    jo = add_customer()
    app = opened(screen, "bulk_tag", Selection(ids=frozenset({jo.id})))
    assert "dialog.save" not in [button.key for button in app.button]
    next(box for box in app.selectbox if box.label == "Which tag?").set_value(vip).run()
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 1


def test_the_tag_is_removed(venue, screen, add_customer, vip):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        tags.put_on(session, jo.id, vip, now=clock.now())
        assert customers.search(session, "jo", now=clock.now()).total == 1
    app = opened(screen, "bulk_untag", Selection(ids=frozenset({jo.id})))
    app.button("dialog.save").click().run()
    assert having(venue, vip) == 0


def test_a_field_is_set_and_cleared_and_a_bad_value_is_said_under_it(venue, screen, add_customer):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        visits = fields.add(session, name="Visits", kind="text", now=clock.now()).id
    those = Selection(ids=frozenset({jo.id}))
    app = opened(screen, "bulk_field", those)
    app.button("dialog.save").click().run()
    assert any("or clear the field instead" in each.value for each in app.error)
    next(each for each in app.text_input if each.label == "Visits").input("often").run()
    app.button("dialog.save").click().run()
    assert value(venue, jo.id, visits) == "often"
    app = opened(screen, "bulk_field", those)
    next(each for each in app.toggle if each.label == "Clear this field").set_value(True).run()
    app.button("dialog.save").click().run()
    assert value(venue, jo.id, visits) is None


def value(venue, customer_id, field_id):
    with venue.reading(DESK) as session:
        found = fields.values_of(session, [customer_id]).get(customer_id, {}).get(field_id)
    return found and found.stored


def test_deleting_takes_the_typed_count(venue, screen, add_customer):
    people = [add_customer(last_name=f"Lee {number}") for number in range(2)]
    add_customer(last_name="Fox")
    app = opened(screen, "bulk_delete", Selection(ids=frozenset(each.id for each in people)))
    app.button("dialog.save").click().run()
    assert "Type 2 to delete 2 customers" in [each.value for each in app.error]
    next(each for each in app.text_input if each.label == "Type 2 to confirm").input("2").run()
    app.button("dialog.save").click().run()
    assert app.session_state["toasts"][-1]["words"] == "2 customers deleted"
    with venue.reading(DESK) as session:
        assert customers.search(session, now=clock.now()).total == 1


def test_the_selected_get_a_draft_of_a_bulk_text_to_exactly_them(venue, screen, add_customer):
    people = [add_customer(last_name=f"Lee {number}") for number in range(2)]
    add_customer(last_name="Fox")
    app = opened(screen, "bulk_text", Selection(ids=frozenset(each.id for each in people)))
    app.button("dialog.save").click().run()
    assert "Enter a name" in " ".join(each.value for each in app.error)
    next(each for each in app.text_input if each.label == "Name of the bulk text").input("Jazz").run()
    app.button("dialog.save").click().run()
    with venue.reading(DESK) as session:
        (row,) = campaigns.listed(session)
        assert campaigns.count_selected(session, row.campaign.id) == 2
    edited = screen("campaigns/edit.py", id=row.campaign.id)
    to = field(edited, "To")
    assert to.options[:2] == ["2 selected customers", "All customers"]
    field(edited, "Message").set_value("{venue_name}: Hi {first_name}, jazz!").run()
    button(edited, "Save and check").click().run()
    checked = screen("campaigns/one.py", id=row.campaign.id)
    assert "To: 2 selected customers" in said(checked)
    assert "2 left out" in said(checked)
    field(again := screen("campaigns/edit.py", id=row.campaign.id), "To").set_value("{}").run()
    button(again, "Save and check").click().run()
    assert "To: All customers" in said(screen("campaigns/one.py", id=row.campaign.id))


def test_the_selected_are_offered_as_files(screen, add_customer):
    jo = add_customer()
    app = opened(screen, "bulk_export", Selection(ids=frozenset({jo.id})))
    addresses = [each.proto.url for each in app.get("link_button")]
    assert any("/download/selected-customers.csv?" in each for each in addresses)
    many = opened(screen, "bulk_export", Selection(ids=frozenset(uuid4() for _ in range(400))))
    assert any("Too many customers are ticked one by one" in each.value for each in many.info)
    filters = [CustomerFilter(words=f"{number:03} {'x' * 90}") for number in range(100)]
    many = opened(screen, "bulk_export", functools.reduce(Selection.and_all, filters, Selection()))
    assert any("too many filters are used, for one download" in each.value for each in many.info)
