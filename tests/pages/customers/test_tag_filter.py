"""The filter by tags on the list of customers."""

from uuid import uuid4

from tests.pages.conftest import button, people, said
from tests.pages.customers.test_tags import add_tags, put_on
from venue import clock, tags
from venue.roles import DESK

__all__ = ["add_tags"]


def names(app) -> list[str]:
    return [person["first_name"] for person in people(app)]


def test_tags_are_chosen_and_removed_again(screen, venue, add_customer, add_tags):
    vip, regular = add_tags("VIP", "Regular")
    put_on(venue, add_customer("Ann"), vip, regular)
    put_on(venue, add_customer("Bob"), vip)
    add_customer("Cy")
    app = screen("customers/list.py", tag=vip)
    assert names(app) == ["Ann", "Bob"]
    assert button(app, "Tag\\: VIP")
    app = screen("customers/list.py", tag=f"{vip},{regular}")
    assert names(app) == ["Ann"]
    assert button(app, "Tags\\: VIP and Regular")
    app.button("off.tags").click().run()
    assert names(app) == ["Ann", "Bob", "Cy"]
    assert names(screen("customers/list.py", untagged="true")) == ["Cy"]


def test_a_tag_that_does_not_exist_is_said_and_finds_no_one(screen, venue, add_customer, add_tags):
    add_customer()
    (vip,) = add_tags("VIP")
    with venue.transaction(DESK) as session:
        tags.delete(session, vip, now=clock.now())
    for unknown in (vip, uuid4()):
        app = screen("customers/list.py", tag=unknown)
        assert "A tag of this address no longer exists." in said(app)
        assert names(app) == []
    app.button("off.tags").click().run()
    assert "no longer exists" not in said(app)
    assert names(app) == ["Jo"]


def test_a_mistyped_tag_is_said(screen, add_customer):
    add_customer()
    app = screen("customers/list.py", tag="vip")
    assert "The tag in this address is mistyped: all tags are shown." in said(app)
    assert names(app) == ["Jo"]


def test_tags_are_chosen_behind_the_button(screen, venue, add_customer, add_tags):
    vip, regular = add_tags("VIP", "Regular")
    put_on(venue, add_customer("Ann"), vip, regular)
    put_on(venue, add_customer("Bob"), vip)
    app = screen("customers/list.py", tag=regular)
    app.session_state["filters"] = True
    app.run()
    (chosen,) = [each for each in app.multiselect if each.label == "Tags"]
    assert chosen.value == [regular]
    chosen.set_value([vip]).run()
    assert names(app) == ["Ann", "Bob"]
    assert app.query_params["tag"] == str(vip)
