"""The types of the rows that screens read, so that mypy finds a misspelt column."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Named(Protocol):
    first_name: str
    last_name: str


class CustomerRow(Named, Protocol):
    id: UUID
    mobile_number: str
    email: str
    notes: str
    version: int
    created_at: datetime


class StoredCustomerRow(CustomerRow, Protocol):
    updated_at: datetime
    prefers_email: bool


class ListedCustomerRow(CustomerRow, Protocol):
    """A customer of the list; `booking_status` is "active", "reminder_only" or "none"."""

    booking_status: str


class DatedEventRow(Protocol):
    """An event with its start in UTC."""

    id: UUID
    name: str
    starts_at: datetime


class EventRow(DatedEventRow, Protocol):
    """An event of a list. A capacity of None is no limit. `seats_taken` includes `seats_offered`, those that are
    offered to the waitlist, and `unnamed_seats`, those of walk-ins who gave no number. `parties_waiting` have no
    offer."""

    short_name: str
    capacity: int | None
    category: str
    notes: str
    cancelled_at: datetime | None
    series_id: UUID | None
    overbooked_reason: str
    version: int
    seats_taken: int
    seats_offered: int
    unnamed_seats: int
    parties_waiting: int


class WithSeats(Protocol):
    """A booking. With 0 seats it is reminder-only."""

    id: UUID
    seats: int
    notes: str
    version: int


class BookingRow(WithSeats, Named, Protocol):
    """One booking, with the names of its customer and event."""

    customer_id: UUID
    event_id: UUID
    event_name: str
    late_since: datetime | None


class CustomerBookingRow(WithSeats, Protocol):
    """A booking of one customer. `arrived` is None until staff record it."""

    event_id: UUID
    event_name: str
    starts_at: datetime
    cancelled_at: datetime | None
    capacity: int | None
    arrived: bool | None
    created_at: datetime


class GuestRow(WithSeats, Named, Protocol):
    """A booking on one event, with its customer."""

    customer_id: UUID
    mobile_number: str
    arrived: bool | None
    arrived_seats: int | None
    walked_in: bool
    late_since: datetime | None
    late_minutes: int | None
