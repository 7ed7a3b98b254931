"""One scheduler moved step by step, and other helpers for tests of sending."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from channels.gateway import Gateway, Refused, Unknown
from db.models import Booking, Message, MessageAttempt
from db.session import Transaction
from sms import error_codes
from sms.texts import Kind
from tests.fakes.gateway import FakeGateway
from tests.makers import (
    MANAGER,
    NOW,
    a_booking,
    a_customer,
    an_event,
)
from venue import messages, reminders
from venue.delivery import attempts, status_checks
from venue.delivery.attempts import Clock
from venue.delivery.due_messages import Rate
from venue.messages.causes import Cause, Reason
from venue.profile import Venue
from venue.roles import SCHEDULER
from venue.timing import Timing

TIMING = Timing()
LOST = Unknown("The reply was lost")


def refused(code: str) -> Refused:
    return Refused(code, error_codes.explain(code), error_codes.fault_of(code))


def send_next(
    transaction: Transaction, gateway: Gateway, *, timing: Timing, worker: str, clock: Clock, rate: Rate = Rate()
) -> bool:
    """Send one text that is due, with the sender's own three steps. False if none may be sent now."""
    with transaction() as session:
        batch = attempts.claim(session, gateway.account, limit=1, timing=timing, worker=worker, now=clock(), rate=rate)
    for claimed in batch.claims:
        # No transaction is open here.
        outcome = attempts.call(gateway, claimed, timing=timing, clock=clock)
        with transaction() as session:
            attempts.record(session, [(claimed, outcome)], account=gateway.account, timing=timing, now=clock())
    return batch.looked_at > 0


class Worker:
    """One scheduler, moved step by step, with a clock that moves only when the test moves it."""

    def __init__(self, venue: Venue, gateway: FakeGateway, now: datetime = NOW):
        self.venue = venue
        self.gateway = gateway
        self.now = now
        gateway.now = lambda: self.now

    def transaction(self) -> Any:
        return self.venue.transaction(SCHEDULER)

    def deliver(self, **over: Any) -> bool:
        return send_next(self.transaction, self.gateway, timing=TIMING, worker="w1", clock=lambda: self.now, **over)

    def deliver_all(self) -> None:
        while self.deliver():
            pass

    def look(self) -> bool:
        return status_checks.look_next(self.transaction, self.gateway, timing=TIMING, clock=lambda: self.now)

    def follow(self) -> bool:
        return status_checks.follow_next(self.transaction, self.gateway, timing=TIMING, clock=lambda: self.now)

    def expire(self) -> int:
        with self.transaction() as session:
            return attempts.expire(session, timing=TIMING, now=self.now)

    def wait(self, time: timedelta) -> None:
        self.now += time


def write(venue: Venue) -> Any:
    return venue.transaction(MANAGER)


def a_text(venue: Venue, **over: Any) -> UUID:
    """A confirmation that is due now, and nothing else; the id of its booking."""
    with write(venue) as session:
        booking = a_booking(session, a_customer(session, **over), seats=4)
        messages.skip_planned(session, Message.kind.in_(reminders.KINDS), Reason(Cause.REPLACED), now=NOW)
        return booking.id


def the_message(venue: Venue, kind: Kind = Kind.CONFIRMATION) -> Message:
    with venue.reading(MANAGER) as session:
        return session.scalars(select(Message).where(Message.kind == kind.value)).one()


def attempt_rows(venue: Venue) -> list[tuple[int, str | None]]:
    with venue.reading(MANAGER) as session:
        found = session.execute(select(MessageAttempt.fence, MessageAttempt.outcome).order_by(MessageAttempt.fence))
        return [(row.fence, row.outcome) for row in found]


def unsure(venue: Venue, gateway: FakeGateway | None = None) -> Worker:
    """A worker and a text of unknown delivery, at the moment when it is looked for."""
    a_text(venue)
    worker = Worker(venue, gateway or FakeGateway(LOST))
    worker.deliver()
    worker.wait(TIMING.settle)
    return worker


def the_reminder(venue: Venue, kind: Kind = Kind.REMINDER_24_HOUR, **event: Any) -> Booking:
    """A booking of which only this reminder is left to send."""
    with write(venue) as session:
        booking = a_booking(session, event=an_event(session, **event))
        messages.skip_planned(session, Message.kind != kind.value, Reason(Cause.REPLACED), now=NOW)
        return booking
