"""Undoing what was done on a waitlist: where it makes sense, and never against a text that left."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message, WaitlistEntry
from sms.texts import Kind
from tests.makers import NOW, a_booking, a_customer, an_event, hours, minutes
from tests.venue.imports.taking import booking_rows, take_bookings
from tests.venue.waitlist.makers import a_full_event, a_party, offer_texts
from venue import acts, bookings, events, waitlist
from venue.errors import Invalid
from venue.journal import undo
from venue.messages.states import State as TextState
from venue.waitlist import State

LATER = NOW + hours(1)
SOON = LATER + minutes(5)
NAME = "Ann Smith at Quiz Night"
pytestmark = pytest.mark.plain_sql


@pytest.fixture
def offered(session: Session) -> WaitlistEntry:
    """Ann was offered 2 seats by a text that arrived; 4 are in the room."""
    event, booking = a_full_event(session)
    party = a_party(session, event)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    (offer,) = offer_texts(session, event.id)
    offer.state, offer.provider_id, offer.claimed_at = "delivered", "SMoffer", LATER
    session.flush()
    return party


def done(session: Session, act: Callable[..., object], *args: object, **more: object) -> int:
    """The entry of this act."""
    act(session, *args, **more)
    entry_id = acts.last_entry(session)
    assert entry_id is not None
    session.expire_all()
    return entry_id


def undone(session: Session, entry_id: int, *, now=SOON) -> list[str]:
    """Undo it. What is said before is what is said afterwards."""
    preview = undo.preview(session, entry_id, now=now)
    result = undo.undo(session, entry_id, now=now)
    session.expire_all()
    assert (preview.why_not, list(preview.restores)) == ("", list(result.restored))
    return list(result.restored)


def refused(session: Session, entry_id: int, *, now=SOON) -> str:
    preview = undo.preview(session, entry_id, now=now)
    with pytest.raises(Invalid) as problem:
        undo.undo(session, entry_id, now=now)
    assert str(problem.value) == preview.why_not
    return preview.why_not


def test_who_joined_waits_no_longer_unless_offered_seats_since(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    joined = acts.last_entry(session)
    assert joined is not None
    assert undone(session, joined) == [f"{NAME}: no longer waits"]
    assert party.state == State.LEFT
    other = a_party(session, event, first_name="Bea")
    joined = acts.last_entry(session)
    bookings.delete(session, booking.id, now=NOW)
    waitlist.offer_next(session, event.id, now=LATER)
    assert refused(session, joined) == "Bea Smith at Quiz Night: was changed since"
    assert other.state == State.OFFERED


def test_who_was_removed_waits_again_in_their_place_and_the_undo_is_undone(session: Session) -> None:
    event, _ = a_full_event(session)
    first = a_party(session, event)
    a_party(session, event, joined_at=NOW + minutes(1), first_name="Bea")
    left = done(session, waitlist.leave, first.id, now=LATER)
    assert undone(session, left) == [f"{NAME}: waits again, in their place"]
    assert [party.first_name for party in waitlist.listed(session, event.id)] == ["Ann", "Bea"]
    again = acts.last_entry(session)
    assert again is not None
    assert undone(session, again) == [f"{NAME}: no longer waits"]
    assert first.state == State.LEFT


def test_who_joined_again_or_is_booked_since_is_left(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    left = done(session, waitlist.leave, party.id, now=LATER)
    again = waitlist.join(session, event_id=event.id, customer_id=party.customer_id, seats=3, now=LATER)
    assert refused(session, left) == f"{NAME}: they are on the waitlist again"
    waitlist.leave(session, again.id, now=LATER)
    bookings.delete(session, booking.id, now=LATER)
    a_booking(session, session.get_one(Customer, party.customer_id), event, seats=1, now=LATER)
    assert refused(session, left) == f"{NAME}: they are booked"


def withdraw(session: Session, party: WaitlistEntry, *, tell: bool = True) -> int:
    return done(session, waitlist.withdraw, party.id, tell_customer=tell, now=LATER)


def news(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == Kind.OFFER_WITHDRAWN.value)))


def test_an_offer_taken_back_stands_again_and_the_text_about_it_is_not_sent(
    session: Session, offered: WaitlistEntry
) -> None:
    ends = offered.answer_by
    entry_id = withdraw(session, offered)
    assert undone(session, entry_id) == [f"{NAME}: has the offer again"]
    assert (offered.state, offered.answer_by) == (State.OFFERED, ends)
    assert [text.state for text in news(session)] == [TextState.SKIPPED]
    # Nothing more is due, and a text with the offer is still about this one.
    assert waitlist.offer_next(session, offered.event_id, now=SOON).offered == 0
    withdraw(session, offered)
    assert sorted(text.state for text in news(session)) == [TextState.PLANNED, TextState.SKIPPED]


def test_an_offer_taken_back_is_over_once_they_were_texted_so(session: Session, offered: WaitlistEntry) -> None:
    entry_id = withdraw(session, offered)
    (text,) = news(session)
    text.state, text.provider_id = "sent", "SMoff"
    session.flush()
    assert refused(session, entry_id) == f"{NAME}: they were texted that the offer is off"


def test_an_offer_taken_back_is_over_when_its_seats_are_gone(session: Session, offered: WaitlistEntry) -> None:
    entry_id = withdraw(session, offered, tell=False)
    booking = a_booking(session, event=session.get_one(Event, offered.event_id), seats=3, now=LATER)
    assert refused(session, entry_id) == f"{NAME}: the seats are gone"
    bookings.delete(session, booking.id, now=LATER)
    assert refused(session, entry_id, now=LATER + hours(3)) == f"{NAME}: the offer would have ended by now"


def test_an_offer_whose_text_did_not_go_is_made_again(session: Session, offered: WaitlistEntry) -> None:
    (offer,) = offer_texts(session, offered.event_id)
    offer.state, offer.provider_id = "planned", None
    session.flush()
    entry_id = withdraw(session, offered)
    assert undone(session, entry_id) == [
        f"{NAME}: waits again, in their place, and is offered seats as they become free"
    ]
    assert waitlist.offer_next(session, offered.event_id, now=SOON).offered == 1


def test_who_declined_has_the_offer_again_or_waits(session: Session, offered: WaitlistEntry) -> None:
    declined = done(session, waitlist.answer, offered.id, accepts=False, now=LATER)
    assert undone(session, declined) == [f"{NAME}: has the offer again"]
    declined = done(session, waitlist.answer, offered.id, accepts=False, now=LATER)
    a_booking(session, event=session.get_one(Event, offered.event_id), seats=4, now=LATER)
    assert undone(session, declined) == [f"{NAME}: waits again, in their place: the seats are gone"]
    assert (offered.state, offered.answer_by) == (State.WAITING, None)


def test_who_was_booked_by_mistake_is_not_booked_and_gets_no_text(session: Session, offered: WaitlistEntry) -> None:
    accepted = done(session, waitlist.answer, offered.id, accepts=True, now=LATER)
    assert events.seats_taken(session, offered.event_id) == 2
    assert undone(session, accepted) == [f"{NAME}: has the offer again"]
    assert session.scalars(select(Booking)).all() == []
    assert (offered.state, events.seats_taken(session, offered.event_id)) == (State.OFFERED, 2)
    planned = select(Message).where(Message.state == TextState.PLANNED.value)
    assert session.scalars(planned).all() == []
    assert refused(session, acts.last_entry(session) or 0) == f"{NAME}: do it again instead"


def test_a_reminder_only_booking_is_as_before(session: Session, offered: WaitlistEntry) -> None:
    event = session.get_one(Event, offered.event_id)
    customer = session.get_one(Customer, offered.customer_id)
    theirs = a_booking(session, customer, event, seats=0, notes="Nut allergy", tell_customer=False)
    accepted = done(session, waitlist.answer, offered.id, accepts=True, now=LATER)
    undone(session, accepted)
    assert (theirs.seats, theirs.notes, offered.state) == (0, "Nut allergy", State.OFFERED)
    change = select(Message.state).where(Message.kind == Kind.CHANGE.value)
    assert session.scalars(change).all() == [TextState.SKIPPED]


def test_who_waits_and_was_given_seats_by_mistake_waits_again(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    a_party(session, event, joined_at=NOW + minutes(1), first_name="Bea")
    theirs = a_booking(session, session.get_one(Customer, party.customer_id), event, seats=0)
    bookings.delete(session, booking.id, now=NOW)
    changed = done(session, bookings.update, theirs.id, version=theirs.version, seats=2, now=LATER)
    assert party.state == State.BOOKED
    assert undone(session, changed) == [
        f"{NAME}: seats 2 → 0",
        f"{NAME}: waits again, in their place",
    ]
    assert [party.first_name for party in waitlist.listed(session, event.id)] == ["Ann", "Bea"]
    again = acts.last_entry(session)
    assert again is not None
    undone(session, again)
    assert (theirs.seats, party.state) == (2, State.BOOKED)


def test_who_waits_and_was_given_the_booking_of_another_waits_again(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    to = {"customer_id": party.customer_id, "version": booking.version}
    moved = done(session, bookings.move, booking.id, **to, now=LATER)
    assert party.state == State.BOOKED
    assert undone(session, moved)[-1] == f"{NAME}: waits again, in their place"
    assert (party.state, party.ended_at) == (State.WAITING, None)


def test_who_waited_and_was_booked_by_an_import_waits_again(session: Session) -> None:
    event, full = a_full_event(session, capacity=4)
    ann, bea = a_party(session, event), a_party(session, event, first_name="Bea", joined_at=NOW + minutes(1))
    later = a_party(session, event, first_name="Cy", joined_at=NOW + minutes(2))
    bookings.delete(session, full.id, now=NOW)
    numbers = [session.get_one(Customer, each.customer_id).mobile_number for each in (ann, bea)]
    rows = [
        f"{number},,,Quiz Night,{event.starts_at:%Y-%m-%d},{seats},"
        for number, seats in zip(numbers, (2, 1), strict=True)
    ]

    imported = done(session, take_bookings, booking_rows(*rows), now=LATER)

    session.expire_all()
    assert (ann.state, bea.state, later.state) == (State.BOOKED, State.BOOKED, State.WAITING)
    booked = session.scalars(select(Booking).where(Booking.customer_id == bea.customer_id)).one()
    bookings.update(session, booked.id, version=booked.version, notes="Mine", now=LATER)
    assert undone(session, imported)[-1] == f"{NAME}: waits again, in their place"
    session.expire_all()
    assert (ann.state, ann.ended_at, bea.state) == (State.WAITING, None, State.BOOKED)
    assert [party.first_name for party in waitlist.listed(session, event.id)] == ["Ann", "Cy"]


def test_an_imported_reminder_only_booking_ends_no_waiting(session: Session) -> None:
    event, _ = a_full_event(session)
    party = a_party(session, event)
    number = session.get_one(Customer, party.customer_id).mobile_number

    take_bookings(session, booking_rows(f"{number},,,Quiz Night,{event.starts_at:%Y-%m-%d},0,"))

    session.expire_all()
    assert party.state == State.WAITING


def test_who_joined_again_since_has_one_place(session: Session) -> None:
    event, booking = a_full_event(session)
    party = a_party(session, event)
    moved = done(session, bookings.move, booking.id, customer_id=party.customer_id, version=booking.version, now=LATER)
    bookings.hand_over(session, booking.id, customer_id=a_customer(session).id, now=LATER)
    waitlist.join(session, event_id=event.id, customer_id=party.customer_id, seats=3, now=LATER)
    refused(session, moved)
    assert [row.seats for row in waitlist.listed(session, event.id)] == [3]


def test_a_booking_they_were_texted_about_is_not_undone(session: Session, offered: WaitlistEntry) -> None:
    accepted = done(session, waitlist.answer, offered.id, accepts=True, now=LATER)
    confirmation = session.scalars(select(Message).where(Message.kind == Kind.CONFIRMATION.value)).all()[-1]
    confirmation.state, confirmation.provider_id, confirmation.claimed_at = "sent", "SMbooked", LATER
    session.flush()
    said = f"{NAME}: they were texted that they are booked: delete the booking instead"
    assert refused(session, accepted) == said


def test_a_booking_that_was_changed_since_is_left(session: Session, offered: WaitlistEntry) -> None:
    accepted = done(session, waitlist.answer, offered.id, accepts=True, now=LATER)
    booking = session.scalars(select(Booking)).one()
    bookings.update(session, booking.id, version=booking.version, seats=3, tell_customer=False, now=LATER)
    assert refused(session, accepted) == f"{NAME}: the booking was changed since"


@pytest.mark.parametrize("mark", [bookings.mark_arrived, bookings.mark_late])
def test_a_booking_of_a_guest_who_was_marked_is_left(session: Session, mark: Callable[..., object]) -> None:
    event = an_event(session, starts_at=NOW + hours(6), capacity=2)
    full = a_booking(session, event=event)
    party = a_party(session, event)
    bookings.delete(session, full.id, now=NOW)
    accepted = done(session, waitlist.answer, party.id, accepts=True, now=LATER)
    booking = session.scalars(select(Booking)).one()
    mark(session, booking.id, now=LATER, **({"arrived": True} if mark is bookings.mark_arrived else {}))
    assert refused(session, accepted) == f"{NAME}: they were marked on the guest list since"
    assert session.scalars(select(Booking.id)).all() == [booking.id]


def test_nothing_is_undone_for_a_cancelled_event(session: Session, offered: WaitlistEntry) -> None:
    entry_id = withdraw(session, offered)
    events.cancel(session, offered.event_id, now=LATER)
    assert refused(session, entry_id) == f"{NAME}: the event is cancelled"
