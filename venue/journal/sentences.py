"""Journal entries as sentences for staff, like "Sam changed Jo Smith's booking for Quiz Night: seats 4 → 6"."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sms import phone
from sms.texts import Kind
from venue import clock
from venue.acts import Act
from venue.journal.entries import EntryRow, Value, staff_of
from venue.wording import ERASED, counted, join_names

# These, and long values, are only named: "notes", not "notes this → that".
ONLY_NAMED = {"notes", "body", "password_hash", "pin_hash", "totp_secret"}
LONGEST_VALUE = 40
# Recorded for undoing an import only.
BOOKKEEPING = {"updated_at"}

LABELS = {
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
    "body": "message",
}
KINDS = {
    Kind.CONFIRMATION: "confirmation",
    Kind.CHANGE: "booking change",
    Kind.CANCELLATION: "booking cancellation",
    Kind.REMINDER_7_DAY: "7-day reminder",
    Kind.REMINDER_24_HOUR: "24-hour reminder",
    Kind.EVENT_MOVED: "rescheduled event",
    Kind.EVENT_CANCELLED: "cancelled event",
    Kind.EVENT_ON_AGAIN: "event back on",
}
CONSENTS = {
    "consent": "agreed to",
    "soft_opt_in": "did not object to",
    "refused": "declined",
    "withdrawn": "withdrew from",
}
REQUESTS = {
    "access": "an access request",
    "correction": "a correction request",
    "erasure": "an erasure request",
    "complaint": "a complaint",
}
CHANNELS = {"text": "text", "email": "e-mail"}
ARRIVED = {True: "as arrived", False: "as a no-show", None: "as neither arrived nor a no-show"}


def of(entry: EntryRow) -> str:
    """What was done and by whom, in one sentence without a full stop."""
    say = _SENTENCES.get(entry.act)
    done = say(entry) if say else entry.act.replace(".", " ").replace("_", " ")
    return f"{entry.actor} {done}"


def with_capital(entry: EntryRow) -> str:
    """The sentence as it stands alone. Names stay as they are written; "command line" gets its capital."""
    sentence = of(entry)
    return sentence if entry.staff_id else sentence[:1].upper() + sentence[1:]


def kind(act: str) -> str:
    """What was done, without whom and whose: "Customer changed"."""
    return act.replace(".", " ").replace("_", " ").capitalize()


def changes(entry: EntryRow, table: str) -> str:
    """The changed values of the rows of one table, like "seats 4 → 6, notes"."""
    said = (_change(entry, value) for value in entry.values if value.table == table)
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
    if column == "mobile_number":
        return phone.display(str(value), region=entry.region)
    if column.endswith("_at") and isinstance(value, str):
        return clock.format_instant(datetime.fromisoformat(value), entry.zone)
    return str(value) or "empty"


# Parts of sentences


def _change(entry: EntryRow, value: Value) -> str:
    if value.is_erased:
        return ERASED
    if value.before is None or value.after is None:
        return ""
    before, after = value.before, value.after
    differing = [column for column in after if column in before and column not in BOOKKEEPING]
    return ", ".join(change(entry, column, before[column], after[column]) for column in differing)


def _first(entry: EntryRow, *tables: str) -> Value | None:
    return next((value for value in entry.values if value.table in tables), None)


def _customer(entry: EntryRow) -> str:
    """The name of the customer that the entry is about; as it is now, or as it was."""
    value = next((value for value in entry.values if value.customer_id), None)
    if value is None or value.customer_id is None:
        return "a customer"
    name = entry.customers.get(value.customer_id)
    if name is None and value.table == "customers" and not value.is_erased:
        row = value.after or value.before or {}
        name = join_names(row["first_name"], row["last_name"]) if {"first_name", "last_name"} <= row.keys() else None
    return name or ERASED


def _event(entry: EntryRow) -> str:
    value = next((value for value in entry.values if value.event_id), None)
    if value is None or value.event_id is None:
        return "an event"
    stored = (value.before or value.after or {}).get("name") if value.table == "events" else None
    return entry.events.get(value.event_id) or stored or "a deleted event"


def _notified(entry: EntryRow, whom: str = "them") -> str:
    return f" and notified {whom}" if entry.details.get("notified") else ""


def _guests(entry: EntryRow) -> str:
    return _notified(entry, counted(entry.details.get("notified", 0), "guest"))


def _with_changes(done: str, said: str) -> str:
    return f"{done}: {said}" if said else done


def _seats(value: Value | None) -> str:
    if value is None or value.is_erased or value.after is None or "seats" not in value.after:
        return ""
    return f" ({counted(value.after['seats'], 'seat')})" if value.after["seats"] else " (reminder only)"


def _texts(entry: EntryRow) -> str:
    count = sum(value.table == "messages" for value in entry.values)
    return counted(max(count, entry.rows if entry.rows > len(entry.values) else count), "text")


def _number(entry: EntryRow) -> str:
    value = _first(entry, "phone_numbers")
    if value is None or value.is_erased:
        return ERASED
    number = (value.after or value.before or {}).get("mobile_number")
    if number is None:
        return "a number of no customer"
    owner = entry.customers.get(value.customer_id) if value.customer_id else None
    return " ".join(filter(None, [shown(entry, "mobile_number", number), f"({owner})" if owner else ""]))


def _kind(entry: EntryRow) -> str:
    value = _first(entry, "templates")
    return KINDS.get(Kind(value.row_id), value.row_id) if value else ""


def _person(entry: EntryRow) -> str:
    names = {entry.staff.get(staff_of(value)) for value in entry.values} - {None}
    return " and ".join(sorted(filter(None, names))) or "a member of staff"


def _consent(entry: EntryRow) -> str:
    value = _first(entry, "consents")
    row = (value.after if value else None) or {}
    done = CONSENTS.get(row.get("basis", ""), "was asked about")
    return f"{done} news and offers by {CHANNELS.get(row.get('channel', ''), 'text')}"


def _request(entry: EntryRow) -> str:
    kind = REQUESTS.get(entry.details.get("kind", ""), "a request")
    return f"{kind} of {_customer(entry)}" if any(value.customer_id for value in entry.values) else kind


def _setting(entry: EntryRow) -> str:
    value = _first(entry, "venue_settings")
    return label(value.row_id.partition(".")[2]) if value else "a setting"


def _imported(entry: EntryRow, noun: str) -> str:
    changed = entry.details.get("changed")
    return f"imported {counted(entry.details.get('new', 0), noun)}" + (f" and changed {changed:,}" if changed else "")


def _kind_of_file(entry: EntryRow) -> str:
    return str(entry.details.get("kind", "rows"))


def _changed_many(entry: EntryRow) -> str:
    # In the history of one of them, only their own values are loaded.
    count = len({value.customer_id for value in entry.values})
    return _changed_customer(entry) if count <= 1 else f"changed {counted(entry.details['customers'], 'customer')}"


def _changed_customer(entry: EntryRow) -> str:
    return _with_changes(f"changed {_customer(entry)}", changes(entry, "customers"))


def _changed_booking(entry: EntryRow) -> str:
    done = f"changed the booking of {_customer(entry)} for {_event(entry)}"
    return _with_changes(done, changes(entry, "bookings")) + _notified(entry)


def _arrival(entry: EntryRow) -> str:
    value = _first(entry, "bookings")
    marked = ARRIVED[value.after.get("arrived")] if value and value.after else ""
    return f"marked {_customer(entry)} {marked} at {_event(entry)}"


def _undone(entry: EntryRow) -> str:
    if "imported" in entry.details:
        return f"undid an import of {entry.details['imported']}"
    tables: Iterable[str] = dict.fromkeys(value.table for value in entry.values if value.table != "messages")
    said = ", ".join(filter(None, (changes(entry, table) for table in tables)))
    about: dict[str, Callable[[EntryRow], str]] = {
        "customers": _customer,
        "bookings": lambda entry: f"the booking of {_customer(entry)} for {_event(entry)}",
        "events": _event,
        "templates": lambda entry: f"the {_kind(entry)} template",
    }
    subject = next((about[table](entry) for table in tables if table in about), "a change")
    return _with_changes(f"undid a change to {subject}", said)


def _after_failures(entry: EntryRow) -> str:
    failed = entry.details.get("failed", 0)
    return f" after {counted(failed, 'failed attempt')}" if failed else ""


def _refused_sign_in(entry: EntryRow) -> str:
    if "names" in entry.details:
        failed, names = entry.details["failed"], entry.details["names"]
        return f"counted {counted(failed, 'failed sign-in')} for {counted(names, 'name')}"
    return f"was not allowed to sign in{_after_failures(entry)}"


_SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.CUSTOMER_ADDED: lambda entry: f"added {_customer(entry)}",
    Act.CUSTOMER_CHANGED: _changed_customer,
    Act.CUSTOMERS_CHANGED: _changed_many,
    Act.CUSTOMER_DELETED: lambda _entry: "permanently deleted a customer",
    Act.MENTIONS_ERASED: lambda _entry: "permanently deleted more mentions of a deleted customer",
    Act.CUSTOMERS_ERASED: lambda entry: (
        f"permanently deleted {counted(entry.details['customers'], 'customer')} "
        f"not heard of for {counted(entry.details['months'], 'month')}"
    ),
    Act.CUSTOMERS_IMPORTED: lambda entry: _imported(entry, "customer"),
    Act.CUSTOMERS_EXPORTED: lambda _entry: "exported customers",
    Act.CUSTOMER_EXPORTED: lambda _entry: "downloaded all that is held about a customer",
    Act.EVENT_ADDED: lambda entry: f"added {_event(entry)}",
    Act.EVENT_CHANGED: lambda entry: (
        _with_changes(f"changed {_event(entry)}", changes(entry, "events")) + _guests(entry)
    ),
    Act.EVENT_CANCELLED: lambda entry: f"cancelled {_event(entry)}{_guests(entry)}",
    Act.EVENT_RESTORED: lambda entry: f"undid the cancellation of {_event(entry)}{_guests(entry)}",
    Act.EVENT_DELETED: lambda entry: f"deleted {_event(entry)}",
    Act.EVENTS_IMPORTED: lambda entry: _imported(entry, "event"),
    Act.EVENTS_EXPORTED: lambda _entry: "exported events",
    Act.GUESTS_EXPORTED: lambda _entry: "exported the guests of an event",
    Act.BOOKING_ADDED: lambda entry: (
        f"booked {_customer(entry)} onto {_event(entry)}" + _seats(_first(entry, "bookings")) + _notified(entry)
    ),
    Act.BOOKING_CHANGED: _changed_booking,
    Act.BOOKING_DELETED: lambda entry: (
        f"deleted the booking of {_customer(entry)} for {_event(entry)}" + _notified(entry)
    ),
    Act.ARRIVAL_MARKED: _arrival,
    Act.BOOKINGS_IMPORTED: lambda entry: _imported(entry, "booking"),
    Act.BOOKINGS_EXPORTED: lambda _entry: "exported bookings",
    Act.TEXT_QUEUED: lambda entry: f"texted {_customer(entry)}",
    Act.TEXT_ANSWERED: lambda entry: f"answered {_customer(entry)}",
    Act.TEXT_RESENT: lambda entry: f"sent a text to {_customer(entry)} again",
    Act.TEXT_SETTLED: lambda entry: f"recorded whether a text to {_customer(entry)} arrived",
    Act.TEXTS_PAUSED: lambda entry: f"paused {_texts(entry)}",
    Act.TEXTS_RESUMED: lambda entry: f"resumed {_texts(entry)}",
    Act.TEXTS_EXPORTED: lambda _entry: "exported texts",
    Act.TEXTS_HANDLED: lambda entry: f"marked {_texts(entry)} as done",
    Act.SENDING_RESUMED: lambda _entry: "resumed sending after a backup was restored",
    Act.NUMBER_STOPPED: lambda entry: f"stopped texts to {_number(entry)}",
    Act.NUMBER_ALLOWED: lambda entry: f"allowed texts to {_number(entry)} again",
    Act.NUMBER_UNBLOCKED: lambda entry: f"marked {_number(entry)} as reachable",
    Act.CONSENT_RECORDED: lambda entry: f"recorded that {_customer(entry)} {_consent(entry)}",
    Act.REQUEST_ADDED: lambda entry: f"added {_request(entry)}",
    Act.REQUEST_CHANGED: lambda entry: f"changed {_request(entry)}",
    Act.REQUEST_ACKNOWLEDGED: lambda entry: f"acknowledged {_request(entry)}",
    Act.REQUEST_PAUSED: lambda entry: f"paused the clock of {_request(entry)}",
    Act.REQUEST_RESUMED: lambda entry: f"resumed the clock of {_request(entry)}",
    Act.REQUEST_ANSWERED: lambda entry: f"answered {_request(entry)}",
    Act.REQUEST_REOPENED: lambda entry: f"reopened {_request(entry)}",
    Act.TEMPLATE_CHANGED: lambda entry: f"changed the {_kind(entry)} template",
    Act.TEMPLATES_ADDED: lambda _entry: "added the default templates",
    Act.SETTING_CHANGED: lambda entry: _with_changes(f"changed {_setting(entry)}", changes(entry, "venue_settings")),
    Act.SETTING_RESET: lambda entry: f"reset {_setting(entry)} to the default",
    Act.STAFF_ADDED: lambda entry: f"added the account of {_person(entry)}",
    Act.STAFF_CHANGED: lambda entry: _with_changes(f"changed the account of {_person(entry)}", changes(entry, "staff")),
    Act.STAFF_DISABLED: lambda entry: f"disabled the account of {_person(entry)}",
    Act.STAFF_ENABLED: lambda entry: f"enabled the account of {_person(entry)}",
    Act.CODE_ISSUED: lambda _entry: "made a one-time code",
    Act.CODE_USED: lambda _entry: "used a one-time code",
    Act.CODES_VOIDED: lambda _entry: "made unused one-time codes invalid",
    Act.ACCOUNT_CHANGED: lambda entry: _with_changes("changed their own account", changes(entry, "staff")),
    Act.SIGNED_IN: lambda entry: "signed in" + _after_failures(entry),
    Act.SIGNED_OUT: lambda _entry: "signed out",
    Act.SIGN_IN_REFUSED: _refused_sign_in,
    Act.SIGN_INS_ENDED: lambda entry: f"signed out {counted(entry.rows, 'browser')}",
    Act.IDENTITY_CONFIRMED: lambda _entry: "entered their password or PIN again",
    Act.DEVICE_ENROLLED: lambda _entry: "set up a shared tablet",
    Act.DEVICE_REMOVED: lambda _entry: "removed a shared tablet",
    Act.BACKED_UP: lambda _entry: "made a backup",
    Act.RESTORED: lambda entry: f"restored the backup of {shown(entry, 'made_at', entry.details.get('made_at'))}",
    Act.MOVED: lambda _entry: "moved the data to PostgreSQL",
    Act.JOURNAL_EXPORTED: lambda _entry: "exported the journal",
    Act.REFUSED: lambda entry: f"was not allowed to {entry.details.get('permission', 'do something')}",
    Act.UNDONE: _undone,
    Act.IMPORT_UPLOADED: lambda entry: f"uploaded a file of {_kind_of_file(entry)} to import",
    Act.IMPORT_MAPPED: lambda entry: f"chose the columns of a file of {_kind_of_file(entry)}",
    Act.IMPORT_DECIDED: lambda entry: f"decided about {counted(entry.details.get('rows', 0), 'row')} in doubt",
    Act.IMPORT_BEGUN: lambda entry: f"began an import of {_kind_of_file(entry)}",
    Act.REFUSED_ROWS_EXPORTED: lambda _entry: "downloaded the refused rows of an import",
    Act.IMPORT_CANCELLED: lambda entry: f"cancelled an import of {_kind_of_file(entry)}",
    Act.IMPORT_UNDO_BEGUN: lambda entry: f"began to undo an import of {_kind_of_file(entry)}",
}
