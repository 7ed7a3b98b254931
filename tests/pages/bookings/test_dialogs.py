"""What the booking dialogs say of events that are full, over or cancelled, and of guests who are booked already."""

import pytest
from sqlalchemy import select

from db.models import Booking, Message
from pages.parts.format import plain
from tests.pages.conftest import button, field, said
from venue import bookings, clock, customers, events
from venue.messages import blocking
from venue.roles import DESK


def all_of(venue, model):
    with venue.reading(DESK) as session:
        return session.scalars(select(model)).all()


def add_booking(screen, customer, event=None):
    app = screen("customers/one.py", id=customer.id)
    app.session_state["visit.dialog"] = ("book", None)
    app.run()
    if event:
        field(app, "Event").set_value(event.id).run()
    return app


def save(app):
    app.button(key="dialog.save").click().run()
    assert not app.exception
    return app


@pytest.fixture
def al(add_customer):
    return add_customer("Al", "Jones", "07700 900001")


def test_a_full_event_is_offered_for_a_reminder_only(venue, screen, add_customer, add_event, book, al):
    quiz, music = add_event(capacity=2), add_event("Music", days=11)
    book(al, quiz)
    app = add_booking(screen, add_customer(), music)
    field(app, "Seats").set_value(6).run()

    assert "Quiz Night (full · waitlist or reminder)" in field(app, "Event").options
    field(app, "Event").set_value(quiz.id).run()
    assert (field(app, "Seats").value, field(app, "Seats").disabled) == (0, True)
    assert "Quiz Night is full" in said(app)

    field(app, "Event").set_value(music.id).run()
    assert field(app, "Seats").value == 6
    field(app, "Event").set_value(quiz.id).run()
    save(app)
    assert sorted(booking.seats for booking in all_of(venue, Booking)) == [0, 2]


def test_a_full_event_takes_a_reminder_only_from_its_own_page(venue, screen, add_customer, add_event, book, al):
    jo, quiz = add_customer(), add_event(capacity=2)
    book(al, quiz)
    app = screen("events/one.py", id=quiz.id)
    app.session_state["visit.dialog"] = ("book", (quiz.id, jo.id))
    app.run()
    assert field(app, "Seats").disabled
    save(app)
    assert sorted(booking.seats for booking in all_of(venue, Booking)) == [0, 2]


@pytest.mark.parametrize("taken", [2, 1])
def test_an_event_that_filled_up_is_named_and_nothing_typed_is_lost(
    venue, screen, add_customer, add_event, book, al, taken
):
    quiz = add_event(capacity=2)
    app = add_booking(screen, add_customer(), quiz)
    field(app, "Notes").set_value("Birthday").run()
    book(al, quiz, seats=taken)

    save(app)

    words = "Quiz Night is full" if taken == 2 else "Only 1 seat is left for Quiz Night"
    assert words in app.error[0].value
    assert (field(app, "Event").value, field(app, "Seats").value, field(app, "Notes").value) == (quiz.id, 2, "Birthday")
    assert len(all_of(venue, Booking)) == 1


def test_a_cancelled_event_is_said_to_be_cancelled(venue, screen, add_customer, add_event):
    quiz = add_event()
    app = add_booking(screen, add_customer(), quiz)
    with venue.transaction(DESK) as session:
        events.cancel(session, quiz.id, now=clock.now())

    assert "Quiz Night is cancelled" in save(app).error[0].value


def test_a_second_attempt_opens_the_first_booking(venue, screen, add_customer, add_event, book):
    jo, quiz = add_customer(), add_event()
    app = add_booking(screen, jo, quiz)
    field(app, "Seats").set_value(5).run()
    field(app, "Notes").set_value("Birthday").run()
    first = book(jo, quiz, seats=3, notes="Window")

    save(app)

    assert app.session_state["visit.dialog"] == ("edit", first.id)
    assert (field(app, "Seats").value, field(app, "Notes").value) == (3, "Window")
    assert "Jo Smith is already booked on Quiz Night" in app.info[0].value
    assert plain("You typed 5 seats, ‘Birthday’") in app.info[0].value
    field(app, "Seats").set_value(5).run()
    save(app)
    assert [booking.seats for booking in all_of(venue, Booking)] == [5]


def test_a_guest_is_opened_from_the_event(screen, add_customer, add_event, book):
    jo, quiz = add_customer(), add_event()
    booking = book(jo, quiz, seats=4)
    app = screen("events/one.py", id=quiz.id)
    button(app, "Add booking").click().run()
    field(app, "Search customers").set_value("smi").run()

    assert "already booked\\: 4 seats" in app.button(key=f"choose.{jo.id}").label
    app.button(key=f"choose.{jo.id}").click().run()
    assert app.session_state["visit.dialog"] == ("edit", booking.id)


