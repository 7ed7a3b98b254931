"""Undo what a merge did to texts: each goes back to who it was of, and what the merge skipped is scheduled again.

A text that was sent since stays sent, and is not scheduled again: nor is the reminder that was skipped in favour of it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from db.models import Booking, Message
from db.recorded import parsed, plain, table_of
from db.types import AnyRow
from db.writes import delete_where, update_where
from venue import reminders
from venue.journal.entries import Value
from venue.journal.merged_bookings import Undoing
from venue.messages.causes import Cause
from venue.messages.states import MAYBE_GONE, NOT_YET_GONE, State

GONE = (*MAYBE_GONE, State.SENT, State.DELIVERED, State.UNDELIVERED)
# What belongs to a state: all of it is as the merge left it, or nothing is restored.
STATE = ("state", "cause", "reason", "handled_at", "handled_by")
WITH_STATE = (*STATE, "final_at", "next_step_at", "error_code", "updated_at")


class MergedTexts:
    """The texts of one merge, as its entry holds them. `back` are the ids of bookings that were deleted and are back:
    the texts of the others stay with the booking that stayed."""

    def __init__(self, undoing: Undoing, values: Sequence[Value], back: Collection[UUID]):
        self.undoing, self.session, self.values, self.back = undoing, undoing.session, values, back
        ids = [UUID(value.row_id) for value in values]
        table = table_of(Message)
        rows = self.session.execute(select(table).where(table.c.id.in_(ids)).with_for_update())
        self.present: dict[UUID, AnyRow] = {row.id: row for row in rows}

    def give_back(self) -> None:
        for value in self.values:
            row = self.present.get(UUID(value.row_id))
            if row is None or value.after is None or value.is_erased:
                continue
            if value.before is None:
                self._remove(row, value.after)
            else:
                self._restore(row, value.before, value.after)
        self._follow_bookings()

    def _remove(self, row: AnyRow, after: Mapping[str, Any]) -> None:
        """A note that a reminder is not needed, which the merge added."""
        if (row.state, row.reason) == (after.get("state"), after.get("reason")):
            delete_where(self.session, Message, Message.id == row.id)

    def _restore(self, row: AnyRow, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        values: dict[str, Any] = {}
        if "customer_id" in before and row.customer_id == self.undoing.keep_id:
            values["customer_id"] = UUID(before["customer_id"])
        booking_id = UUID(before["booking_id"]) if before.get("booking_id") else None
        if booking_id in self.back and plain("messages", "booking_id", row.booking_id) == after.get("booking_id"):
            values["booking_id"] = booking_id
        if self._may_have_its_state_back(row, before, after, booking_id):
            values |= {name: parsed("messages", name, before.get(name)) for name in self._state_of(row, before, after)}
        is_queued = values.get("state", row.state) in (*NOT_YET_GONE, State.SKIPPED)
        if is_queued and "mobile_number" in before and row.mobile_number == after["mobile_number"]:
            values["mobile_number"] = before["mobile_number"]
        if values:
            update_where(self.session, Message, Message.id == row.id, values)

    def _may_have_its_state_back(
        self, row: AnyRow, before: Mapping[str, Any], after: Mapping[str, Any], booking_id: UUID | None
    ) -> bool:
        if "state" not in after or before.get("state") == after["state"]:
            return False
        if any(plain("messages", name, getattr(row, name)) != after[name] for name in STATE if name in after):
            return False
        changed_booking = booking_id is not None and before.get("booking_id") != after.get("booking_id")
        if changed_booking and booking_id not in self.back:
            return False
        if before["state"] not in NOT_YET_GONE:
            return True
        is_too_late = row.useful_until is not None and row.useful_until <= self.undoing.now
        return not is_too_late and not self._was_sent_instead(row)

    def _was_sent_instead(self, row: AnyRow) -> bool:
        """Whether the reminder of the other booking for this event was sent while the two were one."""
        if row.kind not in reminders.KINDS or row.due_at > self.undoing.now:
            return False
        merged_at = self.undoing.entry.at
        same = and_(
            Message.event_id == row.event_id,
            Message.kind == row.kind,
            Message.id != row.id,
            Message.customer_id.in_((self.undoing.keep_id, self.undoing.other_id)),
            or_(
                and_(Message.state.in_(GONE), Message.claimed_at >= merged_at),
                and_(Message.cause == Cause.SENT_TOGETHER.value, Message.final_at >= merged_at),
            ),
        )
        return self.session.scalars(select(Message.id).where(same).limit(1)).first() is not None

    def _state_of(self, row: AnyRow, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """The columns to restore with the state. `updated_at` only if nothing was written since."""
        is_untouched = plain("messages", "updated_at", row.updated_at) == after.get("updated_at")
        return [name for name in WITH_STATE if name in after and (name != "updated_at" or is_untouched)]

    def _follow_bookings(self) -> None:
        """Texts that were queued since go where their booking goes."""
        other_id = self.undoing.other_id
        theirs = Message.booking_id.in_(select(Booking.id).where(Booking.customer_id == other_id))
        is_new = Message.created_at >= self.undoing.entry.at
        since = and_(theirs, is_new, Message.customer_id == self.undoing.keep_id)
        update_where(self.session, Message, since, {"customer_id": other_id})
