"""Sentences about texts, numbers and templates."""

from collections.abc import Callable

from sms.texts import Kind
from venue.acts import Act
from venue.journal.entries import EntryRow
from venue.journal.sentences.parts import customer, first, shown
from venue.wording import ERASED, counted

KINDS = {
    Kind.CONFIRMATION: "confirmation",
    Kind.CHANGE: "booking change",
    Kind.CANCELLATION: "booking cancellation",
    Kind.REMINDER_7_DAY: "7-day reminder",
    Kind.REMINDER_24_HOUR: "24-hour reminder",
    Kind.EVENT_MOVED: "rescheduled event",
    Kind.EVENT_CANCELLED: "cancelled event",
    Kind.EVENT_ON_AGAIN: "event back on",
    Kind.WAITLIST_OFFER: "waitlist offer",
    Kind.OFFER_WITHDRAWN: "withdrawn offer",
}


def texts(entry: EntryRow) -> str:
    count = sum(value.table == "messages" for value in entry.values)
    return counted(max(count, entry.rows if entry.rows > len(entry.values) else count), "text")


def number(entry: EntryRow) -> str:
    value = first(entry, "phone_numbers")
    if value is None or value.is_erased:
        return ERASED
    number = (value.after or value.before or {}).get("mobile_number")
    if number is None:
        return "a number of no customer"
    owner = entry.customers.get(value.customer_id) if value.customer_id else None
    return " ".join(filter(None, [shown(entry, "mobile_number", number), f"({owner})" if owner else ""]))


def kind_of_template(entry: EntryRow) -> str:
    value = first(entry, "templates")
    return KINDS.get(Kind(value.row_id), value.row_id) if value else ""


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.TEXT_QUEUED: lambda entry: f"texted {customer(entry)}",
    Act.TEXT_ANSWERED: lambda entry: f"answered {customer(entry)}",
    Act.TEXT_RESENT: lambda entry: f"sent a text to {customer(entry)} again",
    Act.TEXT_SETTLED: lambda entry: f"recorded whether a text to {customer(entry)} arrived",
    Act.TEXTS_PAUSED: lambda entry: f"paused {texts(entry)}",
    Act.TEXTS_RESUMED: lambda entry: f"resumed {texts(entry)}",
    Act.TEXTS_EXPORTED: lambda _entry: "exported texts",
    Act.TEXTS_HANDLED: lambda entry: f"marked {texts(entry)} as done",
    Act.SENDING_RESUMED: lambda _entry: "resumed sending after a backup was restored",
    Act.NUMBER_STOPPED: lambda entry: f"stopped texts to {number(entry)}",
    Act.NUMBER_ALLOWED: lambda entry: f"allowed texts to {number(entry)} again",
    Act.NUMBER_UNBLOCKED: lambda entry: f"marked {number(entry)} as reachable",
    Act.TEMPLATE_CHANGED: lambda entry: f"changed the {kind_of_template(entry)} template",
    Act.TEMPLATES_ADDED: lambda _entry: "added the default templates",
}
