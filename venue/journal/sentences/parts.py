"""Parts of sentences about journal entries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sms import phone
from venue import clock
from venue.journal.entries import EntryRow, Value
from venue.wording import ERASED, counted, join_names

# These, and long values, are only named: "notes", not "notes this → that".
ONLY_NAMED = {"notes", "body", "password_hash", "pin_hash", "totp_secret", "query", "is_list", "columns"}
LONGEST_VALUE = 40
# Recorded for undoing an import or a merge only.
BOOKKEEPING = {"version", "updated_at", "told_at", "final_at", "next_step_at", "error_code"}
LABELS = {
    "customer_id": "customer",
    "first_name": "first name",
    "last_name": "last name",
    "mobile_number": "mobile number",
    "short_name": "short name",
    "starts_at": "start",
    "created_at": "customer since",
    "password_hash": "password",
    "pin_hash": "PIN",
    "totp_secret": "two-step sign-in",
    "email": "e-mail",
    "prefers_email": "e-mails instead of texts",
    "body": "message",
    "query": "filters",
    "is_list": "who gets it",
    "on_today": "on Today",
    "at_door": "shown at the door",
    "arrived_seats": "seats that came",
    "late_since": "running late since",
    "late_minutes": "minutes late",
    "overbooked_reason": "reason",
    "unnamed_seats": "walk-ins without a number",
}


def named(entry: EntryRow, what: str) -> str:
    """The name of the tag, field or choice ("tag", "field", "choice", "into") that the whole act was about: the present
    one, or the last one; "" if it was erased. Old entries hold the name itself."""
    return entry.names.get(entry.details.get(f"{what}_id", "")) or str(entry.details.get(what, ""))


def changes(entry: EntryRow, table: str) -> str:
    """The changed values of the rows of one table, like "seats 4 → 6, notes"."""
    said = (values_changed(entry, value) for value in entry.values if value.table == table)
    return ", ".join(filter(None, said))


def change(entry: EntryRow, column: str, before: Any, after: Any) -> str:
    """The change of one value, like "seats 4 → 6"; for long values only their label."""
    said = [shown(entry, column, value) for value in (before, after)]
    if column in ONLY_NAMED or max(map(len, said)) > LONGEST_VALUE:
        return label(column)
    return f"{label(column)} {' → '.join(said)}"


def label(column: str) -> str:
    """A column as it is called in a sentence."""
    return LABELS.get(column, column.replace("_", " "))


def shown(entry: EntryRow, column: str, value: Any) -> str:
    """A value as staff read it."""
    if value is None:
        return "unlimited" if column == "capacity" else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column == "customer_id":
        return entry.customers.get(UUID(value), ERASED)
    if column == "mobile_number":
        return phone.display(str(value), region=entry.region)
    if column.endswith(("_at", "_since")) and isinstance(value, str):
        return clock.format_instant(datetime.fromisoformat(value), entry.zone)
    return str(value) or "empty"


def values_changed(entry: EntryRow, value: Value) -> str:
    """The changed values of one row."""
    if value.is_erased:
        return ERASED
    if value.before is None or value.after is None:
        return ""
    before, after = value.before, value.after
    differing = [column for column in after if column in before and column not in BOOKKEEPING]
    return ", ".join(change(entry, column, before[column], after[column]) for column in differing)


def first(entry: EntryRow, *tables: str) -> Value | None:
    return next((value for value in entry.values if value.table in tables), None)


def customer(entry: EntryRow) -> str:
    """The name of the customer that the entry is about; as it is now, or as it was."""
    value = next((value for value in entry.values if value.customer_id), None)
    if value is None or value.customer_id is None:
        return "a customer"
    name = entry.customers.get(value.customer_id)
    if name is None and value.table == "customers" and not value.is_erased:
        row = value.after or value.before or {}
        name = join_names(row["first_name"], row["last_name"]) if {"first_name", "last_name"} <= row.keys() else None
    return name or ERASED


def event(entry: EntryRow) -> str:
    value = next((value for value in entry.values if value.event_id), None)
    if value is None or value.event_id is None:
        return "an event"
    stored = (value.before or value.after or {}).get("name") if value.table == "events" else None
    return entry.events.get(value.event_id) or stored or "a deleted event"


def notified(entry: EntryRow, whom: str = "them") -> str:
    return f" and notified {whom}" if entry.details.get("notified") else ""


def notified_guests(entry: EntryRow) -> str:
    return notified(entry, counted(entry.details.get("notified", 0), "guest"))


def with_changes(done: str, said: str) -> str:
    return f"{done}: {said}" if said else done
