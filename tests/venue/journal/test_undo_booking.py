"""Undoing the deletion of a booking, from a reply or otherwise: it is made again, if it still fits."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, LateCancellation
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, VIEWER, a_booking, a_customer, an_event, days, hours, texts_to
from tests.previews import preview
from venue import acts, bookings, events
from venue.errors import Invalid, NotAllowed
from venue.journal import entries, sentences
from venue.journal.undo import Undone, undo
from venue.messages import needs_call, resend

pytestmark = pytest.mark.plain_sql
TOLD = "they got a text that the booking is cancelled"


def delete(session: Session, booking: Booking, *, tell_customer: bool = True, now: datetime = NOW) -> int:
    bookings.delete(session, booking.id, now=now, tell_customer=tell_customer)
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    return entry_id


def booked(session: Session, customer_id: UUID) -> list[tuple[int, str]]:
    rows = session.scalars(select(Booking).where(Booking.customer_id == customer_id)).all()
    return [(row.seats, row.notes) for row in rows]


@pytest.fixture
def booking(session: Session) -> Booking:
    return a_booking(session, event=an_event(session, capacity=6), seats=4, notes="By the window")


def jo(session: Session, booking: Booking) -> Customer:
    return session.get_one(Customer, booking.customer_id)


def undone(session: Session, entry_id: int, now: datetime = NOW) -> Undone:
    return undo(session, entry_id, now=now)


def test_a_deleted_booking_is_made_again_and_the_text_that_waits_does_not_go(
    session: Session, booking: Booking
) -> None:
    customer = jo(session, booking)
    entry_id = delete(session, booking)
    assert preview(session, entry_id, now=NOW).restores == ["Jo Smith at Quiz Night: booked again, 4 seats"]
    assert undone(session, entry_id).left == []
    assert booked(session, customer.id) == [(4, "By the window")]
    session.expire_all()
    assert [text.state for text in texts_to(session, customer, Kind.CANCELLATION)] == ["skipped"]
    assert [text.state for text in texts_to(session, customer, Kind.REMINDER_24_HOUR)].count("planned") == 1
    own = acts.last_entry(session)
    assert own is not None
    entry = entries.get(session, own)
    assert sentences.of(entry).endswith("undid deleting the booking of Jo Smith for Quiz Night")
    assert preview(session, own, now=NOW).why_not == "Delete the booking again instead."
    assert preview(session, entry_id, now=NOW).why_not == "This was already undone."


@pytest.mark.parametrize("sent_again", [False, True])
@pytest.mark.parametrize("tell", [False, True])
def test_who_was_told_is_sent_a_confirmation_or_the_undo_says_so(
    session: Session, booking: Booking, sent_again: bool, tell: bool
) -> None:
    customer = jo(session, booking)
    entry_id = delete(session, booking)
    [text] = texts_to(session, customer, Kind.CANCELLATION)
    if sent_again:
        text.state = "failed"
        session.flush()
        resend.send_again(session, text.id, form_token="again", now=NOW)
        [text] = texts_to(session, customer, Kind.MANUAL)
    text.state, text.sent_at, text.provider_id = "sent", NOW, "SM1"
    session.flush()
    planned = preview(session, entry_id, now=NOW)
    assert (planned.told, planned.leaves) == ([TOLD], [])
    assert undo(session, entry_id, tell_customers=tell, now=NOW).left == ([] if tell else [f"{TOLD}: let them know"])
    assert text.state == "sent"
    assert len(booked(session, customer.id)) == 1
    confirmations = [text.state for text in texts_to(session, customer, Kind.CONFIRMATION)]
    assert sorted(confirmations) == (["planned", "skipped"] if tell else ["skipped"])


def booked_again(session: Session, booking: Booking, entry_id: int, way: str) -> None:
    if way == "undone":
        undone(session, entry_id)
    elif way == "booked":
        bookings.book(session, customer_id=booking.customer_id, event_id=booking.event_id, seats=1, now=NOW)
    else:
        other = a_booking(session, a_customer(session, first_name="Ben"), session.get_one(Event, booking.event_id))
        bookings.move(session, other.id, customer_id=booking.customer_id, version=1, now=NOW)


@pytest.mark.parametrize("way", ["undone", "booked", "moved"])
def test_who_is_booked_again_gets_no_text_that_they_are_not(session: Session, booking: Booking, way: str) -> None:
    customer = jo(session, booking)
    booked_again(session, booking, delete(session, booking), way)
    session.expire_all()
    assert [text.state for text in texts_to(session, customer, Kind.CANCELLATION)] == ["skipped"]


@pytest.mark.parametrize("way", ["undone", "booked", "moved"])
def test_who_is_booked_again_needs_no_call_about_a_text_that_failed(
    session: Session, booking: Booking, way: str
) -> None:
    customer = jo(session, booking)
    entry_id = delete(session, booking)
    [text] = texts_to(session, customer, Kind.CANCELLATION)
    text.state = "failed"
    session.flush()
    assert needs_call.people(session, now=NOW) == 1
    booked_again(session, booking, entry_id, way)
    assert needs_call.people(session, now=NOW) == 0
    assert resend.preview(session, text.id, now=NOW).why_not.startswith("They are booked again")
    with pytest.raises(Invalid, match="They are booked again"):
        resend.send_again(session, text.id, form_token="again", now=NOW)


@pytest.mark.parametrize(
    ("kind", "deleted", "undone_before"),
    [(Kind.REMINDER_7_DAY, days(7.5), days(6.8)), (Kind.REMINDER_24_HOUR, hours(26), hours(22))],
)
def test_a_reminder_that_became_due_in_between_goes_at_once(
    session: Session, booking: Booking, kind: Kind, deleted: timedelta, undone_before: timedelta
) -> None:
    customer = jo(session, booking)
    entry_id = delete(session, booking, tell_customer=False, now=IN_TWO_WEEKS - deleted)
    undone(session, entry_id, now=IN_TWO_WEEKS - undone_before)
    [text] = [text for text in texts_to(session, customer, kind) if text.state == "planned"]
    assert text.due_at < IN_TWO_WEEKS - undone_before < text.useful_until


def test_a_reminder_that_went_before_does_not_go_again(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    [week] = texts_to(session, customer, Kind.REMINDER_7_DAY)
    week.state, week.provider_id = "sent", "SM1"
    session.flush()
    entry_id = delete(session, booking, tell_customer=False, now=IN_TWO_WEEKS - days(6.8))
    undone(session, entry_id, now=IN_TWO_WEEKS - days(6.7))
    assert sorted(text.state for text in texts_to(session, customer, Kind.REMINDER_7_DAY)) == ["sent", "skipped"]


def test_it_is_refused_when_it_no_longer_fits(session: Session, booking: Booking) -> None:
    quiz, customer_id = booking.event_id, booking.customer_id
    entry_id = delete(session, booking)
    ben = a_customer(session, first_name="Ben")
    other = bookings.book(session, customer_id=ben.id, event_id=quiz, seats=4, now=NOW)
    with pytest.raises(Invalid, match="Only 2 seats are left for Quiz Night"):
        undone(session, entry_id)
    bookings.delete(session, other.id, now=NOW)
    assert preview(session, entry_id, now=IN_TWO_WEEKS + hours(1)).why_not.startswith("Quiz Night has begun")
    bookings.book(session, customer_id=customer_id, event_id=quiz, seats=1, now=NOW)
    with pytest.raises(Invalid, match="Jo Smith is booked for Quiz Night again already"):
        undone(session, entry_id)
    assert booked(session, customer_id) == [(1, "")]
    events.cancel(session, quiz, now=NOW, tell_customers=False)
    assert preview(session, entry_id, now=NOW).why_not == "Quiz Night is cancelled"


def test_a_late_cancellation_is_forgotten(session: Session, booking: Booking) -> None:
    late = IN_TWO_WEEKS - hours(3)
    entry_id = delete(session, booking, now=late)
    assert session.scalars(select(LateCancellation)).all()
    undone(session, entry_id, now=late)
    assert not session.scalars(select(LateCancellation)).all()


def test_who_may_not_book_may_not_undo_it(session: Session, booking: Booking) -> None:
    entry_id = delete(session, booking)
    session.info["actor"] = VIEWER
    with pytest.raises(NotAllowed):
        undone(session, entry_id)
