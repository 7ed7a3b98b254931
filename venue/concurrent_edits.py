"""Two people edit the same record: what the second may write without undoing the first one's changes."""

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
    """The values to write: those that differ from the record now, without fields that only the other person changed.

    `version` is the version that was read, and `was` holds the fields' values in it. Raises Conflict for fields that
    both people changed to different values. Without `was`, every field that differs counts as changed by both.
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
