"""A booking changed in its dialog, also while a colleague changes it."""

import pytest

from db.models import Booking, Message
from tests.pages.conftest import field, said
from venue import bookings, clock
from venue.messages.outbox import Kind
from venue.roles import DESK


@pytest.fixture
def dialog(screen, add_customer, add_event, book):
    """The open dialog, and the booking it is about."""
    booking = book(add_customer(), add_event(), notes="Window seat")
    app = screen("customers/one.py", id=booking.customer_id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    return app.run(), booking


def save(app) -> None:
    app.button(key="dialog.save").click().run()


def saved(venue, booking) -> tuple[int, str]:
    with venue.reading(DESK) as session:
        row = session.get_one(Booking, booking.id)
        return row.seats, row.notes


def colleague(venue, booking, **fields) -> None:
    with venue.transaction(DESK) as session:
        bookings.update(session, booking.id, version=booking.version, now=clock.now(), tell_customer=False, **fields)


def changes_queued(venue) -> int:
    with venue.reading(DESK) as session:
        return session.query(Message).filter(Message.kind == Kind.CHANGE.value).count()


def test_a_note_is_saved_without_a_text_to_the_guest(venue, dialog):
    app, booking = dialog
    assert not field(app, "Text the customer").value
    field(app, "Notes").set_value("By the door").run()
    save(app)
    assert saved(venue, booking) == (2, "By the door")
    assert changes_queued(venue) == 0


def test_a_note_is_texted_when_that_is_ticked(venue, dialog):
    app, _booking = dialog
    field(app, "Notes").set_value("By the door").run()
    field(app, "Text the customer").check().run()
    save(app)
    assert changes_queued(venue) == 1


def test_other_seats_are_texted_unless_that_is_unticked(venue, dialog):
    app, _booking = dialog
    field(app, "Seats").set_value(4).run()
    assert field(app, "Text the customer").value
    save(app)
    assert changes_queued(venue) == 1


def test_what_a_colleague_changed_stays_when_the_other_field_is_saved(venue, dialog):
    app, booking = dialog
    colleague(venue, booking, notes="Brings a dog")
    field(app, "Seats").set_value(4).run()
    save(app)
    assert saved(venue, booking) == (4, "Brings a dog")
    assert "Someone else also changed: notes" in said(app)


def test_only_what_both_changed_is_asked_about(venue, dialog):
    app, booking = dialog
    colleague(venue, booking, seats=3, notes="Brings a dog")
    field(app, "Seats").set_value(4).run()
    save(app)
    assert "Saved: 3  \nYours: 4" in said(app)
    assert "They also changed: notes" in said(app)
    assert saved(venue, booking) == (3, "Brings a dog")

    app.button(key="conflict.mine").click().run()
    assert saved(venue, booking) == (4, "Brings a dog")


def test_a_conflict_is_not_shown_in_the_dialog_that_is_opened_next(venue, dialog):
    app, booking = dialog
    colleague(venue, booking, seats=3)
    field(app, "Seats").set_value(4).run()
    save(app)
    assert "Saved: 3  \nYours: 4" in said(app)
    app.button(key="dialog.cancel").click().run()
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()
    assert field(app, "Seats").value == 3
    assert "Yours" not in said(app)


def test_theirs_can_be_left_as_it_is(venue, dialog):
    app, booking = dialog
    colleague(venue, booking, seats=3)
    field(app, "Seats").set_value(4).run()
    save(app)
    app.button(key="conflict.saved").click().run()
    assert saved(venue, booking) == (3, "Window seat")
    assert "dialog.save" not in [button.key for button in app.button]
