"""Errors that staff see when something cannot be done. Any other exception is a bug."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID


class VenueError(Exception):
    """An error whose message is a sentence for staff."""


class Invalid(VenueError):
    """Every problem with what was typed: `problems` maps an argument's name to a sentence for staff."""

    def __init__(self, **problems: str):
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class NotFound(VenueError):
    """It does not exist, or no longer exists."""


class NotAllowed(VenueError):
    """The actor does not have the permission: what they may not do, or an empty string if they are not signed in."""

    def __init__(self, message: str, permission: str = ""):
        super().__init__(message)
        self.permission = permission


class ConfirmFirst(VenueError):
    """The actor may do this once they have entered their password again, or their PIN unless `by_password`."""

    def __init__(self, message: str, *, by_password: bool = False):
        super().__init__(message)
        self.by_password = by_password


class Busy(VenueError):
    """Another act, such as a large import, held up the database for too long. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Not saved: a large change, such as an import, is being saved. Try again in a minute.")


class ChangedJustNow(VenueError):
    """Another act changed the same rows at the same moment. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Not saved: someone else changed the same at this moment. Look again, then try again.")


class NoSuchTime(VenueError):
    """A local time that the clocks skip. `suggestion` is that time moved forward by the jump."""

    def __init__(self, message: str, suggestion: time):
        super().__init__(message)
        self.suggestion = suggestion


class Overbooked(Invalid):
    """The capacity would be `over` seats below those that are booked, offered or walked in. A manager may save it with
    a reason."""

    def __init__(self, message: str, over: int):
        super().__init__(capacity=message)
        self.over = over


class AlreadyBooked(Invalid):
    """This customer is already booked on this event, with the booking `booking_id`."""

    def __init__(self, message: str, booking_id: UUID):
        super().__init__(event_id=message)
        self.booking_id = booking_id


@dataclass(frozen=True)
class Lookalike:
    """A customer who has the same name, number or e-mail address, or is probably the same person: then `reason` says in
    words why."""

    id: UUID
    name: str
    mobile_number: str
    last_booking: str
    same_name: bool
    same_number: bool
    reason: str = ""
    same_email: bool = False


class AlreadyThere(VenueError):
    """Possible duplicates: other customers have this name or number, or are probably the same person.

    Staff open one of them, or save anyway.
    """

    def __init__(self, people: list[Lookalike]):
        super().__init__("Possible duplicate: " + ", ".join(person.name for person in people))
        self.people = people


class Conflict(VenueError):
    """Someone else changed the same fields since they were read. `fields` maps a field's name to (theirs, yours)."""

    def __init__(self, fields: dict[str, tuple[Any, Any]], *, version: int, changed_at: datetime):
        super().__init__("Someone else changed this while you were editing. Choose which version to keep.")
        self.fields = fields
        self.version = version
        self.changed_at = changed_at
