"""An event is moved or cancelled while one of its waitlist is erased."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Customer, Message
from sms.texts import Kind
from tests.at_once import wait_until_one_waits
from tests.makers import IN_TWO_WEEKS, MANAGER_AND_SCHEDULER, NOW, a_booking, a_customer, an_event, hours
from venue import bookings, events, privacy, waitlist
from venue.events import series
from venue.messages.states import State
from venue.profile import Venue
from venue.waitlist import offers

# On SQLite there is one writer at a time.
pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
ACTS = {
    "cancel": lambda session, event_id: events.cancel(session, event_id, now=NOW),
    "cancel_series": lambda session, event_id: series.cancel_coming(session, event_id, now=NOW),
    "move": lambda session, event_id: events.update(
        session, event_id, version=1, starts_at=IN_TWO_WEEKS + hours(1), now=NOW
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_both_are_done(venue: Venue, name: str) -> None:
    event_id, customer_id = who_holds_an_offer(venue)

    def act() -> None:
        with venue.transaction(MANAGER_AND_SCHEDULER) as session:
            ACTS[name](session, event_id)

    with ThreadPoolExecutor(1) as pool:
        with venue.transaction(MANAGER_AND_SCHEDULER) as session:
            session.get(Customer, customer_id, with_for_update=True)
            acting = pool.submit(act)
            wait_until_one_waits(venue)
            privacy.erase(session, customer_id, now=NOW)
        acting.result()

    with venue.reading(MANAGER_AND_SCHEDULER) as session:
        assert session.get(Customer, customer_id) is None
        assert list(session.scalars(select(Message.kind).where(Message.kind == Kind.OFFER_WITHDRAWN.value))) == []


def who_holds_an_offer(venue: Venue) -> tuple[UUID, UUID]:
    """The ids of an event and of a customer who got a text that offers them its seats."""
    with venue.transaction(MANAGER_AND_SCHEDULER) as session:
        event, customer = an_event(session, capacity=2), a_customer(session, first_name="Wanda", last_name="Waits")
        full = a_booking(session, event=event)
        waitlist.join(session, event_id=event.id, customer_id=customer.id, seats=2, now=NOW)
        bookings.delete(session, full.id, now=NOW)
        assert offers.offer_next(session, event.id, now=NOW).offered == 1
        offer = session.scalars(select(Message).where(Message.kind == Kind.WAITLIST_OFFER.value)).one()
        offer.state, offer.sent_at, offer.provider_id = State.SENT.value, NOW, "SM1"
        offer.claimed_at = offer.final_at = NOW
        return event.id, customer.id
