"""The states of a party on a waitlist, and why it was passed over."""

from enum import StrEnum, auto


class State(StrEnum):
    """The last four end it: the same customer may join again."""

    WAITING = auto()
    OFFERED = auto()
    BOOKED = auto()
    DECLINED = auto()
    EXPIRED = auto()
    LEFT = auto()


OPEN = (State.WAITING, State.OFFERED)
GONE = "This party is no longer on the waitlist."


class PassedOver(StrEnum):
    """Why a party was passed over last. Stored, for rules; `words` is the sentence for staff."""

    FULL = auto()
    TOO_LARGE = auto()
    UNREACHABLE = auto()
    TEXT_FAILED = auto()
    TEXT_TOO_LATE = auto()
    TOO_CLOSE = auto()
    WITHDRAWN = auto()
    EVENT_BEGAN = auto()


# These get no offer by text any more: staff call them.
TO_CALL = (PassedOver.UNREACHABLE, PassedOver.TEXT_FAILED)


def words(cause: str | None, *, seats: int, free: int) -> str:
    """Why a party that needs these seats waits, while `free` seats are free: like "needs 6, 4 free"."""
    if cause in (PassedOver.FULL, PassedOver.TOO_LARGE):
        if free <= 0:
            return WORDS[PassedOver.FULL]
        return f"needs {seats}, {free} free" if seats > free else FITS
    return WORDS[PassedOver(cause)] if cause else FITS


FITS = "seats are free: offered next"
WORDS = {
    PassedOver.FULL: "no seats are free",
    PassedOver.UNREACHABLE: "their number gets no texts: call them",
    PassedOver.TEXT_FAILED: "the text with the offer did not arrive: call them",
    PassedOver.TEXT_TOO_LATE: "the text with the offer could not be sent in time",
    PassedOver.TOO_CLOSE: "too close to the start for a text: call them",
    PassedOver.WITHDRAWN: "their offer was taken back by staff",
    PassedOver.EVENT_BEGAN: "the event has begun",
}
