"""Merging customers whose reminder was sent in one text with that of another of their household."""

import pytest
from sqlalchemy import select

from channels.gateway import Outcome, Sent
from db.models import Booking, Customer, Event, Message
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import MANAGER, a_booking, a_customer
from tests.venue.delivery.test_together import DUE, bodies, booked, due, states
from tests.venue.merging.two_of_them import merge
from tests.venue.worker import LOST, write
from venue import messages
from venue.messages.causes import Cause, Reason
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


@pytest.mark.parametrize("outcome", [Sent("SM1"), LOST], ids=["sent", "unknown"])
@pytest.mark.parametrize("survives", ["theirs", "the other"])
def test_a_reminder_sent_together_counts_as_sent(venue: Venue, outcome: Outcome, survives: str) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue, FakeGateway(outcome))
    worker.deliver_all()
    (name,) = (name for name, state in states(venue, people).items() if state == "together")
    with write(venue) as session:
        event = session.scalars(select(Event)).one()
        theirs = session.get_one(Customer, people[name])
        other = a_customer(session, first_name="Robin", last_name="Poe")
        a_booking(session, other, event)
        messages.skip_planned(session, Message.kind == Kind.CONFIRMATION.value, Reason(Cause.REPLACED), now=DUE)
        keep, goes = (theirs, other) if survives == "theirs" else (other, theirs)
        merge(session, keep, goes, now=DUE)
        kept = keep.id
    worker.deliver_all()
    assert len(bodies(worker)) == 1
    with venue.reading(MANAGER) as session:
        assert session.scalars(select(Booking.seats).where(Booking.customer_id == kept)).all() == [2]
