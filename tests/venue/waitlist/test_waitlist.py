"""Joining a waitlist, offers of free seats, and answers to them."""

import io

import pytest
from sqlalchemy.orm import Session

from db.models import Booking, Customer
from sms.texts import Kind
from tests.databases import ON_BOTH
from tests.makers import NOW, a_booking, a_customer, an_event, an_opt_out, days, hours, minutes, texts_to
from tests.venue.waitlist.makers import a_full_event, a_party, offer_texts, parties
from venue import bookings, events, imports, merging, privacy, waitlist
from venue.errors import AlreadyBooked, Invalid
from venue.events import cancellations
from venue.imports.report import Outcome
from venue.messages.states import State as TextState
from venue.waitlist import PassedOver, State

LATER = NOW + hours(1)
pytestmark = pytest.mark.plain_sql


def free(session: Session, booking: Booking, seats: int = 0) -> None:
    """Leave these seats to a booking."""
    bookings.update(session, booking.id, version=booking.version, seats=seats, tell_customer=False, now=NOW)


def test_who_accepts_keeps_the_notes_of_the_reminder_and_of_the_waitlist(session: Session) -> None:
    event, booking = a_full_event(session)
    theirs = a_booking(session, event=event, seats=0, notes="Nut allergy")
    entry = waitlist.join(
        session, event_id=event.id, customer_id=theirs.customer_id, seats=2, notes="By the window", now=NOW
    )
    free(session, booking)
    answered = waitlist.answer(session, entry.id, accepts=True, now=LATER)
    assert answered.booking is not None
    assert (answered.booking.id, answered.booking.notes) == (theirs.id, "Nut allergy\nBy the window")


def states(*entries: object) -> list[tuple[str, str | None]]:
    return [(entry.state, entry.cause) for entry in entries]  # type: ignore[attr-defined]


def test_a_freed_place_is_offered_to_the_first_party_that_fits(session: Session) -> None:
    event, booking = a_full_event(session, capacity=6)
    six, two, three, one = parties(session, event, 6, 2, 3, 1)
    free(session, booking, 2)
    done = waitlist.offer_next(session, event.id, now=LATER)
    assert (done.offered, done.changed) == (2, 2)
    assert states(six, two, three, one) == [
        (State.WAITING, PassedOver.TOO_LARGE),
        (State.OFFERED, None),
        (State.WAITING, PassedOver.TOO_LARGE),
        (State.OFFERED, None),
    ]
    assert two.answer_by == LATER + hours(2)
    assert [party.why for party in waitlist.listed(session, event.id)][2] == "needs 3, 1 free"


