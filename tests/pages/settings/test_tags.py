"""The tags page: add, edit, merge and delete tags, with the number of customers who have each."""

import pytest

from tests.pages.conftest import field, rows, said, toasts
from tests.pages.settings.test_staff import open_dialog, press
from venue import clock, tags
from venue.roles import DESK


@pytest.fixture
def add_tag(venue):
    def add(name: str = "VIP", *customers, **more):
        with venue.transaction(DESK) as session:
            tag = tags.add(session, name=name, now=clock.now(), **more)
            for customer in customers:
                tags.put_on(session, customer.id, tag.id, now=clock.now())
            return tag.id

    return add


@pytest.fixture
def tags_page(screen):
    return lambda: screen("settings/tags.py")


def listed(venue) -> list[tuple[str, str, bool, int]]:
    with venue.reading(DESK) as session:
        today = clock.today(clock.now(), venue.zone)
        return [(tag.name, tag.colour, tag.at_door, tag.customers) for tag in tags.listed(session, today=today)]


def test_without_tags_the_page_explains_them(tags_page):
    assert "No tags yet." in said(tags_page())
    assert "Staff put tags on customers" in said(tags_page())


def test_each_tag_says_how_many_have_it_and_links_to_them(tags_page, add_tag, add_customer):
    tag_id = add_tag("VIP", add_customer("Ann"), add_customer("Bob"), at_door=True, colour="red")
    (row,) = rows(tags_page(), "Tags")
    assert row["cells"] == [{"colour": "red", "words": "VIP"}, "2 customers", "Shown"]
    assert row["address"] == f"customers?tag={tag_id}"


def test_a_tag_is_added_once_with_a_double_tap(tags_page, venue):
    app = open_dialog(tags_page(), "add_tag")
    field(app, "Name").input("VIP")
    field(app, "Colour").set_value("red")
    app.toggle[0].set_value(True)
    press(app, "dialog.save")
    assert toasts(app) == ["VIP added"]
    assert listed(venue) == [("VIP", "red", True, 0)]


def test_a_name_that_is_taken_is_said_under_the_field_and_stays_typed(tags_page, add_tag):
    add_tag("VIP")
    app = open_dialog(tags_page(), "add_tag")
    field(app, "Name").input("vip")
    press(app, "dialog.save")
    assert "There is a tag ‘VIP’ already" in said(app)
    assert field(app, "Name").value == "vip"


def test_a_tag_is_edited_and_what_someone_else_changed_is_asked_about(tags_page, add_tag, venue):
    tag_id = add_tag("VIP")
    app = open_dialog(tags_page(), "edit_tag", tag_id)
    with venue.transaction(DESK) as session:
        tags.update(session, tag_id, version=1, name="Friend", now=clock.now())
    field(app, "Name").input("Guest of honour")
    press(app, "dialog.save")
    assert "Someone else changed this while you were editing" in said(app)
    press(app, "conflict.mine")
    assert [name for name, *_ in listed(venue)] == ["Guest of honour"]


def test_merging_says_whom_it_is_about_and_moves_them(tags_page, add_tag, add_customer, venue):
    ann, bob = add_customer("Ann"), add_customer("Bob")
    vip = add_tag("VIP", ann, bob)
    add_tag("Regular", bob, colour="blue")
    app = open_dialog(tags_page(), "merge_tag", vip)
    assert "2 customers with **VIP** get **Regular**, which 1 customer has now." in said(app)
    press(app, "dialog.save")
    assert toasts(app) == ["VIP merged into Regular: 2 customers"]
    assert listed(venue) == [("Regular", "blue", False, 2)]


def test_deleting_says_how_many_have_it(tags_page, add_tag, add_customer, venue):
    app = open_dialog(tags_page(), "delete_tag", add_tag("VIP", add_customer()))
    assert "It is taken off 1 customer." in said(app)
    press(app, "dialog.save")
    assert listed(venue) == []


def test_a_tag_that_someone_else_deleted_is_said_to_be_gone(tags_page, add_tag, venue):
    tag_id = add_tag("VIP")
    app = tags_page()
    with venue.transaction(DESK) as session:
        tags.delete(session, tag_id, now=clock.now())
    assert "This tag no longer exists." in said(open_dialog(app, "edit_tag", tag_id))
