"""The page of all journal entries: sentences, filters in the address, paging, and undo."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db.models import Booking, Message
from pages.journal.entries_shown import NEEDED
from sms.texts import Kind
from tests import signed_in
from tests.pages.conftest import rows, said, sections, toasts
from tests.venue.imports.uploads import imported, shown
from venue import acts, bookings, choices, clock, events, privacy
from venue.acts import Act
from venue.imports.runs import ImportState
from venue.journal import undoable
from venue.roles import DESK, Actor, Role

SAM = Actor.with_role("Sam", Role.MANAGER)


@pytest.fixture
def journal(screen):
    return lambda **address: screen("journal/list.py", **address)


@pytest.fixture
def change_booking(venue, add_customer, add_event, book):
    """Sam changes a booking of 2 seats."""

    def change(seats: int = 4) -> Booking:
        booking = book(add_customer(), add_event(), seats=2)
        with venue.transaction(SAM) as session:
            known = {"version": booking.version, "now": clock.now(), "tell_customer": False}
            bookings.update(session, booking.id, seats=seats, **known)
        return booking

    return change


def sentences(app) -> list[str]:
    return [row["cells"][1] for row in rows(app, "Journal entries")]


def links(app) -> dict[str, str]:
    return {link["label"]: link["address"] for section in sections(app) for link in section.get("links", ())}


def open_undo(app, place: int = 0):
    """The dialog about undoing the entry in this place."""
    [way] = rows(app, "Journal entries")[place]["ways"]
    assert (way["label"], way["name"]) == ("Undo", "undo_entry")
    app.session_state["visit.dialog"] = (way["name"], int(way["about"]))
    app.run()
    assert not app.exception
    return app


def seats_of(venue, booking: Booking) -> int:
    with venue.reading(DESK) as session:
        return session.get_one(Booking, booking.id).seats


def test_entries_are_sentences_latest_first_that_open_their_subject(journal, change_booking):
    booking = change_booking()
    app = journal()
    assert sentences(app)[:2] == [
        "Sam changed the booking of Jo Smith for Quiz Night: seats 2 → 4",
        "Staff booked Jo Smith onto Quiz Night (2 seats) and notified them",
    ]
    assert rows(app, "Journal entries")[0]["address"] == f"customer?id={booking.customer_id}"


def test_they_are_filtered_by_what_was_done_and_by_day(venue, journal, add_customer):
    add_customer("Ada", "Lovelace")
    with venue.transaction(SAM) as session:
        yesterday = clock.now() - timedelta(days=1)
        acts.note(session, Act.CUSTOMERS_EXPORTED, now=yesterday)
    assert sentences(journal(what="Customers exported")) == ["Sam exported customers"]
    day = f"{clock.today(clock.now(), venue.zone) - timedelta(days=1):%d/%m/%Y}"
    assert sentences(journal(on=day)) == ["Sam exported customers"]


def test_they_are_filtered_by_person(venue, journal, add_customer):
    add_customer()
    with venue.transaction(SAM) as session:
        acts.note(session, Act.CUSTOMERS_EXPORTED, now=clock.now())
    assert sentences(journal(person="Max")) == []


@pytest.mark.parametrize("name", ["customer", "event", "booking"])
def test_they_are_filtered_by_subject(journal, change_booking, add_customer, name):
    booking = change_booking()
    add_customer("Ada", "Lovelace", "07700 900456")
    ids = {"customer": booking.customer_id, "event": booking.event_id, "booking": booking.id}
    app = journal(**{name: ids[name]})
    assert "Sam changed the booking of Jo Smith for Quiz Night: seats 2 → 4" in sentences(app)
    assert not [sentence for sentence in sentences(app) if "Ada" in sentence]


def test_a_subject_that_was_deleted_is_said_to_be(venue, journal, add_customer):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        privacy.erase(session, jo.id, now=clock.now())
    app = journal(customer=jo.id)
    assert "a deleted customer" in said(app)
    assert "Staff permanently deleted a customer" in sentences(app)


def test_older_entries_are_on_the_next_page(venue, journal):
    with venue.transaction(SAM) as session:
        for _ in range(60):
            acts.note(session, Act.CUSTOMERS_EXPORTED, now=clock.now())
    app = journal()
    assert len(sentences(app)) == 50
    older = links(app)["Older"]
    app = journal(after=older.split("after=")[1])
    assert sentences(app)[:10] == ["Sam exported customers"] * 10
    assert len(sentences(app)) < 50
    assert links(app) == {"Latest": "journal"}


def test_undo_says_first_what_it_will_do_and_then_does_it(venue, journal, change_booking):
    booking = change_booking()
    app = open_undo(journal())
    assert "seats 4 → 2" in said(app).replace("\\", "")
    assert seats_of(venue, booking) == 4
    app.button(key="dialog.save").click().run()
    assert seats_of(venue, booking) == 2
    assert "Undone" in toasts(app)
    assert sentences(app)[0].startswith("Max undid a change")
    assert rows(app, "Journal entries")[1]["cells"][2] == {"colour": "gray", "words": "Undone"}


@pytest.fixture
def cancelled(venue, add_customer, add_event, book):
    """The id of an event that Sam cancelled, of which its guest was texted."""
    event = add_event()
    book(add_customer(), event)
    with venue.transaction(SAM) as session:
        events.cancel(session, event.id, now=clock.now())
        (text,) = session.scalars(select(Message).where(Message.kind == Kind.EVENT_CANCELLED.value))
        text.state, text.provider_id = "delivered", "SM1"
    return event.id


def on_again(venue) -> int:
    with venue.reading(DESK) as session:
        return session.scalar(select(func.count()).where(Message.kind == Kind.EVENT_ON_AGAIN.value)) or 0


@pytest.mark.parametrize("tell", [True, False])
def test_undo_asks_whether_to_text_those_again_who_were_texted(venue, journal, cancelled, tell):
    app = open_undo(journal())
    assert "Quiz Night: 1 guest got a text that it is cancelled" in said(app).replace("\\", "")
    asked = app.checkbox(key="undo_entry.tell")
    assert asked.value
    asked.set_value(tell)
    app.button(key="dialog.save").click().run()
    assert on_again(venue) == int(tell)
    left = "Undone in part. Quiz Night: 1 guest got a text that it is cancelled: let them know"
    assert ("Undone. 1 guest texted" if tell else left) in toasts(app)


def test_every_act_that_can_be_undone_offers_it_in_the_list():
    assert NEEDED.keys() == undoable.UNDOABLE


def test_a_change_of_settings_is_undone_from_the_list(venue, journal):
    with venue.transaction(SAM) as session:
        choices.save(session, "venue_name", "The Crown", now=clock.now())
    app = open_undo(journal())
    assert "Name: the default" in said(app).replace("\\", "")
    app.button(key="dialog.save").click().run()
    with venue.reading(DESK) as session:
        assert choices.listed(session)["venue_name"] == "The Anchor"


def test_undo_is_refused_with_the_reason_when_it_was_changed_since(venue, journal, change_booking):
    booking = change_booking()
    app = journal()
    with venue.transaction(SAM) as session:
        version = session.get_one(Booking, booking.id).version
        bookings.update(session, booking.id, seats=5, version=version, now=clock.now(), tell_customer=False)
    app = open_undo(app)
    assert "seats were changed since" in said(app)
    assert "dialog.save" not in [each.key for each in app.button]
    assert seats_of(venue, booking) == 5


def test_a_deletion_offers_no_undo(venue, journal, add_customer):
    jo = add_customer()
    with venue.transaction(DESK) as session:
        privacy.erase(session, jo.id, now=clock.now())
    assert "ways" not in rows(journal(), "Journal entries")[0]


def test_staff_who_are_no_managers_are_told_why_they_do_not_see_it(venue, screen, monkeypatch):
    token = signed_in.sign_in(venue, now=clock.now(), name="Robin", role=Role.STAFF)
    monkeypatch.setattr("pages.parts.context.session_token", lambda: token)
    app = screen("journal/list.py")
    assert "Robin may not view the journal\\: ask a manager" in said(app)
    assert rows(app, "Journal entries") == []


def test_an_import_is_undone_from_the_journal(venue, journal):
    done = imported(venue, now=clock.now())

    app = open_undo(journal())
    assert "2 customers are removed" in said(app)
    app.button(key="dialog.save").click().run()

    assert shown(venue, done.id).state is ImportState.UNDONE
