"""Why a message is not sent: a cause, which rules read, and a sentence, which staff read."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Cause(StrEnum):
    """Stored with each skipped message. Rules compare the cause, never the sentence."""

    OPTED_OUT = auto()
    STOPPED_BY_STAFF = auto()
    CANNOT_RECEIVE = auto()
    TOO_LATE = auto()
    BOOKED_TOO_LATE = auto()
    REPLACED = auto()
    EVENT_CANCELLED = auto()
    EVENT_ON_AGAIN = auto()
    BOOKING_DELETED = auto()
    CUSTOMER_DELETED = auto()
    SENT_TOGETHER = auto()
    NOT_AGREED = auto()
    TEXTED_LATELY = auto()
    CAMPAIGN_STOPPED = auto()


SENTENCES = {
    Cause.OPTED_OUT: "Opted out: they texted STOP",
    Cause.STOPPED_BY_STAFF: "Texts to this number were stopped by staff",
    Cause.CANNOT_RECEIVE: "This number cannot receive texts",
    Cause.TOO_LATE: "Too late to be useful",
    Cause.BOOKED_TOO_LATE: "Booked too late for this reminder",
    Cause.REPLACED: "Replaced",
    Cause.EVENT_CANCELLED: "The event is cancelled",
    Cause.EVENT_ON_AGAIN: "The event is on again",
    Cause.BOOKING_DELETED: "The booking was deleted",
    Cause.CUSTOMER_DELETED: "The customer was deleted",
    Cause.SENT_TOGETHER: "Sent together",
    Cause.NOT_AGREED: "They no longer agree to news and offers by text",
    Cause.TEXTED_LATELY: "They got another bulk text shortly before",
    Cause.CAMPAIGN_STOPPED: "The bulk text was stopped",
}
# Causes that concern the phone number, not the message.
OF_THE_NUMBER = (Cause.OPTED_OUT, Cause.STOPPED_BY_STAFF, Cause.CANNOT_RECEIVE)


@dataclass(frozen=True)
class Reason:
    """A cause with a detail for staff, such as the provider's explanation, or whose text it is sent with."""

    cause: Cause
    detail: str = ""

    @property
    def words(self) -> str:
        """The sentence for staff."""
        sentence = SENTENCES[self.cause]
        if self.cause is Cause.SENT_TOGETHER and self.detail:
            return f"{sentence} with {self.detail}'s"
        return f"{sentence}: {self.detail}" if self.detail else sentence
