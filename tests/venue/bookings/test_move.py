"""Moving a booking that was made for the wrong customer."""

import importlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking
from sms.texts import Kind
from tests.makers import MANAGER, NOW, VIEWER, a_booking, a_customer, an_event, an_opt_out, texts_to
from tests.previews import preview
from venue import acts, bookings
from venue.customers import booking_status
from venue.errors import AlreadyBooked, Invalid, NotAllowed, NotFound
from venue.journal import entries, sentences
from venue.journal.undo import undo
from venue.messages import blocking, resend
from venue.messages.causes import Cause
from venue.messages.states import State
from venue.profile import Venue

LATER = NOW + timedelta(minutes=5)
# Not `bookings.move`, which is the function.
moving = importlib.import_module("venue.bookings.move")


def planned(session: Session, customer_id: UUID) -> list[str]:
    return sorted(text.kind for text in texts_to(session, customer_id) if text.state == State.PLANNED)


def test_the_right_one_gets_the_booking_and_its_texts(session: Session) -> None:
    wrong, right = a_customer(session, first_name="Ann"), a_customer(session, first_name="Bea")
    booking = a_booking(session, wrong)
    bookings.move(session, booking.id, customer_id=right.id, version=1, tell_customer=True, now=LATER)
    assert booking.customer_id == right.id
    assert planned(session, right.id) == [Kind.CONFIRMATION, Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]
    assert {text.mobile_number for text in texts_to(session, right)} == {right.mobile_number}
    assert [(text.kind, text.cause) for text in texts_to(session, wrong)] == [(Kind.CONFIRMATION, Cause.REPLACED)]
    assert booking_status.drifted(session) == []


def test_no_one_is_told_unless_wished(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong, tell_customer=False)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    assert planned(session, right.id) == [Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]
    assert texts_to(session, wrong) == []


def test_what_was_sent_stays_with_who_got_it_and_is_not_sent_again(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong)
    for text in texts_to(session, wrong, Kind.REMINDER_7_DAY):
        text.state, text.provider_id = State.SENT.value, "SM1"
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    assert planned(session, right.id) == [Kind.REMINDER_24_HOUR]
    assert [text.state for text in texts_to(session, wrong, Kind.REMINDER_7_DAY)] == [State.SENT]


def test_reminders_for_a_stopped_number_are_planned_for_the_right_one(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    an_opt_out(session, wrong.mobile_number)
    booking = a_booking(session, wrong)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    assert planned(session, right.id) == [Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]
    blocking.opt_in(session, wrong.mobile_number, now=LATER)
    assert planned(session, wrong.id) == []


def test_who_is_booked_already_is_not_booked_twice(session: Session) -> None:
    wrong, right, event = a_customer(session), a_customer(session, first_name="Bea"), an_event(session)
    booking, other = a_booking(session, wrong, event), a_booking(session, right, event)
    with pytest.raises(AlreadyBooked, match="Bea Smith is already booked on Quiz Night") as refused:
        bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    assert refused.value.booking_id == other.id
    assert booking.customer_id == wrong.id


def test_a_booking_that_was_changed_since_is_not_moved(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong)
    bookings.update(session, booking.id, version=1, seats=5, now=NOW)
    with pytest.raises(Invalid, match="Someone changed this booking since you opened it"):
        bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)


def test_what_is_not_there_is_not_moved(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong)
    with pytest.raises(NotFound, match="customer no longer exists"):
        bookings.move(session, booking.id, customer_id=booking.id, version=1, now=LATER)
    bookings.delete(session, booking.id, now=NOW)
    with pytest.raises(NotFound, match="booking no longer exists"):
        bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)


def test_a_move_is_undone_without_a_text(session: Session) -> None:
    wrong, right = a_customer(session, first_name="Ann"), a_customer(session, first_name="Bea")
    booking = a_booking(session, wrong, tell_customer=False)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    entry_id = acts.last_entry(session) or 0
    assert sentences.of(entries.get(session, entry_id)) == (
        "Max moved the booking of Ann Smith for Quiz Night to Bea Smith"
    )
    assert list(preview(session, entry_id, now=LATER).restores) == [
        "Ann Smith at Quiz Night: customer Bea Smith → Ann Smith"
    ]
    undo(session, entry_id, now=LATER)
    assert session.scalars(select(Booking.customer_id).execution_options(populate_existing=True)).all() == [wrong.id]
    assert planned(session, wrong.id) == [Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]
    assert texts_to(session, right) == []
    assert sentences.of(entries.get(session, acts.last_entry(session) or 0)) == (
        "Max undid a change to the booking of Bea Smith for Quiz Night: customer Bea Smith → Ann Smith"
    )


def test_the_history_of_a_booking_goes_back_before_the_move(session: Session) -> None:
    wrong, right = a_customer(session, first_name="Ann"), a_customer(session, first_name="Bea")
    booking = a_booking(session, wrong)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    history = [entry.act for entry in entries.page(session, booking_id=booking.id).rows]
    assert history == ["booking.moved", "booking.added"]


def test_viewers_move_nothing(session: Session) -> None:
    booking, right = a_booking(session), a_customer(session)
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed):
        bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)


def refused_text(session: Session, customer_id: UUID, kind: Kind) -> UUID:
    (text,) = texts_to(session, customer_id, kind)
    text.state, text.reason, text.error_code, text.final_at = State.FAILED.value, "Not a number", "21211", NOW
    session.flush()
    return text.id


def test_a_reminder_that_the_provider_refused_is_planned_for_the_right_one(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong)
    refused_text(session, wrong.id, Kind.REMINDER_7_DAY)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    assert planned(session, right.id) == [Kind.REMINDER_24_HOUR, Kind.REMINDER_7_DAY]
    assert {text.reason for text in texts_to(session, right)} == {""}


def test_a_text_about_a_booking_that_was_moved_is_not_sent_again(session: Session) -> None:
    wrong, right = a_customer(session), a_customer(session)
    booking = a_booking(session, wrong)
    message_id = refused_text(session, wrong.id, Kind.CONFIRMATION)
    bookings.move(session, booking.id, customer_id=right.id, version=1, now=LATER)
    with pytest.raises(Invalid, match="moved to another customer"):
        resend.send_again(session, message_id, form_token="one", now=LATER)


# On SQLite there is one writer at a time.
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_change_at_the_moment_of_the_move_is_seen(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    with venue.transaction(MANAGER) as session:
        booking_id, right_id = a_booking(session).id, a_customer(session).id
    locked = moving._locked

    def change_then_lock(*args: Any) -> Any:
        with venue.transaction(MANAGER) as session:
            bookings.update(session, booking_id, version=1, seats=5, now=LATER)
        return locked(*args)

    monkeypatch.setattr(moving, "_locked", change_then_lock)
    with venue.transaction(MANAGER) as session, pytest.raises(Invalid, match="Someone changed this booking"):
        bookings.move(session, booking_id, customer_id=right_id, version=1, now=LATER)
