"""A booking that is added when the event is over: a manager's, with a reason."""

from sqlalchemy import select

from db.models import Booking, Message
from pages.parts import context
from tests import signed_in
from tests.pages.conftest import button, field, said
from venue import clock
from venue.roles import DESK, Role


def stored(venue, model):
    with venue.reading(DESK) as session:
        return session.scalars(select(model)).all()


def test_a_manager_books_onto_a_past_event_with_a_reason(venue, screen, add_customer, add_event):
    jo, quiz = add_customer(), add_event(days=-3)
    app = screen("events/one.py", id=quiz.id)
    assert "needs a reason" in said(app)
    button(app, "Add booking").click().run()
    field(app, "Search customers").set_value("smi").run()
    app.button(key=f"choose.{jo.id}").click().run()
    app.button(key="dialog.save").click().run()
    assert "This event is over\\: enter the reason" in said(app)
    assert stored(venue, Booking) == []

    field(app, "Reason").set_value("Came without booking").run()
    app.button(key="dialog.save").click().run()
    (booking,) = stored(venue, Booking)
    assert booking.notes == "Came without booking"
    assert stored(venue, Message) == []


def test_staff_do_not(venue, screen, add_event, monkeypatch):
    quiz = add_event(days=-3)
    token = signed_in.sign_in(venue, now=clock.now(), name="Sam", role=Role.STAFF)
    monkeypatch.setattr(context, "session_token", lambda: token)
    app = screen("events/one.py", id=quiz.id)
    assert "No more bookings can be added" in said(app)
    assert "Add booking" not in [each.label for each in app.button]


def test_a_coming_event_asks_for_no_reason(screen, add_customer, add_event):
    jo, quiz = add_customer(), add_event(days=0)
    app = screen("events/one.py", id=quiz.id)
    button(app, "Add booking").click().run()
    field(app, "Search customers").set_value("smi").run()
    app.button(key=f"choose.{jo.id}").click().run()
    assert "Reason" not in [each.label for each in app.text_input]
