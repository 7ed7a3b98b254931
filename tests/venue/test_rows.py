"""The rows that queries give have every column that screens may read of them."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.makers import NOW, STAFF, a_booking, a_customer, an_event, days
from venue import bookings, customers, events
from venue.insight import today
from venue.messages import log, needs_call
from venue.messages.rows import CustomerMessageRow, MessageRow
from venue.profile import Venue
from venue.rows import BookingRow, CustomerBookingRow, EventRow, GuestRow, ListedCustomerRow, StoredCustomerRow


@pytest.fixture
def rows(venue: Venue) -> dict[type, Sequence[Any]]:
    """Rows of every query that screens read, by their declared type."""
    with venue.transaction(STAFF) as session:
        jo = a_customer(session)
        quiz = an_event(session, starts_at=NOW + days(10))
        booking = a_booking(session, jo, quiz)
        ids = (jo.id, quiz.id, booking.id)
    customer_id, event_id, booking_id = ids
    with venue.reading(STAFF) as session:
        return {
            StoredCustomerRow: [customers.row(session, customer_id)],
            ListedCustomerRow: customers.search(session, now=NOW).rows,
            EventRow: [
                events.row(session, event_id),
                *events.upcoming(session, now=NOW),
                *events.upcoming_page(session, now=NOW).rows,
            ],
            BookingRow: [bookings.row(session, booking_id)],
            CustomerBookingRow: bookings.for_customer(session, customer_id, now=NOW).active,
            GuestRow: [
                *bookings.for_event(session, event_id),
                *bookings.page_for_event(session, event_id).rows,
                *bookings.of_customers(session, event_id, [customer_id]).values(),
            ],
            MessageRow: [
                *log.listing(session, now=NOW).rows,
                *today.overview(session, now=NOW).due_next,
                *needs_call.for_event(session, event_id=event_id, booking_ids=[booking_id], now=NOW + days(9)),
            ],
            CustomerMessageRow: log.for_customer(session, customer_id, now=NOW),
        }


def test_rows_have_the_columns_they_are_declared_with(rows: dict[type, Sequence[Any]]) -> None:
    for declared, found in rows.items():
        assert found, declared
        names = {name for each in declared.__mro__ for name in getattr(each, "__annotations__", {})}
        for row in found:
            missing = {name for name in names if not hasattr(row, name)}
            assert not missing, declared
