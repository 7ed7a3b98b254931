"""Bookings that guests cancel shortly before the event."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import LateCancellation
from tests.makers import IN_TWO_WEEKS, MANAGER_AND_SCHEDULER, a_booking, days, hours
from venue import bookings, visits
from venue.bookings import late_cancellations

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
EVENING_BEFORE = IN_TWO_WEEKS - hours(23)


def late(session: Session) -> list[tuple[int, datetime]]:
    return [(row.seats, row.starts_at) for row in session.scalars(select(LateCancellation))]


def test_in_the_last_24_hours_a_cancellation_is_late(session: Session) -> None:
    booking = a_booking(session, seats=4)
    customer_id = booking.customer_id
    bookings.delete(session, booking.id, now=EVENING_BEFORE)
    assert late(session) == [(4, IN_TWO_WEEKS)]
    assert visits.of_customer(session, customer_id, now=EVENING_BEFORE).late == [IN_TWO_WEEKS]
    assert visits.of_customer(session, customer_id, now=IN_TWO_WEEKS + days(366)).late == []


@pytest.mark.parametrize(
    ("seats", "now", "by_mistake"),
    [
        (4, IN_TWO_WEEKS - hours(25), False),
        (4, IN_TWO_WEEKS + hours(1), False),
        (0, EVENING_BEFORE, False),
        (4, EVENING_BEFORE, True),
    ],
    ids=["earlier", "after it began", "reminder only", "by mistake"],
)
def test_other_deletions_are_not_late(session: Session, seats: int, now: datetime, by_mistake: bool) -> None:
    bookings.delete(session, a_booking(session, seats=seats).id, now=now, by_mistake=by_mistake)
    assert late(session) == []


def test_a_guest_who_came_did_not_cancel(session: Session) -> None:
    booking = a_booking(session)
    bookings.mark_arrived(session, booking.id, arrived=True, now=EVENING_BEFORE)
    bookings.delete(session, booking.id, now=EVENING_BEFORE)
    assert late(session) == []


def test_it_is_forgotten_after_a_year(session: Session) -> None:
    session.info["actor"] = MANAGER_AND_SCHEDULER
    bookings.delete(session, a_booking(session).id, now=EVENING_BEFORE)
    ((_, begins),) = late(session)
    assert late_cancellations.tidy(session, now=begins + days(364.9)) == 0
    assert late_cancellations.tidy(session, now=begins + days(365.1)) == 1
    assert late(session) == []
