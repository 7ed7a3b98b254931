"""Which program wrote a file, told by its headings, so that staff see that their file was recognised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.search import fold


@dataclass(frozen=True)
class _Program:
    """A file is from this program when it has at least one heading of each group."""

    name: str
    groups: tuple[frozenset[str], ...]


def program_of(header: Iterable[str]) -> str:
    """The name of the program that writes such a header row, or "" if it is none of those known."""
    headings = {fold(heading) for heading in header}
    return next((program.name for program in _PROGRAMS if all(group & headings for group in program.groups)), "")


def _program(name: str, *groups: Sequence[str]) -> _Program:
    return _Program(name, tuple(frozenset(map(fold, group)) for group in groups))


_PROGRAMS = (
    _program("Google Contacts", ["Phone 1 - Value", "E-mail 1 - Value"], ["Labels", "Group Membership"]),
    _program("Outlook", ["E-mail Address"], ["Business Phone"], ["Other Phone"]),
    _program("Square", ["Square Customer ID"]),
    _program("HubSpot", ["Record ID", "Record ID - Contact"], ["Contact owner", "Lead Status", "Lifecycle Stage"]),
    _program("Mailchimp", ["MEMBER_RATING", "LEID", "EUID"], ["OPTIN_TIME", "LAST_CHANGED"]),
    _program("Eventbrite", ["Order ID", "Order #"], ["Ticket Type"], ["Attendee Status", "Attendee first name"]),
    _program("Apple Contacts", ["iPhone", "Phone (iPhone)", "Phone: iPhone"]),
)