def test_an_offer_is_texted_at_once(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    [text] = offer_texts(session, event.id)
    assert text.body == (
        "The Anchor: Hi Ann, 2 seats for Quiz Night on Friday 29 January at 7.30pm can be yours. "
        "Reply YES by 3pm, or NO."
    )
    assert (text.state, text.useful_until, text.customer_id) == ("planned", party.answer_by, party.customer_id)


def test_offered_seats_cannot_be_booked_for_others(session: Session) -> None:
    event, booking = a_full_event(session)
    a_party(session, event, 3)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    with pytest.raises(Invalid, match=r"Only 1 seat is left for Quiz Night\. 3 seats are offered to the waitlist"):
        a_booking(session, event=event, seats=2)
    a_booking(session, event=event, seats=1)
    with pytest.raises(Invalid, match="4 seats are already booked or offered to the waitlist"):
        events.update(session, event.id, version=event.version, capacity=3, now=LATER)
    row = events.row(session, event.id)
    assert (row.seats_taken, row.seats_offered, row.parties_waiting) == (4, 3, 0)


@ON_BOTH
def test_who_accepts_is_booked_with_the_confirmation(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    answered = waitlist.answer(session, party.id, accepts=True, now=LATER)
    assert answered.booking is not None
    assert answered.booking.seats == 4
    assert Kind.CONFIRMATION in {text.kind for text in texts_to(session, party.customer_id)}
    assert party.state == State.BOOKED
    again = waitlist.answer(session, party.id, accepts=True, now=LATER)
    assert again.booking is answered.booking
    assert events.seats_taken(session, event.id) == 4


def test_who_declines_frees_the_place_for_the_next(session: Session) -> None:
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    waitlist.answer(session, first.id, accepts=False, now=LATER)
    assert offer_texts(session, event.id)[0].state == TextState.SKIPPED
    waitlist.offer_next(session, event.id, now=LATER)
    assert states(first, second) == [(State.DECLINED, None), (State.OFFERED, None)]


def test_an_offer_that_is_not_answered_expires(session: Session) -> None:
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    [text] = offer_texts(session, event.id)
    text.state, text.provider_id = TextState.SENT, "SM1"
    waitlist.offer_next(session, event.id, now=LATER + minutes(119))
    assert first.state == State.OFFERED
    waitlist.offer_next(session, event.id, now=LATER + minutes(120))
    assert states(first, second) == [(State.EXPIRED, None), (State.OFFERED, None)]


def test_who_accepts_too_late_is_booked_if_seats_are_still_free(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    session.delete(offer_texts(session, event.id)[0])
    waitlist.offer_next(session, event.id, now=LATER + hours(2))
    assert party.state == State.EXPIRED
    other = a_booking(session, event=event, seats=1)
    with pytest.raises(Invalid, match=r"The offer ended on Fri 15 January 2027, 15:00. Only 3 seats are left"):
        waitlist.answer(session, party.id, accepts=True, now=LATER + hours(3))
    bookings.delete(session, other.id, now=LATER)
    assert waitlist.answer(session, party.id, accepts=True, now=LATER + hours(3)).booking is not None
    assert party.state == State.BOOKED


def test_no_offer_is_made_in_the_night(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=NOW + hours(9))
    assert states(party) == [(State.WAITING, PassedOver.FULL)]
    waitlist.offer_next(session, event.id, now=NOW + hours(21))
    assert party.state == State.OFFERED


def test_who_cannot_be_texted_is_passed_over_and_shown_to_staff(session: Session) -> None:
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    [one, _] = waitlist.listed(session, event.id)
    an_opt_out(session, one.mobile_number)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    assert states(first, second) == [(State.WAITING, PassedOver.UNREACHABLE), (State.OFFERED, None)]
    assert waitlist.listed(session, event.id)[0].needs_call


def test_whose_text_fails_keeps_the_place_and_the_next_is_offered(session: Session) -> None:
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    offer_texts(session, event.id)[0].state = TextState.FAILED
    for _ in range(2):
        waitlist.offer_next(session, event.id, now=LATER)
    assert states(first, second) == [(State.WAITING, PassedOver.TEXT_FAILED), (State.OFFERED, None)]


def test_who_gets_no_text_is_called_while_their_seats_are_free(session: Session) -> None:
    event, booking = a_full_event(session)
    blocked, later = parties(session, event, 3, 2)
    an_opt_out(session, session.get_one(Customer, blocked.customer_id).mobile_number)
    assert waitlist.to_call(session, now=LATER) == []
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    assert later.state == State.OFFERED
    # Two of the four are offered to the next: three are not free any more.
    assert waitlist.to_call(session, now=LATER) == []
    waitlist.leave(session, later.id, now=LATER)
    assert [party.id for party in waitlist.to_call(session, now=LATER)] == [blocked.id]
    assert waitlist.to_call(session, now=event.starts_at) == []
    events.cancel(session, event.id, now=LATER)
    assert waitlist.to_call(session, now=LATER) == []


def test_an_offer_taken_back_leaves_time_to_book_the_seats(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    waitlist.withdraw(session, party.id, now=LATER)
    waitlist.offer_next(session, event.id, now=LATER + minutes(9))
    assert states(party) == [(State.WAITING, PassedOver.WITHDRAWN)]
    waitlist.offer_next(session, event.id, now=LATER + minutes(10))
    assert (party.state, party.offers) == (State.OFFERED, 2)


def test_a_reminder_only_guest_may_wait_and_gets_the_seats(session: Session) -> None:
    event, booking = a_full_event(session)
    customer = a_customer(session)
    reminder_only = a_booking(session, customer, event, seats=0)
    entry = waitlist.join(session, event_id=event.id, customer_id=customer.id, seats=2, now=NOW)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    assert waitlist.answer(session, entry.id, accepts=True, now=LATER).booking is reminder_only
    assert (reminder_only.seats, entry.state) == (2, State.BOOKED)


def test_booking_the_guest_otherwise_uses_and_ends_their_offer(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    bookings.book(session, customer_id=party.customer_id, event_id=event.id, seats=3, now=LATER)
    session.refresh(party)
    assert party.state == State.BOOKED
    assert events.seats_taken(session, event.id) == 3
    assert offer_texts(session, event.id)[0].state == TextState.SKIPPED


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_moving_or_cancelling_the_event_takes_offers_back(session: Session, change: str) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    if change == "move":
        events.update(session, event.id, version=event.version, starts_at=event.starts_at + days(7), now=LATER)
    else:
        events.cancel(session, event.id, now=LATER)
        waitlist.offer_next(session, event.id, now=LATER)
        session.refresh(party)
        assert party.state == State.WAITING
        cancellations.undo(session, event.id, now=LATER)
    session.refresh(party)
    assert (party.state, party.answer_by) == (State.WAITING, None)
    waitlist.offer_next(session, event.id, now=LATER)
    old, new = sorted(offer_texts(session, event.id), key=lambda text: text.dedupe_key)
    assert (old.state, new.state) == (TextState.SKIPPED, TextState.PLANNED)


def test_who_was_merged_into_a_guest_with_seats_does_not_wait(session: Session) -> None:
    event, _ = a_full_event(session, capacity=4)
    party = a_party(session, event, 2)
    guest = session.query(Booking).one().customer_id
    plan = merging.preview(session, guest, party.customer_id, now=LATER)
    merging.merge(session, keep_id=guest, other_id=party.customer_id, plan_fingerprint=plan.fingerprint, now=LATER)
    waitlist.offer_next(session, event.id, now=LATER)
    session.refresh(party)
    assert (party.customer_id, party.state) == (guest, State.BOOKED)


def test_a_deleted_customer_frees_the_seats_that_were_offered(session: Session) -> None:
    event, booking = a_full_event(session)
    first, second = parties(session, event, 4, 4)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    privacy.erase(session, first.customer_id, now=LATER)
    session.expire_all()
    waitlist.offer_next(session, event.id, now=LATER)
    [party] = waitlist.listed(session, event.id)
    assert (party.id, party.is_offered) == (second.id, True)


def test_an_import_does_not_book_offered_seats(session: Session) -> None:
    event, booking = a_full_event(session)
    a_party(session, event, 3)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    guest = a_customer(session)
    file = f"Mobile,Event,Event Date,Seats\n{guest.mobile_number},Quiz Night,2027-01-29,2\n".encode()
    report = imports.BOOKINGS.take(session, imports.BOOKINGS.open(io.BytesIO(file)), now=LATER)
    assert report.counts[Outcome.REFUSED] == 1


def test_waiting_ends_when_the_event_begins(session: Session) -> None:
    event, _ = a_full_event(session)
    party = a_party(session, event)
    waitlist.offer_next(session, event.id, now=event.starts_at)
    assert states(party) == [(State.EXPIRED, PassedOver.EVENT_BEGAN)]
    with pytest.raises(Invalid, match="has begun"):
        a_party(session, event, joined_at=event.starts_at)


REFUSED = [
    (0, "a whole number, at least 1"),
    (5, "Quiz Night has only 4 seats"),
    (1, "1 seat is free: book them instead"),
]


@pytest.mark.parametrize(("seats", "words"), REFUSED)
def test_joining_is_refused_in_words(session: Session, seats: int, words: str) -> None:
    event = an_event(session, capacity=4)
    a_booking(session, event=event, seats=3)
    with pytest.raises(Invalid, match=words):
        a_party(session, event, seats)


def test_a_guest_waits_once_and_not_with_seats(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    with pytest.raises(Invalid, match="Ann Smith is already on the waitlist for Quiz Night, with 2 seats"):
        waitlist.join(session, event_id=event.id, customer_id=party.customer_id, seats=3, now=LATER)
    with pytest.raises(AlreadyBooked, match="Jo Smith already has 4 seats at Quiz Night"):
        waitlist.join(session, event_id=event.id, customer_id=booking.customer_id, seats=1, now=LATER)
    waitlist.leave(session, party.id, now=LATER)
    assert waitlist.join(session, event_id=event.id, customer_id=party.customer_id, seats=3, now=LATER) is not party


def test_a_form_sent_twice_joins_once(session: Session) -> None:
    event, _ = a_full_event(session)
    customer = a_customer(session)
    known = {"event_id": event.id, "customer_id": customer.id, "seats": 2, "form_token": "a", "now": NOW}
    assert waitlist.join(session, **known) is waitlist.join(session, **known)


def test_who_is_next_depends_on_the_seats(session: Session) -> None:
    event, _ = a_full_event(session, capacity=6)
    four, two = parties(session, event, 4, 2)
    assert [waitlist.next_for(session, event.id, seats) for seats in (1,)] == [None]
    found = [waitlist.next_for(session, event.id, seats) for seats in (2, 4)]
    assert [each and each.id for each in found] == [two.id, four.id]
