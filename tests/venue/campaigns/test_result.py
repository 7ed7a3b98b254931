"""What came of a bulk text within 14 days."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from db.models import Customer
from tests.makers import MANAGER, a_booking, an_event, days, hours
from tests.venue.campaigns.people import confirmed, who_agreed
from tests.venue.worker import Worker
from venue import bookings
from venue.campaigns.result import Result, result
from venue.profile import Venue


def test_bookings_and_arrivals_within_two_weeks_of_the_text_are_counted(venue: Venue, worker: Worker) -> None:
    with venue.transaction(MANAGER) as session:
        who_agreed(session, 4)
        before = a_booking(session, session.scalars(select(Customer)).first(), an_event(session))
        campaign_id = confirmed(session, per_minute=600)
    worker.wait(hours(1))
    worker.deliver_all()
    sent_at = worker.now
    with venue.transaction(MANAGER) as session:
        first, second, third, fourth = session.scalars(select(Customer).order_by(Customer.id != before.customer_id))
        event = an_event(session, name="Jazz", starts_at=sent_at + days(10), now=sent_at)
        a_booking(session, second, event, seats=3, now=sent_at + days(1))
        a_booking(session, third, event, seats=0, now=sent_at + days(1))
        late = an_event(session, name="Late", starts_at=sent_at + days(20), now=sent_at)
        a_booking(session, fourth, late, now=sent_at + days(15))
        bookings.mark_arrived(session, before.id, arrived=True, now=sent_at + days(13))
        assert first.id == before.customer_id
    with venue.reading(MANAGER) as session:
        found = result(session, campaign_id)
    assert found == Result(texted=4, booked=1, seats=3, arrived=1, counts_until=sent_at + days(14))


@pytest.mark.parametrize(
    ("texted", "said"),
    [
        (40, "Of the 40 texted, 6 booked for 15 seats within 14 days, and 2 came to an event"),
        (200, "Of the 200 texted, 6 booked for 15 seats within 14 days (3%), and 2 came to an event"),
    ],
)
def test_a_share_is_said_only_of_enough_customers(texted: int, said: str) -> None:
    few = Result(texted=40, booked=6, seats=15, arrived=2, counts_until=None)
    assert replace(few, texted=texted).words == said
