"""Sentences about imports, exports, backups, settings and undoing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from venue import setting_list
from venue.acts import Act
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import (
    LONGEST_VALUE,
    changes,
    customer,
    event,
    label,
    notified,
    notified_guests,
    shown,
    with_changes,
)
from venue.journal.sentences.texts import kind_of_template
from venue.wording import ERASED, counted, join_names


def _imported(entry: EntryRow, noun: str) -> str:
    changed = entry.details.get("changed")
    return f"imported {counted(entry.details.get('new', 0), noun)}" + (f" and changed {changed:,}" if changed else "")


def _kind_of_file(entry: EntryRow) -> str:
    return str(entry.details.get("kind", "rows"))


def _settings(entry: EntryRow) -> list[str]:
    """Each setting that was changed, like "sending hours 09:00-21:00 → 10:00-20:00". Long values are only named."""
    return [_setting(entry, value) for value in entry.values if value.table == "venue_settings"]


def _settings_changed(entry: EntryRow) -> str:
    said = _settings(entry)
    return with_changes("changed a setting" if len(said) == 1 else "changed settings", ", ".join(said))


def _setting(entry: EntryRow, value: Value) -> str:
    name = value.row_id.partition(".")[2]
    known = setting_list.BY_NAME.get(name)
    called = known.label if known else label(name)
    called = called[0].lower() + called[1:]
    if value.is_erased:
        return f"{called} {ERASED}"
    default = entry.details.get("defaults", {}).get(name)
    said = [_value_of_setting(row, default) for row in (value.before, value.after)]
    return called if max(map(len, said)) > LONGEST_VALUE or "\n" in "".join(said) else f"{called} {' → '.join(said)}"


def _value_of_setting(row: Mapping[str, Any] | None, default: str | None) -> str:
    """A value as staff read it. None is the default, which is only known of settings that are not free text."""
    if row is None:
        return "default" if default is None else f"{default or 'none'} (default)"
    return str(row["value"]) or "none"


# What was undone of these is not said value by value.
ROWS: dict[str, Callable[[EntryRow], str]] = {
    "tags": lambda _entry: "tags",
    "custom_fields": lambda _entry: "fields",
    "field_choices": lambda _entry: "choices of fields",
    "households": lambda entry: f"the household of {customers(entry)}",
    "household_members": lambda entry: f"the household of {customers(entry)}",
    "customer_tags": lambda entry: f"the tags of {customers(entry)}",
    "customer_values": lambda entry: f"the fields of {customers(entry)}",
    "saved_views": lambda _entry: "a view",
    "duplicate_pairs": lambda _entry: "an answer about possible duplicates",
}


def customers(entry: EntryRow) -> str:
    """The customer that the entry is about, or how many there are."""
    count = entry.details.get("customers", 1)
    return customer(entry) if count == 1 else counted(count, "customer")


def _undone(entry: EntryRow) -> str:
    if "imported" in entry.details:
        return f"undid an import of {entry.details['imported']}"
    if "unmerged" in entry.details:
        return _unmerged(entry)
    if "on_again" in entry.details:
        how_many = f"{counted(entry.details['events'], 'event')} of the series " if "events" in entry.details else ""
        return f"undid the cancellation of {how_many}{event(entry)}{notified_guests(entry)}"
    if "booked_again" in entry.details:
        return f"undid deleting the booking of {customer(entry)} for {event(entry)}{notified(entry)}"
    tables: Iterable[str] = dict.fromkeys(value.table for value in entry.values if value.table != "messages")
    said = ", ".join(filter(None, (changes(entry, table) for table in tables if table not in ROWS)))
    said = ", ".join(_settings(entry)) or said
    about: dict[str, Callable[[EntryRow], str]] = {
        "customers": customer,
        "bookings": lambda entry: f"the booking of {customer(entry)} for {event(entry)}",
        "events": event,
        "templates": lambda entry: f"the {kind_of_template(entry)} template",
        "venue_settings": lambda _entry: "settings",
        **ROWS,
    }
    subject = next((about[table](entry) for table in tables if table in about), "a change")
    return with_changes(f"undid a change to {subject}", said) + notified_guests(entry)


def _unmerged(entry: EntryRow) -> str:
    """Like "undid the merge of Joanna Smith into Jo Smith". The first name is as it was: after another merge
    their id leads to the survivor."""
    unmerged, survivor = (UUID(entry.details[each]) for each in ("unmerged", "survivor"))
    back = [value.after for value in entry.values if value.table == "customers" and value.row_id == str(unmerged)]
    row = next(filter(None, back), None)
    name = join_names(row["first_name"], row["last_name"]) if row else entry.customers.get(unmerged, ERASED)
    return f"undid the merge of {name} into {entry.customers.get(survivor, ERASED)}"


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.CUSTOMERS_IMPORTED: lambda entry: _imported(entry, "customer"),
    Act.EVENTS_IMPORTED: lambda entry: _imported(entry, "event"),
    Act.BOOKINGS_IMPORTED: lambda entry: _imported(entry, "booking"),
    Act.SETTING_CHANGED: _settings_changed,
    Act.SETTING_RESET: lambda entry: with_changes("reset a setting to the default", ", ".join(_settings(entry))),
    Act.BACKED_UP: lambda _entry: "made a backup",
    Act.RESTORED: lambda entry: f"restored the backup of {shown(entry, 'made_at', entry.details.get('made_at'))}",
    Act.MOVED: lambda _entry: "moved the data to PostgreSQL",
    Act.INSIGHT_EXPORTED: lambda _entry: "exported the table of a chart",
    Act.JOURNAL_EXPORTED: lambda _entry: "exported the journal",
    Act.UNDONE: _undone,
    Act.IMPORT_UPLOADED: lambda entry: f"uploaded a file of {_kind_of_file(entry)} to import",
    Act.IMPORT_MAPPED: lambda entry: f"chose the columns of a file of {_kind_of_file(entry)}",
    Act.IMPORT_DECIDED: lambda entry: f"decided about {counted(entry.details.get('rows', 0), 'row')} in doubt",
    Act.IMPORT_BEGUN: lambda entry: f"began an import of {_kind_of_file(entry)}",
    Act.REFUSED_ROWS_EXPORTED: lambda _entry: "downloaded the refused rows of an import",
    Act.IMPORT_CANCELLED: lambda entry: f"cancelled an import of {_kind_of_file(entry)}",
    Act.IMPORT_UNDO_BEGUN: lambda entry: f"began to undo an import of {_kind_of_file(entry)}",
}
