"""Sentences about the venue's own fields, and what customers have in them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from db import recorded
from venue.acts import Act
from venue.fields.kinds import format_value
from venue.journal.entries import EntryRow, Value
from venue.journal.sentences.parts import LONGEST_VALUE, first, named, with_changes
from venue.wording import ERASED, counted

DELETED_FIELD = "a deleted field"


def own_changes(entry: EntryRow) -> str:
    """The changed values of the venue's fields, like "Allergies nuts → none, Birthday"."""
    return ", ".join(own_change(entry, value) for value in entry.values if value.table == "customer_values")


def own_change(entry: EntryRow, value: Value) -> str:
    """The change of one value of a customer; of long values only the field's name."""
    if value.is_erased:
        return ERASED
    label = name_of_field(entry, value)
    said = [own_shown(entry, columns) for columns in (value.before, value.after)]
    return label if max(map(len, said)) > LONGEST_VALUE else f"{label} {' → '.join(said)}"


def own_shown(entry: EntryRow, columns: Mapping[str, Any] | None) -> str:
    """The value in a row of `customer_values` that an entry holds, as staff read it."""
    for name, plain in (columns or {}).items():
        if plain is not None:
            choices = {UUID(each): called for each, called in entry.names.items()}
            return format_value(recorded.parsed("customer_values", name, plain), choices)
    return "none"


def name_of_field(entry: EntryRow, value: Value) -> str:
    """The name of the field that a customer's value is of."""
    return entry.names.get(value.row_id.split()[-1], DELETED_FIELD)


def _added(entry: EntryRow) -> str:
    return f"added the field {_field(entry)}"


def _changed(entry: EntryRow) -> str:
    value = first(entry, "custom_fields")
    before, after = (value.before or {}, value.after or {}) if value else ({}, {})
    if "name" in before:
        return f"renamed the field ‘{before['name']}’ to ‘{after['name']}’"
    return "changed the order of the fields"


def _deleted(entry: EntryRow) -> str:
    name = named(entry, "field") or entry.details.get("name")
    done = f"deleted the field ‘{name or ERASED}’"
    customers = entry.details.get("customers")
    return f"{done} of {counted(customers, 'customer')}" if customers else done


def _choice_changed(entry: EntryRow) -> str:
    value = first(entry, "field_choices")
    before, after = (value.before or {}, value.after or {}) if value else ({}, {})
    return with_changes("renamed a choice of a field", f"{before.get('name')} → {after.get('name')}")


def _field(entry: EntryRow) -> str:
    value = first(entry, "custom_fields")
    stored = (value.after or value.before or {}).get("name") if value else None
    name = entry.names.get(value.row_id) if value else None
    return f"‘{name or stored}’" if name or stored else DELETED_FIELD


def _choice(entry: EntryRow) -> str:
    """Like "the choice ‘Nuts’ of ‘Allergies’"."""
    value = first(entry, "field_choices")
    columns = (value.after or value.before or {}) if value else {}
    name = entry.names.get(value.row_id) if value else None
    name = columns.get("name") or name or named(entry, "choice") or entry.details.get("name")
    field = named(entry, "field") or entry.names.get(str(columns.get("field_id")), "")
    return f"the choice ‘{name or ERASED}’" + (f" of ‘{field}’" if field else "")


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.FIELD_ADDED: _added,
    Act.FIELD_CHANGED: _changed,
    Act.FIELD_DELETED: _deleted,
    Act.CHOICE_ADDED: lambda entry: f"added {_choice(entry)}",
    Act.CHOICE_CHANGED: _choice_changed,
    Act.CHOICE_RETIRED: lambda entry: f"removed {_choice(entry)}",
}
