"""What was typed into the fields of a customer: checked, and compared with what someone else saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Customer
from sms import phone
from venue import concurrent_edits
from venue import fields as own_fields
from venue.customers import emails, names
from venue.errors import Conflict, Invalid
from venue.notes import checked_notes
from venue.profile import Venue, venue_of

# The label of each field, by name.
FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "mobile_number": "Mobile number",
    "email": "E-mail",
    "notes": "Notes",
}
NAMES = ("first_name", "last_name")


def checked_with_own(
    session: Session, *, own: Mapping[UUID, Any] | None, **typed: str
) -> tuple[dict[str, str], own_fields.Values]:
    """The fields as they are stored, and the values of the venue's fields. Raises Invalid with every problem at
    once."""
    problems: dict[str, str] = {}
    fields: dict[str, str] = {}
    values: own_fields.Values = {}
    try:
        fields = checked(session, **typed)
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        values = own_fields.checked(session, own or {})
    except Invalid as invalid:
        problems |= invalid.problems
    if problems:
        raise Invalid(**problems)
    return fields, values


def to_write(
    session: Session,
    customer: Customer,
    typed: Mapping[str, str],
    own: own_fields.Values,
    *,
    version: int,
    was: Mapping[str, Any] | None,
) -> tuple[dict[str, Any], own_fields.Values]:
    """The fields and the values to write. Raises Conflict for those that someone else changed too."""
    edits = own_fields.edits(session, customer.id, own, was=was) if own else own_fields.Edits()
    try:
        changed = concurrent_edits.to_write(customer, typed, version=version, was=was)
    except Conflict as conflict:
        both = conflict.fields | edits.conflicts
        raise Conflict(both, version=conflict.version, changed_at=conflict.changed_at) from None
    if edits.conflicts:
        raise Conflict(edits.conflicts, version=customer.version, changed_at=customer.updated_at)
    return changed, edits.values


def checked(session: Session, **fields: str) -> dict[str, str]:
    """The fields as they are stored. Raises Invalid with every problem at once."""
    return checked_for(venue_of(session), **fields)


def checked_for(venue: Venue, **fields: Any) -> dict[str, Any]:
    """The fields as this venue stores them. Raises Invalid with every problem at once."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, typed in fields.items():
        try:
            values[name] = _checked_field(venue, name, typed or "")
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise Invalid(**problems)
    return values


def _checked_field(venue: Venue, name: str, typed: str) -> Any:
    if name == "mobile_number":
        return phone.normalise(typed, region=venue.region, allow_fictional=venue.fictional_numbers)
    if name == "prefers_email":
        return bool(typed)
    if name == "email":
        return emails.normalise(typed)
    if name not in NAMES:
        return checked_notes(typed, FIELDS[name])
    cleaned = names.clean(typed)
    problem = names.problem(cleaned, FIELDS[name])
    if problem:
        raise ValueError(problem)
    return cleaned
