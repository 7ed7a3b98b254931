"""A proposal: what a reply seems to mean, and the act that fits."""

from dataclasses import dataclass
from uuid import UUID

from venue.replies.meanings import Meaning


@dataclass(frozen=True)
class Proposal:
    """What a reply seems to mean, in words for staff, and the act that fits.

    `label` is what its button is called: empty if nothing can be done, and then `problem` says why, if there is a
    reason. `seats` are those that the booking would have, `minutes` those that they are late, if they said so.
    `version` is that of the booking when it was checked. For an offer of the waitlist there is `entry_id` instead of a
    booking.
    """

    message_id: UUID
    meaning: Meaning
    is_certain: bool
    words: str
    label: str = ""
    problem: str = ""
    booking_id: UUID | None = None
    version: int | None = None
    seats: int | None = None
    minutes: int | None = None
    entry_id: UUID | None = None
