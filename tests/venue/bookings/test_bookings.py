"""Booking, changing and giving up places."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, STAFF, a_booking, a_customer, an_event, an_opt_out, days, hours, texts_to
from venue import bookings, events
from venue.errors import AlreadyBooked, Conflict, Invalid, NotAllowed, NotFound
from venue.profile import Venue

LATER = NOW + hours(1)


def test_booking_queues_a_confirmation_and_both_reminders(session: Session) -> None:
    booking = a_booking(session, event=an_event(session))
    assert [(text.kind, text.state, text.due_at) for text in texts_to(session, booking.customer_id)] == [
        ("confirmation", "planned", NOW),
        ("reminder_7_day", "planned", IN_TWO_WEEKS - days(7)),
        ("reminder_24_hour", "planned", IN_TWO_WEEKS - days(1)),
    ]


def test_reminder_only_takes_no_place_and_gets_both_reminders(session: Session) -> None:
    event = an_event(session, capacity=1)
    a_booking(session, event=event, seats=1)
    booking = a_booking(session, event=event, seats=0)
    assert events.row(session, event.id).seats_taken == 1
    assert {text.kind for text in texts_to(session, booking.customer_id)} == {
        *("confirmation", "reminder_7_day", "reminder_24_hour")
    }


def test_booking_without_notifying_queues_only_reminders(session: Session) -> None:
    booking = a_booking(session, tell_customer=False)
    assert [text.kind for text in texts_to(session, booking.customer_id)] == ["reminder_7_day", "reminder_24_hour"]


def test_a_customer_books_an_event_only_once(session: Session) -> None:
    first = a_booking(session, seats=2)
    for seats in (3, 0):
        with pytest.raises(AlreadyBooked, match="change that booking instead") as refused:
            bookings.book(session, customer_id=first.customer_id, event_id=first.event_id, seats=seats, now=LATER)
        assert refused.value.booking_id == first.id
    assert len(texts_to(session, first.customer_id)) == 3


def test_already_booked_is_reported_before_full(session: Session) -> None:
    first = a_booking(session, event=an_event(session, capacity=4), seats=4)
    with pytest.raises(AlreadyBooked) as refused:
        bookings.book(session, customer_id=first.customer_id, event_id=first.event_id, seats=1, now=LATER)
    assert refused.value.booking_id == first.id
    assert session.scalar(select(func.count()).select_from(Booking)) == 1


@pytest.mark.parametrize(
    ("taken", "asked", "words"),
    [
        (7, 4, "Only 3 seats are left for Quiz Night"),
        (9, 2, "Only 1 seat is left for Quiz Night"),
        (10, 1, "Quiz Night is full: choose 0 seats for a reminder only, or another event"),
    ],
)
def test_what_does_not_fit_is_refused_with_how_many_are_left(
    session: Session, taken: int, asked: int, words: str
) -> None:
    event = an_event(session, capacity=10)
    a_booking(session, event=event, seats=taken)
    with pytest.raises(Invalid) as refused:
        a_booking(session, event=event, seats=asked)
    assert refused.value.problems == {"seats": words}


def test_the_last_seats_can_be_booked(session: Session) -> None:
    event = an_event(session, capacity=10)
    a_booking(session, event=event, seats=7)
    a_booking(session, event=event, seats=3)
    assert events.row(session, event.id).seats_taken == 10


@pytest.mark.parametrize("seats", [-1, 10_001])
def test_seats_are_a_sensible_number(session: Session, seats: int) -> None:
    with pytest.raises(Invalid) as refused:
        a_booking(session, seats=seats)
    assert set(refused.value.problems) == {"seats"}


def test_endless_notes_are_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        a_booking(session, notes="x" * 2_001)
    assert set(refused.value.problems) == {"notes"}


def test_a_missing_customer_or_event_cannot_be_booked(session: Session) -> None:
    customer, event = a_customer(session), an_event(session)
    with pytest.raises(NotFound, match="customer"):
        bookings.book(session, customer_id=uuid4(), event_id=event.id, seats=1, now=NOW)
    with pytest.raises(NotFound, match="event"):
        bookings.book(session, customer_id=customer.id, event_id=uuid4(), seats=1, now=NOW)


# Days gone by


def test_an_event_that_began_today_can_be_booked_without_a_text(session: Session) -> None:
    event = an_event(session, starts_at=NOW - hours(1))
    booking = a_booking(session, event=event)
    assert texts_to(session, booking.customer_id) == []


def test_an_event_of_a_day_gone_by_takes_no_bookings(session: Session) -> None:
    with pytest.raises(Invalid, match="is over: choose an upcoming event"):
        a_booking(session, event=an_event(session, starts_at=NOW - days(1)))


def test_a_manager_books_onto_the_past_with_a_reason(session: Session) -> None:
    event = an_event(session, starts_at=NOW - days(1))
    booking = a_booking(session, event=event, notes="Came in late", reason="Walked in")
    assert booking.notes == "Came in late\nWalked in"
    assert texts_to(session, booking.customer_id) == []


def test_only_managers_book_onto_past_events(venue: Venue) -> None:
    with venue.transaction(STAFF) as session:
        event = an_event(session, starts_at=NOW - days(1))
        with pytest.raises(NotAllowed):
            a_booking(session, event=event, reason="Walked in")


# Numbers that get no texts


def test_an_opted_out_customer_is_booked_and_their_text_is_logged_as_skipped(session: Session) -> None:
    customer = a_customer(session)
    an_opt_out(session, customer.mobile_number)
    a_booking(session, customer)
    assert {(text.state, text.reason) for text in texts_to(session, customer)} == {
        ("skipped", "Opted out: they texted STOP")
    }


# Changing


def test_reminder_only_becomes_active_only_where_there_is_room(session: Session) -> None:
    event = an_event(session, capacity=5)
    a_booking(session, event=event, seats=2)
    booking = a_booking(session, event=event, seats=0)
    with pytest.raises(Invalid, match="Only 3 seats are left"):
        bookings.update(session, booking.id, version=1, now=LATER, seats=4)
    bookings.update(session, booking.id, version=1, now=LATER, seats=3)
    mine = bookings.for_customer(session, booking.customer_id, now=LATER)
    assert ([row.seats for row in mine.active], mine.reminders) == ([3], [])


def test_ones_own_seats_are_not_counted_against_one(session: Session) -> None:
    booking = a_booking(session, event=an_event(session, capacity=5), seats=4)
    assert bookings.update(session, booking.id, version=1, now=LATER, seats=5).seats == 5
    with pytest.raises(Invalid, match="Only 5 seats are left for Quiz Night, including the 5 of this booking"):
        bookings.update(session, booking.id, version=2, now=LATER, seats=6)


def test_fewer_seats_are_taken_even_where_too_many_were_booked(session: Session) -> None:
    event = an_event(session)
    booking = a_booking(session, event=event, seats=8)
    a_booking(session, event=event, seats=8)
    event.capacity = 10
    session.flush()
    assert bookings.update(session, booking.id, version=1, now=LATER, seats=5).seats == 5


def test_a_change_is_texted_if_the_confirmation_was_sent(session: Session) -> None:
    booking = a_booking(session)
    (confirmation,) = texts_to(session, booking.customer_id, Kind.CONFIRMATION)
    confirmation.state, confirmation.provider_id = "sent", "SM1"
    session.flush()
    bookings.update(session, booking.id, version=1, now=LATER, seats=4)
    (change,) = texts_to(session, booking.customer_id, Kind.CHANGE)
    assert (change.state, change.due_at) == ("planned", LATER)


def test_a_change_before_the_confirmation_was_sent_is_part_of_it(session: Session) -> None:
    booking = a_booking(session)
    bookings.update(session, booking.id, version=1, now=LATER, seats=4)
    (change,) = texts_to(session, booking.customer_id, Kind.CHANGE)
    assert (change.state, change.reason) == ("skipped", "Replaced: an earlier text, not sent yet, includes it")


def test_a_change_is_texted_only_if_asked(session: Session) -> None:
    booking = a_booking(session)
    bookings.update(session, booking.id, version=1, now=LATER, seats=4, tell_customer=False)
    assert texts_to(session, booking.customer_id, Kind.CHANGE) == []


def test_saving_the_same_seats_sends_no_text(session: Session) -> None:
    booking = a_booking(session, seats=2, notes="By the window")
    same = bookings.update(session, booking.id, version=99, now=LATER, seats=2, notes=" By the window ")
    assert same.version == 1
    assert texts_to(session, booking.customer_id, Kind.CHANGE) == []


def test_cleared_notes_are_cleared_and_seats_not_given_stay(session: Session) -> None:
    booking = a_booking(session, seats=2, notes="By the window")
    bookings.update(session, booking.id, version=1, now=LATER, notes="")
    assert (booking.notes, booking.seats) == ("", 2)


def test_the_second_to_change_a_booking_gets_a_conflict(session: Session) -> None:
    booking = a_booking(session, seats=2)
    bookings.update(session, booking.id, version=1, now=LATER, seats=3)
    with pytest.raises(Conflict) as conflict:
        bookings.update(session, booking.id, version=1, now=LATER, seats=4)
    assert conflict.value.fields == {"seats": (3, 4)}


def test_a_colleagues_change_of_the_other_field_is_kept(session: Session) -> None:
    booking = a_booking(session, seats=2)
    was = {"seats": 2, "notes": ""}
    bookings.update(session, booking.id, version=1, now=LATER, seats=3)
    bookings.update(session, booking.id, version=1, was=was, now=LATER, notes="By the window")
    assert (booking.seats, booking.notes) == (3, "By the window")


@pytest.mark.parametrize(("asked", "texts"), [({}, 0), ({"tell_customer": True}, 1), ({"tell_customer": False}, 0)])
def test_a_change_of_notes_sends_no_text_unless_asked(session: Session, asked: dict, texts: int) -> None:
    booking = a_booking(session)
    bookings.update(session, booking.id, version=1, now=LATER, notes="By the window", **asked)
    assert len(texts_to(session, booking.customer_id, Kind.CHANGE)) == texts


# Deleting


def test_deleting_frees_the_seats_and_skips_what_was_planned(session: Session) -> None:
    event = an_event(session, capacity=2)
    booking = a_booking(session, event=event, seats=2)
    bookings.delete(session, booking.id, now=LATER)
    assert {(text.state, text.reason) for text in texts_to(session, booking.customer_id)} == {
        ("skipped", "The booking was deleted")
    }
    a_booking(session, event=event, seats=2)


def test_deleting_texts_the_customer_only_if_asked(session: Session) -> None:
    booking = a_booking(session, a_customer(session, first_name="Aoife"))
    bookings.delete(session, booking.id, now=LATER, tell_customer=True)
    (text,) = texts_to(session, booking.customer_id, Kind.CANCELLATION)
    assert text.state == "planned"
    assert "Aoife" in (text.body or "")
    assert "Quiz Night" in (text.body or "")


def test_deleting_again_does_nothing(session: Session) -> None:
    booking = a_booking(session)
    bookings.delete(session, booking.id, now=LATER)
    bookings.delete(session, booking.id, now=LATER)


def test_a_customer_can_book_again_and_is_texted_again(session: Session) -> None:
    booking = a_booking(session)
    bookings.delete(session, booking.id, now=LATER)
    again = bookings.book(session, customer_id=booking.customer_id, event_id=booking.event_id, seats=1, now=LATER)
    planned = [text.kind for text in texts_to(session, again.customer_id) if text.state == "planned"]
    assert planned == ["confirmation", "reminder_7_day", "reminder_24_hour"]


# Sections


def test_bookings_stand_in_their_sections(session: Session) -> None:
    customer = a_customer(session)
    today, gone, coming, reminder, called_off = (
        an_event(session, name=name, starts_at=NOW + days(when))
        for name, when in (("Today", -0.1), ("Gone", 1), ("Coming", 8), ("Reminder", 9), ("Called off", 10))
    )
    for event, seats in ((today, 1), (gone, 1), (coming, 2), (reminder, 0), (called_off, 1)):
        a_booking(session, customer, event, seats=seats)
    events.update(session, gone.id, version=gone.version, now=NOW, starts_at=NOW - days(3))
    events.cancel(session, called_off.id, now=NOW)
    mine = bookings.for_customer(session, customer.id, now=NOW)
    assert [row.event_name for row in mine.active] == ["Today", "Coming"]
    assert [row.event_name for row in mine.reminders] == ["Reminder"]
    assert [row.event_name for row in mine.history] == ["Called off", "Gone"]


def test_an_event_lists_its_guests_by_name_those_with_seats_first(session: Session) -> None:
    event = an_event(session)
    for last_name, seats in (("Young", 2), ("Adams", 0), ("Baker", 1)):
        a_booking(session, a_customer(session, last_name=last_name), event, seats=seats)
    assert [row.last_name for row in bookings.for_event(session, event.id)] == ["Baker", "Young", "Adams"]
