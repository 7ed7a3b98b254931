"""Sentences about bulk texts."""

from collections.abc import Callable, Mapping
from typing import Any

from venue.acts import Act
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import changes, first, with_changes
from venue.wording import counted


def campaign(entry: EntryRow) -> str:
    """The name that it had then, if the entry has it. The history of a customer who was selected has only their own
    row of it: there it is the present name."""
    value = first(entry, "campaigns")
    selected = first(entry, "campaign_customers")
    stored = stored_in(value)
    name = stored.get("name") or entry.names.get(stored_in(selected).get("campaign_id", ""))
    return f"the bulk text ‘{name}’" if name else "a bulk text"


def stored_in(value: Value | None) -> Mapping[str, Any]:
    return (value.after or value.before or {}) if value and not value.is_erased else {}


def to_selected(entry: EntryRow) -> str:
    selected = entry.details.get("selected", 0)
    return f" to {counted(selected, 'selected customer')}" if selected else ""


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.CAMPAIGN_ADDED: lambda entry: f"wrote {campaign(entry)}{to_selected(entry)}",
    Act.CAMPAIGN_CHANGED: lambda entry: with_changes(f"changed {campaign(entry)}", changes(entry, "campaigns")),
    Act.CAMPAIGN_DELETED: lambda entry: f"deleted {campaign(entry)}",
    Act.CAMPAIGN_CONFIRMED: lambda entry: (
        f"confirmed {campaign(entry)} to {counted(entry.details.get('texts', 0), 'customer')}"
    ),
    Act.CAMPAIGN_PAUSED: lambda entry: f"paused {campaign(entry)}",
    Act.CAMPAIGN_RESUMED: lambda entry: f"resumed {campaign(entry)}",
    Act.CAMPAIGN_STOPPED: lambda entry: f"stopped {campaign(entry)}",
}
