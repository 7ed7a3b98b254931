"""Undoing the deletion of a booking, from a reply or otherwise: it is made again, if it still fits."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, LateCancellation
from sms.texts import Kind
from tests.makers import IN_TWO_WEEKS, NOW, VIEWER, a_booking, a_customer, an_event, hours, texts_to
from tests.previews import preview
from venue import acts, bookings, events
from venue.errors import Invalid, NotAllowed
from venue.journal import entries, sentences
from venue.journal.undo import Undone, undo
from venue.journal.undo_booking import WAS_TOLD

pytestmark = pytest.mark.plain_sql


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


def test_a_text_that_went_stays_sent_and_the_undo_says_so(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    entry_id = delete(session, booking)
    [text] = texts_to(session, customer, Kind.CANCELLATION)
    text.state, text.sent_at, text.provider_id = "sent", NOW, "SM1"
    session.flush()
    assert preview(session, entry_id, now=NOW).leaves == [WAS_TOLD]
    assert undone(session, entry_id).left == [WAS_TOLD]
    assert text.state == "sent"
    assert len(booked(session, customer.id)) == 1


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
