"""Texts of a booking that is moved to another customer while one of them is on its way."""

from uuid import UUID

import pytest

from channels.gateway import NotSent, Outcome
from db.models import Booking
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import a_customer, minutes
from tests.venue.delivery.test_together import DUE, booked, booking_of, due, reminder_of, states
from tests.venue.worker import TIMING, Worker, a_text, refused, the_message, the_reminder, write
from venue import bookings
from venue.delivery import attempts
from venue.messages.causes import Cause
from venue.messages.states import State
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql


def moved(venue: Venue, booking_id: UUID, first_name: str = "Bea", **over: object) -> tuple[UUID, str]:
    """Move this booking to a new customer: their id and number."""
    with write(venue) as session:
        right = a_customer(session, first_name=first_name, last_name="Right", **over)
        version = session.get_one(Booking, booking_id).version
        bookings.move(session, booking_id, customer_id=right.id, version=version, now=DUE)
        return right.id, right.mobile_number


def move_while_sending(worker: Worker, venue: Venue, booking_id: UUID, outcome: Outcome) -> tuple[UUID, str]:
    with worker.transaction() as session:
        batch = attempts.claim(session, "test", limit=1, timing=TIMING, worker="w1", now=worker.now)
    right = moved(venue, booking_id)
    with worker.transaction() as session:
        results = [(claimed, outcome) for claimed in batch.claims]
        attempts.record(session, results, account="test", timing=TIMING, now=worker.now)
    return right


def test_a_reminder_that_did_not_go_is_sent_to_the_right_one(venue: Venue) -> None:
    booking_id = the_reminder(venue).id
    worker = due(venue)
    right_id, number = move_while_sending(worker, venue, booking_id, NotSent("Busy"))
    worker.wait(minutes(30))
    worker.deliver_all()
    assert [(outgoing.to, "Hi Bea" in outgoing.body) for outgoing in worker.gateway.sent] == [(number, True)]
    text = the_message(venue, Kind.REMINDER_24_HOUR)
    assert (text.customer_id, text.state) == (right_id, State.SENT)


def test_a_confirmation_that_did_not_go_is_not_sent_to_the_wrong_one(venue: Venue) -> None:
    booking_id = a_text(venue)
    worker = Worker(venue, FakeGateway())
    move_while_sending(worker, venue, booking_id, NotSent("Busy"))
    worker.wait(minutes(30))
    worker.deliver_all()
    assert worker.gateway.sent == []
    text = the_message(venue)
    assert (text.state, text.cause) == (State.SKIPPED, Cause.REPLACED)


@pytest.mark.parametrize("outcome", [NotSent("Busy"), refused("21211")], ids=["not sent", "refused"])
def test_one_that_went_with_another_that_did_not_go_is_of_the_right_one(venue: Venue, outcome: Outcome) -> None:
    people = booked(venue, "Ann", "Bob")
    worker = due(venue)
    with worker.transaction() as session:
        batch = attempts.claim(session, "test", limit=1, timing=TIMING, worker="w1", now=worker.now)
    (other,) = (name for name, state in states(venue, people).items() if state == "together")
    with write(venue) as session:
        booking_id = booking_of(session, people[other]).id
    right_id, number = moved(venue, booking_id)
    with worker.transaction() as session:
        results = [(claimed, outcome) for claimed in batch.claims]
        attempts.record(session, results, account="test", timing=TIMING, now=worker.now)
    worker.wait(minutes(30))
    worker.deliver_all()
    text = reminder_of(venue, right_id)
    assert (text.state, text.mobile_number) == (State.SENT, number)
    assert [outgoing.body.split(",")[0] for outgoing in worker.gateway.sent if outgoing.to == number] == [
        "The Anchor: Hi Bea"
    ]
