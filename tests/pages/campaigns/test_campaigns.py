"""Bulk texts on screens: written with a preview, checked, confirmed by the typed number, paused and stopped."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from db.models import Campaign, Message
from tests.pages.conftest import button, field, rows, said, sections, toasts
from venue import campaigns, clock, views
from venue.privacy import consents
from venue.profile import Venue
from venue.roles import DESK

Screen = Callable[..., AppTest]


@pytest.fixture
def agreeing(venue: Venue, add_customer: Any) -> Callable[..., Any]:
    def add(*name: str) -> Any:
        customer = add_customer(*name)
        with venue.transaction(DESK) as session:
            how = {"channel": "text", "basis": "consent", "how": "In person", "wording": "May we?"}
            consents.record(session, customer.id, **how, now=clock.now())
        return customer

    return add


@pytest.fixture
def jazz(venue: Venue, agreeing: Any) -> Campaign:
    """A draft to the one customer who agreed."""
    agreeing("Ann", "Lee", "07700 900001")
    with venue.transaction(DESK) as session:
        return campaigns.add(session, name="Jazz", query={}, body="{venue_name}: Hi {first_name}!", now=clock.now())


def stored(venue: Venue) -> Campaign:
    with venue.reading(DESK) as session:
        return session.query(Campaign).one()


def test_it_is_written_with_a_preview_and_checked(
    screen: Screen, venue: Venue, agreeing: Any, add_customer: Any
) -> None:
    agreeing("Ann", "Lee", "07700 900001")
    add_customer("Bob", "Lee", "07700 900002")
    app = screen("campaigns/edit.py", list="q=lee")
    assert field(app, "To").options[0] == "‘lee’"
    field(app, "Message").set_value("Hi {first_name}, jazz!").run()
    assert "Say who it is from" in said(app)
    field(app, "Message").set_value("{venue_name}: Hi {first_name}, jazz!").run()
    assert "The Anchor: Hi Ann, jazz! Reply STOP to opt out." in said(app)
    button(app, "Save and check").click().run()
    assert "Enter a name" in said(app)
    field(app, "Name").set_value("Jazz").run()
    button(app, "Save and check").click().run()
    assert (stored(venue).name, stored(venue).query) == ("Jazz", '{"q": "lee"}')
    words = said(app)
    for each in (
        "2 customers",
        "Never asked whether they want news",
        "1 text · 1 SMS",
        "Not known: set the price",
        "Hi Ann, jazz!",
    ):
        assert each in words


def test_a_filter_that_is_a_saved_view_is_called_by_its_name(screen: Screen, venue: Venue, jazz: Campaign) -> None:
    with venue.transaction(DESK) as session:
        campaigns.update(session, jazz.id, version=1, query={"q": "lee"}, now=clock.now())
        view = views.save(session, name="Quiz regulars", query={"q": "lee"}, shared=True, now=clock.now()).id
    in_view = "Customers in the view Quiz regulars"
    assert f"To: {in_view}" in said(screen("campaigns/one.py", id=jazz.id))
    assert field(screen("campaigns/edit.py", list=f"q=lee&saved={view}.1"), "To").value == '{"q": "lee"}'
    assert field(screen("campaigns/edit.py", id=jazz.id), "To").options[0] == in_view
    with venue.transaction(DESK) as session:
        views.update(session, view, version=1, query={"q": "smith"}, now=clock.now())
    assert "To: ‘lee’" in said(screen("campaigns/one.py", id=jazz.id))


def test_the_number_is_typed_and_a_changed_audience_is_shown(
    screen: Screen, venue: Venue, jazz: Campaign, agreeing: Any
) -> None:
    app = screen("campaigns/one.py", id=jazz.id)
    button(app, "Send…").click().run()
    agreeing("Bob", "Lee", "07700 900002")
    app.number_input[0].set_value(1).run()
    app.button(key="dialog.save").click().run()
    assert "1 customer more would get it" in said(app)
    app.number_input[0].set_value(1).run()
    app.button(key="dialog.save").click().run()
    assert "Type 2" in said(app)
    app.number_input[0].set_value(2).run()
    app.button(key="dialog.save").click().run()
    assert "2 texts queued" in toasts(app)
    assert stored(venue).state == "sending"
    assert "Waiting" in said(app)


def test_it_is_paused_resumed_and_stopped(screen: Screen, venue: Venue, jazz: Campaign) -> None:
    with venue.transaction(DESK) as session:
        ids = campaigns.find(session, jazz, now=clock.now()).ids
        campaigns.confirm(session, jazz.id, version=1, ids=ids, count=1, now=clock.now())
    app = screen("campaigns/one.py", id=jazz.id)
    button(app, "Pause").click().run()
    assert "Paused" in said(app)
    assert "Jazz: paused, 1 of 1 text waiting" in str(sections(screen("today.py")))
    button(app, "Resume").click().run()
    button(app, ":red[Stop]").click().run()
    app.button(key="dialog.save").click().run()
    assert stored(venue).state == "stopped"
    assert "The bulk text was stopped" in said(app)
    with venue.reading(DESK) as session:
        assert session.query(Message).one().state == "skipped"
    assert "Jazz" in said(screen("campaigns/list.py"))
    assert "Bulk texts" not in str(sections(screen("today.py")))


def test_one_of_its_texts_says_why_it_waits_and_promises_no_time(screen: Screen, venue: Venue, jazz: Campaign) -> None:
    with venue.transaction(DESK) as session:
        ids = campaigns.find(session, jazz, now=clock.now()).ids
        campaigns.confirm(session, jazz.id, version=1, ids=ids, count=1, now=clock.now())
        text = session.query(Message).one().id
    edited = screen("campaigns/edit.py", id=jazz.id)
    assert "It was confirmed" in said(edited)
    assert not edited.text_area
    app = screen("messages/one.py", id=text)
    assert "Waiting: bulk texts are sent one after another, 09:00-20:00" in said(app).replace("\\", "")
    assert "Due" not in str(app.table[0].value)
    with venue.transaction(DESK) as session:
        campaigns.pause(session, jazz.id, now=clock.now())
    app = screen("messages/one.py", id=text)
    assert "Waiting\\: the bulk text is paused" in said(app)
    assert "** Scheduled" not in said(app)
    (row,) = rows(screen("messages/list.py"))
    assert row["cells"][0] == "Waiting"
    assert "No texts" in said(screen("messages/list.py", texts="Next 7 days"))


def test_a_draft_is_edited_and_deleted(screen: Screen, venue: Venue, jazz: Campaign) -> None:
    app = screen("campaigns/edit.py", id=jazz.id)
    field(app, "Name").set_value("Blues").run()
    button(app, "Save and check").click().run()
    assert (stored(venue).name, stored(venue).version) == ("Blues", 2)
    app = screen("campaigns/one.py", id=jazz.id)
    button(app, ":red[Delete]").click().run()
    app.button(key="dialog.save").click().run()
    assert "No bulk texts yet" in said(app)
