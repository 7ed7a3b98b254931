"""A message before it is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sms import segments
from sms.texts import Kind
from venue.messages.causes import Reason
from venue.messages.states import State

# Texts that one guest is waiting for are sent before those to all guests of an event, those before reminders, and bulk
# texts last.
FIRST, NOTICE, NORMAL, BULK = 0, 1, 2, 3
PRIORITIES = {
    Kind.EVENT_MOVED: NOTICE,
    Kind.EVENT_CANCELLED: NOTICE,
    Kind.EVENT_ON_AGAIN: NOTICE,
    Kind.REMINDER_7_DAY: NORMAL,
    Kind.REMINDER_24_HOUR: NORMAL,
    Kind.INBOUND: NORMAL,
    Kind.CAMPAIGN: BULK,
}


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """The columns of a new message that differ from the table's defaults. Unless it says otherwise, it is scheduled.

    `skipped` is the reason not to send it. Instants are in UTC. `created_at` is `now` if not given.
    """

    kind: Kind
    dedupe_key: str
    now: datetime
    mobile_number: str | None
    customer_id: UUID | None = None
    booking_id: UUID | None = None
    event_id: UUID | None = None
    campaign_id: UUID | None = None
    again_of_id: UUID | None = None
    body: str | None = None
    due_at: datetime | None = None
    useful_until: datetime | None = None
    skipped: Reason | None = None
    # For messages that came in, or were found at the provider.
    direction: str = "out"
    state: State = State.PLANNED
    reason: str = ""
    account: str | None = None
    provider_id: str | None = None
    provider_status: str | None = None
    next_step_at: datetime | None = None
    created_at: datetime | None = None
    sent_at: datetime | None = None
    final_at: datetime | None = None
    handled_at: datetime | None = None
    handled_by: str | None = None

    def columns(self) -> dict[str, Any]:
        """The row to insert."""
        counted = segments.count(self.body) if self.body else None
        columns = {name: value for name, value in vars(self).items() if name not in ("now", "skipped")}
        columns |= {
            "kind": self.kind.value,
            "state": self.state.value,
            "cause": None,
            "encoding": counted.encoding if counted else None,
            "segments": counted.segments if counted else None,
            "priority": PRIORITIES.get(self.kind, FIRST),
            "created_at": self.created_at or self.now,
            "updated_at": self.now,
        }
        if self.skipped is not None:
            columns |= {"state": State.SKIPPED.value, "cause": self.skipped.cause.value, "reason": self.skipped.words}
            columns["final_at"] = self.now
        return columns
