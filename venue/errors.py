"""What staff are told when something cannot be done. Anything else that is raised is our bug."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID


class VenueError(Exception):
    """Words for staff."""


class Invalid(VenueError):
    """Everything wrong with what was typed, by the name of the argument it was given as."""

    def __init__(self, **problems: str):
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class NotFound(VenueError):
    """It is not there, or not any more."""


class NotAllowed(VenueError):
    """The actor's role does not include this."""


class NoSuchTime(VenueError):
    """A local time that the clocks jump over; `suggestion` is the first one after the jump."""

    def __init__(self, words: str, suggestion: time):
        super().__init__(words)
        self.suggestion = suggestion


class AlreadyBooked(Invalid):
    """This customer is on this event already."""

    def __init__(self, words: str, booking_id: UUID):
        super().__init__(event_id=words)
        self.booking_id = booking_id


@dataclass(frozen=True)
class Lookalike:
    """Somebody who has the same name or the same number."""

    id: UUID
    name: str
    mobile_number: str
    last_booking: str
    same_name: bool
    same_number: bool


class AlreadyThere(VenueError):
    """Somebody like this is known: staff choose between opening them and adding anyway."""

    def __init__(self, people: list[Lookalike]):
        super().__init__("Somebody with this name or number is already there: " + ", ".join(p.name for p in people))
        self.people = people


class Conflict(VenueError):
    """Somebody else changed the same thing meanwhile. `fields` maps a field's name to (theirs, yours)."""

    def __init__(self, fields: dict[str, tuple[Any, Any]], *, version: int, changed_at: datetime):
        super().__init__("Somebody else changed this meanwhile. Choose what to keep.")
        self.fields = fields
        self.version = version
        self.changed_at = changed_at
