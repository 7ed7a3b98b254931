"""The types of the rows in lists of messages."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from venue.rows import Named


class MessageRow(Protocol):
    """A message with its event and its customer, which are None if there is none."""

    id: UUID
    direction: str
    kind: str
    state: str
    cause: str | None
    reason: str
    mobile_number: str | None
    channel: str
    channel_cause: str | None
    # By which channel it goes as things are, or went: `channel` is decided when it is sent.
    goes_by: str
    email: str | None
    subject: str | None
    customer_id: UUID | None
    booking_id: UUID | None
    event_id: UUID | None
    event_name: str | None
    event_starts_at: datetime | None
    due_at: datetime | None
    useful_until: datetime | None
    body: str | None
    encoding: str | None
    segments: int | None
    provider_id: str | None
    provider_status: str | None
    error_code: str | None
    resends: int
    next_step_at: datetime | None
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    final_at: datetime | None
    handled_at: datetime | None
    handled_by: str | None
    again_of_id: UUID | None
    campaign_id: UUID | None
    first_name: str | None
    last_name: str | None


class AttemptRow(Protocol):
    """One call to the provider. `ended_at` and `outcome` are None while it is under way."""

    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str
    error_code: str | None


class PreviewRow(Named, Protocol):
    """A booking that a template can be previewed for."""

    id: UUID
    event_name: str
    event_starts_at: datetime


class CustomerMessageRow(MessageRow, Protocol):
    """A message of one customer. `needs_person`: it needs attention from staff."""

    needs_person: bool
