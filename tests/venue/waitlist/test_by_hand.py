"""An offer that staff make to a party of their choice."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db.models import Customer, Event, WaitlistEntry
from tests.makers import NOW, an_opt_out, hours
from tests.venue.waitlist.makers import a_full_event, offer_texts, parties
from venue import bookings, events, waitlist
from venue.errors import Invalid, NotFound
from venue.waitlist import State

LATER = NOW + hours(1)
pytestmark = pytest.mark.plain_sql


@pytest.fixture
def two(session: Session) -> tuple[Event, WaitlistEntry, WaitlistEntry]:
    """Two parties of 4 wait for an event whose 4 seats are free, the first of them after its offer was taken back."""
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    waitlist.withdraw(session, first.id, now=LATER)
    return event, first, second


def test_the_seats_are_offered_out_of_turn_by_the_same_text_and_once(session: Session, two) -> None:
    event, first, second = two
    preview = waitlist.preview_offer(session, second.id, now=LATER)
    for _ in range(2):
        waitlist.offer(session, second.id, now=LATER)
    assert (second.state, second.answer_by, second.offers) == (State.OFFERED, LATER + hours(2), 1)
    (text,) = [text for text in offer_texts(session, event.id) if text.customer_id == second.customer_id]
    assert (text.body, preview.answer_by) == (preview.words, second.answer_by)
    assert events.seats_taken(session, event.id) == 4
    # It is answered and ends like all others.
    text.state, text.provider_id = "delivered", "SMoffer"
    session.flush()
    waitlist.offer_next(session, event.id, now=LATER + hours(2))
    assert (first.state, second.state) == (State.OFFERED, State.EXPIRED)


def refused(session: Session, entry: WaitlistEntry, words: str, *, now=LATER) -> None:
    for command in (waitlist.preview_offer, waitlist.offer):
        with pytest.raises(Invalid, match=words):
            command(session, entry.id, now=now)


def test_no_seats_are_offered_twice(session: Session, two) -> None:
    _, first, second = two
    waitlist.offer(session, second.id, now=LATER)
    refused(session, first, "Quiz Night is full.*4 seats are offered to the waitlist")


def test_an_offer_that_no_one_could_read_or_answer_is_refused(session: Session, two) -> None:
    event, _, second = two
    refused(session, second, "No offers are sent at this time of day", now=NOW.replace(hour=23))
    refused(session, second, "begins too soon for a text", now=event.starts_at - timedelta(minutes=40))
    an_opt_out(session, session.get_one(Customer, second.customer_id).mobile_number)
    refused(session, second, "they texted STOP: call them")


def test_who_left_or_waits_for_a_cancelled_event_gets_no_offer(session: Session, two) -> None:
    event, first, second = two
    waitlist.leave(session, first.id, now=LATER)
    with pytest.raises(NotFound, match="no longer on the waitlist"):
        waitlist.offer(session, first.id, now=LATER)
    events.cancel(session, event.id, now=LATER)
    refused(session, second, "is cancelled")
