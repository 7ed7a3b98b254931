"""The history of one record on its own screen, and the toast that undoes what was just saved."""

import pytest

from db.models import Booking, Customer, Event, Template
from sms.texts import Kind
from tests import signed_in
from tests.pages.conftest import button, field, given, rows
from venue import bookings, clock, customers, events
from venue.journal import undo
from venue.messages import templates
from venue.roles import DESK, Role


@pytest.fixture
def jo(add_customer) -> Customer:
    return add_customer()


@pytest.fixture
def quiz(add_event) -> Event:
    return add_event()


@pytest.fixture
def booking(book, jo, quiz) -> Booking:
    return book(jo, quiz)


@pytest.fixture
def write(venue):
    def write(command, *args, **fields):
        with venue.transaction(DESK) as session:
            return command(session, *args, now=clock.now(), **fields)

    return write


def open_history(app, of: str):
    app.session_state[f"history.{of}"] = True
    app.run()
    assert not app.exception
    return app


def sentences(app) -> list[str]:
    return [row["cells"][1] for row in rows(app, "Journal entries")]


def test_a_customer_shows_what_was_done_to_them(screen, write, jo, booking):
    write(customers.update, jo.id, version=jo.version, notes="Brings a dog")
    app = screen("customers/one.py", id=jo.id)
    assert sentences(app) == []
    assert sentences(open_history(app, "customer")) == [
        "Staff changed Jo Smith: notes",
        "Staff booked Jo Smith onto Quiz Night (2 seats) and notified them",
        "Staff added Jo Smith",
    ]


def test_an_event_shows_what_was_done_to_it(screen, write, quiz):
    write(events.update, quiz.id, version=quiz.version, capacity=40)
    app = open_history(screen("events/one.py", id=quiz.id), "event")
    assert sentences(app) == ["Staff changed Quiz Night: capacity unlimited → 40", "Staff added Quiz Night"]


def test_a_booking_shows_what_was_done_to_it_in_its_dialog(screen, write, jo, booking):
    write(bookings.update, booking.id, version=booking.version, seats=4, tell_customer=False)
    app = screen("customers/one.py", id=jo.id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app = open_history(app, "booking")
    assert sentences(app)[0] == "Staff changed the booking of Jo Smith for Quiz Night: seats 2 → 4"


def test_a_template_shows_what_was_done_to_it(screen, write):
    write(templates.save, Kind.CONFIRMATION, body="See you, {first_name}!", version=1)
    app = open_history(screen("messages/templates.py"), f"template.{Kind.CONFIRMATION}")
    assert sentences(app) == ["Staff changed the confirmation template"]


def test_older_entries_of_one_record_are_shown_on_request(screen, write, jo):
    version = jo.version
    for number in range(12):
        version = write(customers.update, jo.id, version=version, notes=f"Note {number}").version
    app = open_history(screen("customers/one.py", id=jo.id), "customer")
    assert len(sentences(app)) == 10
    button(app, "Show older").click().run()
    assert len(sentences(app)) == 13


def test_a_viewer_sees_no_undo_and_no_number(venue, screen, write, jo, monkeypatch):
    write(customers.update, jo.id, version=jo.version, mobile_number="07700 900999")
    token = signed_in.sign_in(venue, now=clock.now(), name="Robin", role=Role.VIEWER)
    monkeypatch.setattr("pages.parts.context.session_token", lambda: token)
    app = open_history(screen("customers/one.py", id=jo.id), "customer")
    assert len(sentences(app)) == 2
    assert [row for row in rows(app, "Journal entries") if row.get("ways")] == []
    assert not [sentence for sentence in sentences(app) if "900999" in sentence or "900123" in sentence]


def undo_from_toast(venue, app):
    """Undo the entry that the toast on this screen offers to undo."""
    [message] = [message for shown in given(app, "toast") for message in shown["messages"]]
    with venue.transaction(DESK) as session:
        return undo.undo(session, message["undo"], now=clock.now())


def stored(venue, model, key):
    with venue.reading(DESK) as session:
        return session.get_one(model, key)


def test_a_saved_customer_can_be_undone_from_the_toast(venue, screen, jo):
    app = screen("customers/edit.py", id=jo.id)
    field(app, "Notes").set_value("Brings a dog")
    button(app, "Save").click().run()
    assert stored(venue, Customer, jo.id).notes == "Brings a dog"
    undo_from_toast(venue, app)
    assert stored(venue, Customer, jo.id).notes == ""


def test_a_saved_event_can_be_undone_from_the_toast(venue, screen, quiz):
    app = screen("events/edit.py", id=quiz.id)
    field(app, "Name").set_value("Pub Quiz")
    button(app, "Save").click().run()
    undo_from_toast(venue, app)
    assert stored(venue, Event, quiz.id).name == "Quiz Night"


def test_a_saved_booking_can_be_undone_from_the_toast(venue, screen, jo, booking):
    app = screen("customers/one.py", id=jo.id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()
    field(app, "Seats").set_value(4).run()
    app.button(key="dialog.save").click().run()
    assert stored(venue, Booking, booking.id).seats == 4
    undo_from_toast(venue, app)
    assert stored(venue, Booking, booking.id).seats == 2


def test_a_saved_template_can_be_undone_from_the_toast(venue, screen, write):
    write(templates.add_missing)  # As `manage.py migrate` does.
    app = screen("messages/templates.py")
    before = field(app, "Message").value
    field(app, "Message").set_value("See you, {first_name}!").run()
    button(app, "Save").click().run()
    kind = Kind.CONFIRMATION.value
    assert stored(venue, Template, kind).body == "See you, {first_name}!"
    undo_from_toast(venue, app)
    assert stored(venue, Template, kind).body == before


def test_saving_without_a_change_offers_no_undo(screen, jo):
    app = screen("customers/edit.py", id=jo.id)
    button(app, "Save").click().run()
    [message] = [message for shown in given(app, "toast") for message in shown["messages"]]
    assert message["undo"] is None


def test_the_history_leads_to_the_journal_for_managers(screen, jo):
    app = open_history(screen("customers/one.py", id=jo.id), "customer")
    link = next(each for each in app.get("page_link") if each.proto.label == "Open in the journal")
    assert link.proto.query_string == f"customer={jo.id}"
