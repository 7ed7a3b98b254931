"""Answers to an offer of the waitlist are proposed as what is still possible."""

import pytest
from sqlalchemy.orm import Session

from db.models import Customer, WaitlistEntry
from tests.makers import MANAGER_AND_SCHEDULER, NOW, a_booking, hours, minutes
from tests.venue.replies.test_proposals import proposed, reply
from tests.venue.waitlist.makers import a_full_event, a_party, offer_texts
from venue import bookings, events, waitlist
from venue.errors import Invalid
from venue.profile import Venue
from venue.replies import answers
from venue.waitlist import State

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
OFFERED = NOW + minutes(5)
REPLIED = NOW + hours(1)
TOO_LATE = NOW + hours(4)


@pytest.fixture
def session(venue: Venue):
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        yield session


@pytest.fixture
def party(session: Session) -> WaitlistEntry:
    """Ann was texted that 2 seats of Quiz Night can be hers."""
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.update(session, booking.id, version=booking.version, seats=2, now=NOW)
    waitlist.offer_next(session, event.id, now=OFFERED)
    (text,) = offer_texts(session, event.id)
    text.state, text.sent_at, text.provider_id = "delivered", OFFERED, "SMoffer"
    session.flush()
    return party


def ann(session: Session, party: WaitlistEntry) -> Customer:
    return session.get_one(Customer, party.customer_id)


@pytest.mark.parametrize(
    ("body", "words", "label"),
    [
        ("yes please", "They accept 2 seats for Quiz Night on Friday 29 January.", "Book 2 seats"),
        ("no thanks", "They do not want 2 seats for Quiz Night on Friday 29 January.", "Decline the offer"),
        ("can't make it", "They do not want 2 seats for Quiz Night on Friday 29 January.", "Decline the offer"),
        ("Yes please, if it's dry", "They may accept 2 seats for Quiz Night on Friday 29 January.", "Book 2 seats"),
    ],
)
def test_an_answer_to_an_offer(session: Session, party: WaitlistEntry, body: str, words: str, label: str) -> None:
    found = proposed(session, reply(session, ann(session, party), body), now=REPLIED)
    assert (found.words, found.label, found.problem, found.entry_id) == (words, label, "", party.id)


def test_one_tap_books_them_once(session: Session, party: WaitlistEntry) -> None:
    text = reply(session, ann(session, party), "yes")
    assert answers.answer_offer(session, text.id, entry_id=party.id, accepts=True, now=REPLIED)
    assert not answers.answer_offer(session, text.id, entry_id=party.id, accepts=True, now=REPLIED)
    session.refresh(text)
    assert (party.state, text.handled_at) == (State.BOOKED, REPLIED)
    again = reply(session, ann(session, party), "yes please", at=REPLIED + minutes(1))
    assert proposed(session, again, now=REPLIED + minutes(1)).meaning == "yes"


def test_an_offer_that_ended_is_said_and_booked_only_if_seats_are_free(session: Session, party: WaitlistEntry) -> None:
    waitlist.offer_next(session, party.event_id, now=TOO_LATE)
    assert party.state == State.EXPIRED
    text = reply(session, ann(session, party), "yes", at=TOO_LATE)
    found = proposed(session, text, now=TOO_LATE)
    ended = "The offer ended on Fri 15 January 2027, 16:00."
    assert (found.label, found.problem) == ("Book 2 seats", f"{ended} The seats are still free.")
    a_booking(session, event=events.edit.get(session, party.event_id), seats=1, now=TOO_LATE)
    found = proposed(session, text, now=TOO_LATE)
    assert (found.label, found.problem) == ("", f"{ended} Only 1 seat is left for Quiz Night.")
    with pytest.raises(Invalid, match="The offer ended"):
        answers.answer_offer(session, text.id, entry_id=party.id, accepts=True, now=TOO_LATE)
    assert text.handled_at is None


def test_who_was_booked_and_cancelled_since_is_booked_again(session: Session, party: WaitlistEntry) -> None:
    booking = waitlist.answer(session, party.id, accepts=True, now=OFFERED).booking
    assert booking is not None
    bookings.delete(session, booking.id, now=OFFERED)
    session.flush()
    text = reply(session, ann(session, party), "yes")
    found = proposed(session, text)
    assert (found.label, found.problem) == (
        "Book 2 seats",
        "Their booking was cancelled since. The seats are still free.",
    )
    assert answers.answer_offer(session, text.id, entry_id=party.id, accepts=True, now=REPLIED)
    assert events.seats_taken(session, party.event_id) == 4
