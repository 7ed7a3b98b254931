"""Texts with offers that come back to the queue after their offer has ended."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from channels.gateway import NotSent
from db.models import WaitlistEntry
from tests.makers import MANAGER, NOW, hours, minutes
from tests.venue.waitlist.makers import a_full_event, a_party
from tests.venue.worker import TIMING, Worker
from venue import bookings, events, waitlist
from venue.delivery import attempts
from venue.profile import Venue


def withdraw(session: Session, entry: WaitlistEntry) -> None:
    waitlist.withdraw(session, entry.id, now=NOW + hours(1))


def decline(session: Session, entry: WaitlistEntry) -> None:
    waitlist.answer(session, entry.id, accepts=False, now=NOW + hours(1))


def delete_event(session: Session, entry: WaitlistEntry) -> None:
    events.delete(session, entry.event_id, now=NOW + hours(1))


def offered(venue: Venue, worker: Worker) -> UUID:
    """A party with an offer that is not texted yet, on an event without bookings."""
    worker.now = NOW + hours(1)
    with venue.transaction(MANAGER) as session:
        event, booking = a_full_event(session)
        entry = a_party(session, event)
        bookings.delete(session, booking.id, now=NOW)
        event_id, entry_id = event.id, entry.id
    with worker.transaction() as session:
        waitlist.offer_next(session, event_id, now=worker.now)
    return entry_id


@pytest.mark.parametrize("ends", [withdraw, decline])
def test_an_offer_that_is_over_is_not_sent(
    venue: Venue, worker: Worker, ends: Callable[[Session, WaitlistEntry], None]
) -> None:
    entry_id = offered(venue, worker)
    with worker.transaction() as session:
        claimed = attempts.claim(session, worker.gateway.account, limit=9, timing=TIMING, worker="w", now=worker.now)
    [offer] = [claim for claim in claimed.claims if "can be yours" in claim.outgoing.body]
    with venue.transaction(MANAGER) as session:
        ends(session, session.get_one(WaitlistEntry, entry_id))
    with worker.transaction() as session:
        not_sent = [(offer, NotSent("No line"))]
        attempts.record(session, not_sent, account=worker.gateway.account, timing=TIMING, now=worker.now)
    worker.wait(minutes(1))
    worker.deliver_all()
    assert not [text for text in worker.gateway.sent if "can be yours" in text.body]


def test_the_offer_of_an_event_deleted_since_is_not_sent(venue: Venue, worker: Worker) -> None:
    entry_id = offered(venue, worker)
    with venue.transaction(MANAGER) as session:
        delete_event(session, session.get_one(WaitlistEntry, entry_id))
    worker.deliver_all()
    assert not [text for text in worker.gateway.sent if "can be yours" in text.body]


def test_an_open_offer_that_was_not_sent_is_sent_later(venue: Venue, worker: Worker) -> None:
    offered(venue, worker)
    worker.gateway.outcomes.extend([NotSent("No line")] * 3)
    worker.deliver_all()
    worker.wait(minutes(1))
    worker.deliver_all()
    assert [text for text in worker.gateway.sent if "can be yours" in text.body]
