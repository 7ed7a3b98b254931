"""The tags on a customer's page, and those that are shown at the door."""

import pytest

from tests.pages.conftest import field, given, said, toasts
from tests.pages.settings.test_staff import open_dialog, press
from venue import clock, tags
from venue.journal.undo import undo
from venue.roles import DESK


@pytest.fixture
def jo(add_customer):
    return add_customer()


@pytest.fixture
def add_tags(venue):
    def add(*names, **more):
        with venue.transaction(DESK) as session:
            return [tags.add(session, name=name, now=clock.now(), **more).id for name in names]

    return add


def put_on(venue, customer, *tag_ids) -> None:
    with venue.transaction(DESK) as session:
        for tag_id in tag_ids:
            tags.put_on(session, customer.id, tag_id, now=clock.now())


def tags_of(venue, customer) -> list[tuple[str, object]]:
    with venue.reading(DESK) as session:
        today = clock.today(clock.now(), venue.zone)
        found = tags.of_customers(session, [customer.id], today=today)[customer.id]
        return [(tag.name, tag.last_day) for tag in found]


def pills(app, label: str = "Tags"):
    return next(group for group in app.button_group if group.label == label)


def test_one_tap_puts_a_tag_on_and_another_takes_it_off(screen, venue, jo, add_tags):
    vip, regular = add_tags("VIP", "Regular")
    put_on(venue, jo, regular)
    app = screen("customers/one.py", id=jo.id)
    assert pills(app).value == [regular]
    pills(app).set_value([regular, vip]).run()
    assert tags_of(venue, jo) == [("Regular", None), ("VIP", None)]
    assert toasts(app) == ["VIP added"]
    pills(app).set_value([vip]).run()
    assert tags_of(venue, jo) == [("VIP", None)]
    assert toasts(app)[-1] == "Regular removed"
    undo_id = next(given(app, "toast"))["messages"][-1]["undo"]
    with venue.transaction(DESK) as session:
        undo(session, undo_id, now=clock.now())
    assert tags_of(venue, jo) == [("Regular", None), ("VIP", None)]


def test_a_tap_leaves_what_others_did_since(screen, venue, jo, add_tags):
    vip, regular = add_tags("VIP", "Regular")
    app = screen("customers/one.py", id=jo.id)
    put_on(venue, jo, regular)
    pills(app).set_value([vip]).run()
    assert tags_of(venue, jo) == [("Regular", None), ("VIP", None)]


def test_a_tag_that_was_deleted_since_is_said_to_be_gone(screen, venue, jo, add_tags):
    (vip,) = add_tags("VIP")
    app = screen("customers/one.py", id=jo.id)
    with venue.transaction(DESK) as session:
        tags.delete(session, vip, now=clock.now())
    pills(app).set_value([vip]).run()
    assert not app.exception
    assert toasts(app) == ["This tag no longer exists."]


def test_many_tags_are_behind_a_button(screen, venue, jo, add_tags):
    made = add_tags(*(f"Tag {number:02}" for number in range(12)))
    put_on(venue, jo, made[11])
    app = screen("customers/one.py", id=jo.id)
    assert pills(app).options[0].endswith("Tag 11")
    assert len(pills(app).options) == 8
    assert len(pills(app, "More tags").options) == 4
    pills(app, "More tags").set_value([made[10]]).run()
    assert tags_of(venue, jo) == [("Tag 10", None), ("Tag 11", None)]


def test_each_tag_has_a_last_day_of_its_own(screen, venue, jo, add_tags):
    birthday, allergy = add_tags("Birthday", "Nut allergy")
    put_on(venue, jo, allergy)
    with venue.transaction(DESK) as session:
        tags.put_on(session, jo.id, birthday, last_day=clock.date(2027, 3, 6), now=clock.now())
    app = open_dialog(screen("customers/one.py", id=jo.id), "tag_last_day")
    assert field(app, "Last day").value == "06/03/2027"
    field(app, "Tag").set_value(allergy).run()
    assert field(app, "Last day").value == ""
    press(app, "dialog.save")
    assert sorted(tags_of(venue, jo)) == [("Birthday", clock.date(2027, 3, 6)), ("Nut allergy", None)]


def test_a_tag_gets_a_last_day_and_loses_it(screen, venue, jo, add_tags):
    put_on(venue, jo, *add_tags("VIP"))
    app = open_dialog(screen("customers/one.py", id=jo.id), "tag_last_day")
    field(app, "Last day").input("1/1/2020")
    press(app, "dialog.save")
    assert "This day is in the past" in said(app)
    field(app, "Last day").input("31/03/2027")
    press(app, "dialog.save")
    assert tags_of(venue, jo) == [("VIP", clock.date(2027, 3, 31))]
    assert "until 31 Mar" in pills(app).options[0]
    app = open_dialog(app, "tag_last_day")
    field(app, "Last day").input("soon")
    press(app, "dialog.save")
    assert tags_of(venue, jo) == [("VIP", clock.date(2027, 3, 31))]
    field(app, "Last day").input("")
    press(app, "dialog.save")
    assert tags_of(venue, jo) == [("VIP", None)]


def test_without_any_tags_the_page_says_nothing_of_them(screen, jo):
    assert not screen("customers/one.py", id=jo.id).button_group


@pytest.mark.parametrize("file", ["events/one.py", "events/door_list.py"])
def test_tags_for_the_door_are_beside_the_guest(screen, venue, jo, add_event, book, add_tags, file):
    quiz = add_event()
    book(jo, quiz)
    put_on(venue, jo, *add_tags("Nut allergy", at_door=True, colour="red"), *add_tags("Regular"))
    (shown,) = given(screen(file, id=quiz.id), "guest_list")
    assert [row["tags"] for row in shown["rows"]] == [[{"colour": "red", "words": "Nut allergy"}]]
