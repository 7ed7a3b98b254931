"""What texts and their states are called on screens and in exports, and the moment they are sorted under."""

from datetime import datetime

from sms.texts import Kind
from venue.messages.channels import Channel
from venue.messages.rows import MessageRow
from venue.messages.states import NOT_YET_GONE, State

KINDS = {
    Kind.CONFIRMATION: "Confirmation",
    Kind.CHANGE: "Booking changed",
    Kind.CANCELLATION: "Booking cancelled",
    Kind.REMINDER_7_DAY: "7-day reminder",
    Kind.REMINDER_24_HOUR: "24-hour reminder",
    Kind.EVENT_MOVED: "Event rescheduled",
    Kind.EVENT_CANCELLED: "Event cancelled",
    Kind.EVENT_ON_AGAIN: "Event back on",
    Kind.CAMPAIGN: "Bulk text",
    Kind.WAITLIST_OFFER: "Waitlist offer",
    Kind.OFFER_WITHDRAWN: "Offer taken back",
    Kind.MANUAL: "Manual text",
    Kind.INBOUND: "Reply",
}
STATES = {
    State.PLANNED: "Scheduled",
    State.HELD: "On hold",
    State.SENDING: "Sending",
    State.SENT: "Sent",
    State.DELIVERED: "Delivered",
    State.UNDELIVERED: "Not delivered",
    State.FAILED: "Failed",
    State.UNSURE: "Unknown",
    State.SKIPPED: "Skipped",
    State.RECEIVED: "Received",
}


def kind_words(kind: str) -> str:
    return KINDS.get(Kind(kind), kind)


def title(text: MessageRow) -> str:
    """What a message is: its kind, and whether it goes or went by e-mail; or that staff sent it again."""
    if text.again_of_id:
        return "Sent again by staff"
    return by_channel(kind_words(text.kind), by_email=text.goes_by == Channel.EMAIL)


def by_channel(kind: str, *, by_email: bool) -> str:
    """Like "Confirmation" or "Confirmation by e-mail"."""
    return f"{kind} by e-mail" if by_email else kind


def state_words(state: str) -> str:
    return STATES[State(state)]


def waits_its_turn(text: MessageRow) -> bool:
    """Whether it is one of a bulk text's that was not sent yet: when it will be is not known."""
    return text.campaign_id is not None and text.state in NOT_YET_GONE


def moment(text: MessageRow) -> datetime:
    """When it was sent or will be sent, or else what was the last of it."""
    due_at = text.due_at if text.state in NOT_YET_GONE else None
    return text.sent_at or due_at or text.final_at or text.created_at
