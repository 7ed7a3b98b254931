"""Sentences about tags."""

from collections.abc import Callable
from datetime import date

from venue.acts import Act
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import changes, customer, first, named, with_changes
from venue.wording import ERASED, counted


def tag(entry: EntryRow) -> str:
    """The name that the tag had before an act that was about the tag itself. Otherwise the present name."""
    value = first(entry, "tags")
    stored = (value.before or value.after or {}) if value else {}
    name = stored.get("name") or named(entry, "tag")
    return f"the tag ‘{name}’" if name else "a tag"


def _tagged(entry: EntryRow) -> str:
    value = first(entry, "customer_tags")
    if value is not None and value.before is not None:
        return f"changed the last day of {tag(entry)} of {customer(entry)} to {_last_day(value) or 'none'}"
    last_day = _last_day(value)
    return f"put {tag(entry)} on {customer(entry)}" + (f" until {last_day}" if last_day else "")


def _last_day(value: Value | None) -> str:
    last_day = (value.after or {}).get("last_day") if value else None
    return f"{date.fromisoformat(last_day):%-d %B %Y}" if last_day else ""


def _deleted(entry: EntryRow) -> str:
    customers = entry.rows - 1
    return f"deleted {tag(entry)}" + (f" of {counted(customers, 'customer')}" if customers > 0 else "")


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.CUSTOMER_TAGGED: _tagged,
    Act.CUSTOMER_UNTAGGED: lambda entry: f"took {tag(entry)} off {customer(entry)}",
    Act.TAG_ADDED: lambda entry: f"added {tag(entry)}",
    Act.TAG_CHANGED: lambda entry: with_changes(f"changed {tag(entry)}", changes(entry, "tags")),
    Act.TAG_DELETED: _deleted,
    Act.TAGS_MERGED: lambda entry: f"merged {tag(entry)} into ‘{named(entry, 'into') or ERASED}’",
}
