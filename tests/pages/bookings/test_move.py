"""Moving a booking to another customer, from the dialog of the booking."""

from typing import Any

from sqlalchemy import select

from db.models import Booking, Message
from tests.pages.conftest import button, field, said, toasts
from venue.profile import Venue
from venue.roles import DESK


def test_a_booking_is_moved_and_the_right_one_texted(
    screen: Any, venue: Venue, add_customer: Any, add_event: Any, book: Any
) -> None:
    wrong, right = add_customer("Ann", "Lee", "+447700900123"), add_customer("Bea", "Hill", "+447700900124")
    booking = book(wrong, add_event())
    app = screen("customers/one.py", id=wrong.id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()
    button(app, "Move to another customer…").click().run()
    field(app, "Search customers").set_value("e").run()
    choices = [each for each in app.button if (each.key or "").startswith("move_to.")]
    assert ["Bea" in each.label for each in choices] == [True]
    choices[0].click().run()
    assert "It becomes the booking of **Bea Hill**" in said(app)
    assert "Hi Bea" in said(app)
    app.button(key="dialog.save").click().run()
    assert toasts(app) == ["Moved to Bea Hill"]
    with venue.reading(DESK) as session:
        assert session.scalars(select(Booking.customer_id)).all() == [right.id]
        told = select(Message.customer_id).where(Message.kind == "confirmation", Message.state == "planned")
        assert session.scalars(told).all() == [right.id]


def test_who_is_booked_already_is_said(screen: Any, venue: Venue, add_customer: Any, add_event: Any, book: Any) -> None:
    wrong, right, event = add_customer("Ann", "Lee"), add_customer("Bea", "Hill", "+447700900124"), add_event()
    booking = book(wrong, event)
    book(right, event)
    app = screen("customers/one.py", id=wrong.id)
    app.session_state["visit.dialog"] = ("move_booking", (booking.id, right.id))
    app.run()
    app.button(key="dialog.save").click().run()
    assert "Bea Hill is already booked on Quiz Night" in said(app)
    with venue.reading(DESK) as session:
        assert session.get_one(Booking, booking.id).customer_id == wrong.id
