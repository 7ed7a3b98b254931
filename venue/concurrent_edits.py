"""Two people change the same record: what the second may write without undoing what the first wrote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from venue.errors import Conflict


class Versioned(Protocol):
    version: Any
    updated_at: Any


def to_write(
    record: Versioned, values: Mapping[str, Any], *, version: int, was: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values that differ from what the record holds now.

    `was` is what the fields held in the version that was read: a field that only the other person changed keeps what
    they wrote. Raises Conflict for the fields that both changed to something different. Without `was` it is not known
    who changed what, and each field that differs is one of these.
    """
    differing = {name: value for name, value in values.items() if getattr(record, name) != value}
    if record.version == version:
        return differing
    before = was or {}
    mine = {name: value for name, value in differing.items() if name not in before or before[name] != value}
    both = {
        name: (getattr(record, name), value)
        for name, value in mine.items()
        if name not in before or before[name] != getattr(record, name)
    }
    if both:
        changed_at: datetime = record.updated_at
        raise Conflict(both, version=record.version, changed_at=changed_at)
    return mine
