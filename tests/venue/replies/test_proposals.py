"""Proposals are checked against what is true now, and nothing changes without a tap."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from channels.gateway import ProviderMessage
from db.models import Booking, Customer, Event, Message
from sms.texts import Kind
from tests.makers import (
    IN_TWO_WEEKS,
    MANAGER_AND_SCHEDULER,
    NOW,
    STAFF,
    a_booking,
    a_customer,
    an_event,
    days,
    hours,
    minutes,
    texts_to,
)
from venue import acts, bookings, events
from venue.delivery import inbound
from venue.errors import Invalid, NotFound
from venue.journal.undo import undo
from venue.messages import needs_call
from venue.profile import Venue
from venue.replies import answers, proposals
from venue.replies.meanings import Meaning
from venue.replies.proposal import Proposal
from venue.roles import Actor, Role

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
BEN = Actor.with_role("Ben", Role.STAFF)
REPLIED = NOW + hours(1)


@pytest.fixture
def session(venue: Venue):
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        yield session


def ask(session: Session, customer: Customer, kind: Kind = Kind.CONFIRMATION, at: datetime = NOW) -> None:
    """Their texts of this kind were sent."""
    for text in texts_to(session, customer, kind):
        text.state, text.sent_at, text.provider_id = "sent", at, f"SM{text.id.hex}"
    session.flush()


def reply(session: Session, customer: Customer | str, body: str, at: datetime = REPLIED) -> Message:
    number = customer if isinstance(customer, str) else customer.mobile_number
    text = ProviderMessage(f"SM{body}", "+447700900999", body, "received", "inbound", at, None, number)
    assert inbound.store(session, text, now=at)
    return session.query(Message).filter_by(provider_id=f"SM{body}").one()


def proposed(session: Session, text: Message, now: datetime = REPLIED) -> Proposal:
    return proposals.for_replies(session, [text.id], now=now)[text.id]


@pytest.fixture
def booking(session: Session) -> Booking:
    """Jo has 4 seats for Quiz Night, which has 6, and was texted so."""
    booking = a_booking(session, event=an_event(session, capacity=6), seats=4)
    ask(session, jo(session, booking))
    return booking


def jo(session: Session, booking: Booking) -> Customer:
    return session.get_one(Customer, booking.customer_id)


@pytest.mark.parametrize(
    ("body", "words", "label", "problem"),
    [
        ("can't make it", "They can't come to Quiz Night on Friday 29 January.", "Cancel booking", ""),
        ("we'll be 3 now", "They want 3 seats for Quiz Night on Friday 29 January.", "Change to 3 seats", ""),
        ("one more please", "They want 5 seats for Quiz Night on Friday 29 January.", "Change to 5 seats", ""),
        ("see you there", "They are coming to Quiz Night on Friday 29 January.", "", ""),
        ("4 please", "They want 4 seats for Quiz Night on Friday 29 January.", "", "They have 4 seats already."),
        (
            "8 please",
            "They want 8 seats for Quiz Night on Friday 29 January.",
            "",
            "Only 6 seats are left for Quiz Night, including the 4 of this booking.",
        ),
        (
            "running late 10 mins",
            "They are running late for Quiz Night on Friday 29 January, 10 minutes.",
            "",
            "Quiz Night is not today.",
        ),
        ("can't make it tonight", "They may not be coming to Quiz Night on Friday 29 January.", "Cancel booking", ""),
        ("Can you make it 5?", "They may want 5 seats for Quiz Night on Friday 29 January.", "Change to 5 seats", ""),
        ("wrong number", "They say that this is the wrong number.", "", ""),
    ],
)
def test_a_reply_is_proposed_as_an_act_on_the_booking_asked_about(
    session: Session, booking: Booking, body: str, words: str, label: str, problem: str
) -> None:
    found = proposed(session, reply(session, jo(session, booking), body))
    assert (found.words, found.label, found.problem) == (words, label, problem)


def test_what_is_no_longer_true_is_said(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    text = reply(session, customer, "can't make it")
    bookings.delete(session, booking.id, now=NOW + hours(2))
    found = proposed(session, text, now=NOW + hours(3))
    assert (found.label, found.problem) == ("", "That booking was cancelled on Fri 15 January 2027, 14:00.")
    a_booking(session, customer, session.get_one(Event, booking.event_id), seats=2)
    assert proposed(session, text).label == "Cancel booking"
    events.cancel(session, booking.event_id, now=NOW + days(1), tell_customers=False)
    assert "was cancelled on Sat" in proposed(session, text, now=NOW + days(1)).problem


def test_an_event_that_has_begun_is_left_as_it_is(session: Session, booking: Booking) -> None:
    text = reply(session, jo(session, booking), "can't make it")
    assert proposed(session, text, now=IN_TWO_WEEKS).problem == "Quiz Night has begun."


def test_a_reply_that_may_mean_another_event_is_not_certain(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    assert proposed(session, reply(session, customer, "cant come")).is_certain
    a_booking(session, customer, an_event(session, name="Jazz"))
    ask(session, customer, at=NOW + minutes(30))
    found = proposed(session, reply(session, customer, "can't make it"))
    assert not found.is_certain


def test_of_two_guests_with_one_number_it_is_not_certain_whose_booking_is_meant(
    session: Session, booking: Booking
) -> None:
    customer = jo(session, booking)
    ben = a_customer(session, first_name="Ben", mobile_number=customer.mobile_number)
    a_booking(session, ben, session.get_one(Event, booking.event_id), seats=2)
    ask(session, ben)
    found = proposed(session, reply(session, customer, "can't make it"))
    assert not found.is_certain


@pytest.mark.parametrize("how", ["settled later", "being sent"])
def test_a_text_whose_delivery_was_in_doubt_is_asked_about_from_its_claim_on(
    session: Session, booking: Booking, how: str
) -> None:
    customer = jo(session, booking)
    later = a_booking(session, customer, an_event(session, name="Jazz"), now=NOW)
    (text,) = [each for each in texts_to(session, customer, Kind.CONFIRMATION) if each.booking_id == later.id]
    text.claimed_at = REPLIED - minutes(3)
    if how == "being sent":
        text.state, text.claim_token, text.lease_until = "sending", "x", REPLIED + minutes(2)
    else:
        text.state, text.sent_at, text.provider_id = "sent", REPLIED + minutes(7), "SMjazz"
    session.flush()
    found = proposed(session, reply(session, customer, "can't make it"))
    assert (found.booking_id, found.is_certain) == (later.id, False)


@pytest.mark.parametrize("body", ["5 {} of 4", "5 {} of 7", "we'll be 5 not 4", "we'll be 5 not 7"])
def test_seats_instead_of_others_are_certain_if_they_have_those(session: Session, booking: Booking, body: str) -> None:
    found = proposed(session, reply(session, jo(session, booking), body.format("instead")))
    assert (found.label, found.is_certain) == ("Change to 5 seats", body.endswith("4"))


def test_of_a_booking_that_was_changed_since_it_is_not_certain(session: Session, booking: Booking) -> None:
    text = reply(session, jo(session, booking), "can't make it")
    assert proposed(session, text).is_certain
    bookings.update(session, booking.id, version=booking.version, seats=2, now=REPLIED + minutes(5))
    assert not proposed(session, text).is_certain


def test_a_reply_is_about_the_last_text_before_it(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    early = reply(session, customer, "can't make it", at=REPLIED)
    later = a_booking(session, customer, an_event(session, name="Jazz"))
    for text in texts_to(session, customer, Kind.CONFIRMATION):
        if text.booking_id == later.id:
            text.state, text.sent_at, text.provider_id = "delivered", NOW + days(2), "SMjazz"
    session.flush()
    late = reply(session, customer, "sorry cant come", at=NOW + days(3))
    assert proposed(session, early).booking_id == booking.id
    assert proposed(session, late).booking_id == later.id


def test_without_a_question_only_the_one_coming_booking_is_proposed(session: Session) -> None:
    booking = a_booking(session, seats=2)
    customer = jo(session, booking)
    text = reply(session, customer, "can't make it")
    assert (proposed(session, text).booking_id, proposed(session, text).is_certain) == (booking.id, False)
    a_booking(session, customer, an_event(session, name="Jazz"))
    assert not proposals.for_replies(session, [text.id], now=REPLIED)


def test_a_reply_of_a_stranger_or_without_meaning_is_left_to_staff(session: Session, booking: Booking) -> None:
    texts = [
        reply(session, "+447700900998", "can't make it"),
        reply(session, jo(session, booking), "is there parking?"),
    ]
    assert not proposals.for_replies(session, [text.id for text in texts], now=REPLIED)


def tap_cancel(session: Session, text: Message, found: Proposal) -> bool:
    assert found.booking_id
    assert found.version
    return answers.cancel_booking(session, text.id, booking_id=found.booking_id, version=found.version, now=REPLIED)


def test_one_tap_cancels_and_tells_them_and_a_double_tap_does_nothing_more(session: Session, booking: Booking) -> None:
    customer = jo(session, booking)
    text = reply(session, customer, "can't make it")
    found = proposed(session, text)
    assert tap_cancel(session, text, found)
    assert not tap_cancel(session, text, found)
    assert session.get(Booking, found.booking_id) is None
    session.refresh(text)
    assert text.handled_by == MANAGER_AND_SCHEDULER.name
    assert len(texts_to(session, customer, Kind.CANCELLATION)) == 1
    assert not proposals.for_replies(session, [text.id], now=REPLIED)
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    undo(session, entry_id, now=REPLIED)
    assert session.query(Booking).filter_by(customer_id=customer.id).one().seats == 4


def test_of_two_people_the_second_reads_who_was_first(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        booking = a_booking(session)
        ask(session, jo(session, booking))
        text = reply(session, jo(session, booking), "can't make it")
        found = proposed(session, text)
    with venue.transaction(BEN) as session:
        needs_call.mark_handled(session, [text.id], now=REPLIED)
    with venue.transaction(STAFF) as session, pytest.raises(Invalid, match="Ben has already dealt with this reply"):
        tap_cancel(session, text, found)
    with venue.reading(STAFF) as session:
        assert session.get(Booking, found.booking_id) is not None


def test_a_booking_that_was_changed_is_looked_at_again(session: Session, booking: Booking) -> None:
    text = reply(session, jo(session, booking), "can't make it")
    found = proposed(session, text)
    bookings.update(session, booking.id, version=booking.version, seats=1, now=NOW)
    with pytest.raises(Invalid, match="look at it again"):
        tap_cancel(session, text, found)
    bookings.delete(session, booking.id, now=NOW)
    with pytest.raises(NotFound):
        tap_cancel(session, text, found)
    assert text.handled_at is None


def test_one_tap_changes_the_seats_and_is_undone(venue: Venue) -> None:
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        booking = a_booking(session, seats=4)
        ask(session, jo(session, booking))
        text = reply(session, jo(session, booking), "we'll be 3 now")
        found = proposed(session, text)
        version, seats = found.version, found.seats
        assert version
        assert seats
    with venue.transaction(STAFF) as session:
        answers.change_seats(session, text.id, booking_id=booking.id, version=version, seats=seats, now=REPLIED)
        entry = acts.last_entry(session)
        assert entry is not None
    assert seats_of(venue, booking.id) == 3
    with venue.transaction(STAFF) as session:
        undo(session, entry, now=REPLIED)
    assert seats_of(venue, booking.id) == 4


def seats_of(venue: Venue, booking_id: UUID) -> int:
    with venue.reading(STAFF) as session:
        return session.get_one(Booking, booking_id).seats


def test_one_tap_marks_them_as_late_on_the_day(session: Session, booking: Booking) -> None:
    at = IN_TWO_WEEKS - minutes(20)
    text = reply(session, jo(session, booking), "running late 10 mins", at=at)
    found = proposed(session, text, now=at)
    assert (found.meaning, found.label, found.minutes) == (Meaning.LATE, "Mark as running late", 10)
    assert found.version
    known = {"booking_id": booking.id, "version": found.version, "minutes": found.minutes, "now": at}
    answers.mark_late(session, text.id, **known)
    session.refresh(text)
    assert (booking.late_since, booking.late_minutes, text.handled_at) == (at, 10, at)
    again = reply(session, jo(session, booking), "10 mins late", at=at + minutes(1))
    assert proposed(session, again, now=at).problem == "They are marked as running late already."
    longer = reply(session, jo(session, booking), "running late 30 mins", at=at + minutes(2))
    assert proposed(session, longer, now=at).minutes == 30


def test_an_answer_to_a_text_about_two_bookings_is_not_certain(session: Session, booking: Booking) -> None:
    said_with_it = a_booking(session, a_customer(session, mobile_number=jo(session, booking).mobile_number))
    asked = texts_to(session, jo(session, booking), Kind.CONFIRMATION)[0]
    for text in texts_to(session, said_with_it.customer_id, Kind.CONFIRMATION):
        text.state, text.cause, text.sent_with_id = "skipped", "sent_together", asked.id
    session.flush()
    found = proposed(session, reply(session, jo(session, booking), "can't make it"))
    assert (found.booking_id, found.is_certain) == (booking.id, False)
