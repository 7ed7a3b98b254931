"""Sentences about saved views."""

from collections.abc import Callable

from venue.acts import Act
from venue.journal.entries import EntryRow
from venue.journal.sentences.parts import changes, first, with_changes


def view(entry: EntryRow) -> str:
    """The name that the view had then, if the entry has it."""
    value = first(entry, "saved_views")
    stored = (value.after or value.before or {}) if value and not value.is_erased else {}
    name = stored.get("name")
    return f"the view ‘{name}’" if name else "a view"


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.VIEW_SAVED: lambda entry: f"saved {view(entry)}",
    Act.VIEW_CHANGED: lambda entry: with_changes(f"changed {view(entry)}", changes(entry, "saved_views")),
    Act.VIEW_DELETED: lambda entry: f"deleted {view(entry)}",
}