def test_a_full_events_own_booking_counts_its_own_seats(venue, screen, add_customer, add_event, book, al):
    quiz = add_event(capacity=6)
    book(al, quiz, seats=2)
    booking = book(add_customer(), quiz, seats=4)
    app = screen("events/one.py", id=quiz.id)
    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()

    words = plain("Only 4 seats are left for Quiz Night, including the 4 of this booking")
    assert words in said(app)
    field(app, "Seats").set_value(5).run()
    assert words in save(app).error[0].value


def test_a_chip_sets_the_seats_and_the_field_the_chip(screen, add_customer, add_event):
    app = add_booking(screen, add_customer(), add_event())
    (chips,) = app.pills
    assert chips.value == 2

    chips.set_value(4).run()
    assert field(app, "Seats").value == 4
    assert "(4 seats)" in said(app)
    field(app, "Seats").set_value(12).run()
    assert app.pills[0].value is None
    field(app, "Seats").set_value(0).run()
    assert app.pills[0].value == 0


@pytest.mark.parametrize("closed", ["over", "cancelled"])
def test_an_event_that_is_over_or_cancelled_cannot_be_cancelled_or_booked_as_usual(
    venue, screen, add_customer, add_event, book, closed
):
    quiz = add_event(days=-3 if closed == "over" else 3)
    booking = book(add_customer(), quiz, **({"reason": "Walked in"} if closed == "over" else {}))
    if closed == "cancelled":
        with venue.transaction(DESK) as session:
            events.cancel(session, quiz.id, now=clock.now())
    sent = len(all_of(venue, Message))
    app = screen("events/one.py", id=quiz.id)
    app.session_state["more"] = True
    app.run()

    shown = [each.label for each in app.button]
    assert "Duplicate" in shown
    assert [label for label in shown if "Cancel event" in label] == []
    # Managers book onto a past event with a reason (tests/pages/events/test_past_events.py).
    assert ("Add booking" in shown) == (closed == "over")

    app.session_state["visit.dialog"] = ("edit", booking.id)
    app.run()
    assert "Text the customer" not in [each.label for each in app.checkbox]
    field(app, "Seats").set_value(5).run()
    save(app)
    with venue.reading(DESK) as session:
        assert bookings.get(session, booking.id).seats == 5
    assert len(all_of(venue, Message)) == sent


def test_of_many_events_the_soonest_are_there_and_the_others_in_a_list(venue, screen, add_customer, add_event):
    last = [add_event(f"Quiz {day}", days=day) for day in range(1, 13)][-1]
    app = add_booking(screen, add_customer())
    assert [words.split(" (")[0] for words in field(app, "Event").options] == [
        *(f"Quiz {day}" for day in range(1, 6)),
        "Another event",
    ]

    field(app, "Event").set_value("Another event").run()
    save(app)
    assert app.error[0].value == "Choose an event"
    field(app, "Another event").set_value(last.id).run()
    save(app)
    assert [booking.event_id for booking in all_of(venue, Booking)] == [last.id]


OPENED = {
    "booked": lambda booking, other: ("book", (booking.event_id, other)),
    "changed": lambda booking, _: ("edit", booking.id),
    "moved": lambda booking, other: ("move_booking", (booking.id, other)),
}


@pytest.mark.parametrize("what", OPENED)
@pytest.mark.parametrize(
    ("email", "prefers", "stopped", "by"),
    [
        ("", False, False, ""),
        ("al@example.com", False, False, ""),
        ("al@example.com", True, False, "By e-mail: they prefer it"),
        ("al@example.com", False, True, "By e-mail: the number gets no texts"),
        ("", False, True, "No text will be sent"),
    ],
)
def test_it_says_how_the_guest_will_be_told(
    venue, screen, add_customer, add_event, book, al, what, email, prefers, stopped, by
):
    booking = book(al if what == "changed" else add_customer(), add_event())
    with venue.transaction(DESK) as session:
        if email:
            fields = {"email": email, "prefers_email": prefers}
            customers.update(session, al.id, version=1, **fields, now=clock.now())
        if stopped:
            blocking.stop_texting(session, al.mobile_number, now=clock.now())
    app = screen("events/one.py", id=booking.event_id)
    app.session_state["visit.dialog"] = OPENED[what](booking, al.id)
    app.run()
    if what == "changed":
        field(app, "Seats").set_value(3).run()
    told = said(app)
    assert by in told
    assert ("Hi Al" in told) == (by != "No text will be sent")
    assert ("By e-mail" in told) == by.startswith("By e-mail")
