"""Two records of one person who both hold an offer of the waitlist: they are offered seats once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Message, WaitlistEntry
from sms.texts import Kind
from tests.makers import NOW, a_booking, a_customer, an_event
from tests.venue.merging.two_of_them import last, merge, two
from venue import bookings, events, waitlist
from venue.journal.undo import undo
from venue.messages.states import State

pytestmark = pytest.mark.plain_sql


def offer_states(session: Session) -> list[str]:
    query = select(Message.state).where(Message.kind == Kind.WAITLIST_OFFER.value).order_by(Message.state)
    return list(session.scalars(query))


def test_who_was_offered_seats_twice_is_texted_once(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session, capacity=4)
    full = a_booking(session, a_customer(session), event, seats=4)
    for customer in (keep, other):
        waitlist.join(session, event_id=event.id, customer_id=customer.id, seats=2, now=NOW)
    bookings.delete(session, full.id, now=NOW)
    assert waitlist.offer_next(session, event.id, now=NOW).offered == 2

    merge(session, keep, other)
    merged = last(session)
    assert offer_states(session) == [State.PLANNED, State.SKIPPED]
    assert events.seats_taken(session, event.id) == 2

    undo(session, merged, now=NOW)
    assert offer_states(session) == [State.PLANNED, State.PLANNED]
    assert sorted(session.scalars(select(WaitlistEntry.state))) == ["offered", "waiting"]


def test_who_waited_twice_waits_twice_again_after_the_undo(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session, capacity=4)
    a_booking(session, a_customer(session), event, seats=4)
    for customer in (keep, other):
        waitlist.join(session, event_id=event.id, customer_id=customer.id, seats=2, now=NOW)
    merge(session, keep, other)
    assert sorted(session.scalars(select(WaitlistEntry.state))) == ["left", "waiting"]
    undo(session, last(session), now=NOW)
    parties = session.execute(select(WaitlistEntry.customer_id, WaitlistEntry.state)).all()
    assert set(parties) == {(keep.id, "waiting"), (other.id, "waiting")}


@pytest.mark.parametrize("who_waits", ["keep", "other"])
@pytest.mark.parametrize("offered", [False, True])
def test_who_waits_while_the_other_is_booked_waits_again_after_the_undo(
    session: Session, who_waits: str, offered: bool
) -> None:
    keep, other = two(session)
    waits, booked = (keep, other) if who_waits == "keep" else (other, keep)
    event = an_event(session, capacity=4)
    a_booking(session, booked, event, seats=2)
    full = a_booking(session, a_customer(session), event, seats=2)
    waitlist.join(session, event_id=event.id, customer_id=waits.id, seats=2, now=NOW)
    if offered:
        bookings.delete(session, full.id, now=NOW)
        assert waitlist.offer_next(session, event.id, now=NOW).offered == 1

    merge(session, keep, other)
    merged = last(session)
    assert session.scalars(select(WaitlistEntry.state)).all() == ["booked"]
    assert events.seats_taken(session, event.id) == (2 if offered else 4)
    waitlist.offer_next(session, event.id, now=NOW)
    assert State.PLANNED not in offer_states(session)

    undo(session, merged, now=NOW)
    parties = session.execute(select(WaitlistEntry.customer_id, WaitlistEntry.state)).all()
    assert parties == [(waits.id, "waiting")]


def test_who_was_booked_since_does_not_wait_again(session: Session) -> None:
    keep, other = two(session)
    event = an_event(session, capacity=4)
    booking = a_booking(session, keep, event, seats=2)
    a_booking(session, a_customer(session), event, seats=2)
    waitlist.join(session, event_id=event.id, customer_id=other.id, seats=2, now=NOW)
    merge(session, keep, other)
    merged = last(session)
    bookings.move(session, booking.id, customer_id=a_customer(session).id, version=booking.version, now=NOW)
    undo(session, merged, now=NOW)
    assert session.execute(select(WaitlistEntry.customer_id, WaitlistEntry.state)).all() == [(other.id, "waiting")]
