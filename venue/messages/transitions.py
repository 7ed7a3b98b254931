"""Write the decision about a message to its row."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from db.models import Message
from db.types import AnyRow
from venue.messages.causes import Cause, Reason
from venue.messages.states import MAYBE_GONE, REMINDERS, State, Transition


def apply(message: Message, transition: Transition | None, now: datetime) -> None:
    """Set the columns that the transition changes. None changes nothing."""
    if transition is not None:
        for column, value in changed_columns(message, transition.changes, now).items():
            setattr(message, column, value)


def changed_columns(message: Message | AnyRow, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The columns to write for a transition's changes. The number and text of a deleted customer's message are erased
    once its delivery is settled."""
    columns = {name: value.value if isinstance(value, StrEnum) else value for name, value in changes.items()}
    columns["updated_at"] = now
    state = columns.get("state", message.state)
    is_looked_for = state in MAYBE_GONE and columns.get("next_step_at", message.next_step_at) is not None
    if not message.erase_when_settled or is_looked_for:
        return columns
    columns |= {"mobile_number": None, "email": None, "subject": None, "body": None, "erase_when_settled": False}
    # A reminder may only have mentioned the deleted customer. It is rendered again when claimed, or skipped then.
    if state == State.PLANNED and message.kind not in REMINDERS:
        deleted = Reason(Cause.CUSTOMER_DELETED)
        columns |= {"state": State.SKIPPED.value, "cause": deleted.cause.value, "reason": deleted.words}
        columns["final_at"] = now
    return columns
