"""Sentences about customers, what they agreed to and what they asked for."""

from collections.abc import Callable
from uuid import UUID

from venue.acts import Act
from venue.journal.entries import EntryRow
from venue.journal.sentences.fields import own_changes
from venue.journal.sentences.parts import changes, customer, first, named, with_changes
from venue.journal.sentences.tags import tag
from venue.wording import ERASED, counted, join_names

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


def _consent(entry: EntryRow) -> str:
    value = first(entry, "consents")
    row = (value.after if value else None) or {}
    done = CONSENTS.get(row.get("basis", ""), "was asked about")
    return f"{done} news and offers by {CHANNELS.get(row.get('channel', ''), 'text')}"


def _request(entry: EntryRow) -> str:
    kind = REQUESTS.get(entry.details.get("kind", ""), "a request")
    return f"{kind} of {customer(entry)}" if any(value.customer_id for value in entry.values) else kind


def _changed_many(entry: EntryRow) -> str:
    # In the history of one of them, only their own values are loaded.
    count = len({value.customer_id for value in entry.values})
    return _changed_customer(entry) if count <= 1 else f"changed {counted(entry.details['customers'], 'customer')}"


def _changed_customer(entry: EntryRow) -> str:
    said = filter(None, (changes(entry, "customers"), own_changes(entry)))
    return with_changes(f"changed {customer(entry)}", ", ".join(said))


def _many(entry: EntryRow) -> str:
    """How many customers a bulk act changed or, in the history of one of them, their name."""
    customers = {value.customer_id for value in entry.values}
    return customer(entry) if len(customers) == 1 else counted(entry.details.get("customers", 0), "customer")


def _merged(entry: EntryRow) -> str:
    """Like "merged Joanna Smith into Jo Smith". The first name is as it was."""
    removed = [value for value in entry.values if value.table == "customers" and value.after is None]
    row = next((value.before for value in removed if value.before), None)
    survivor = entry.customers.get(UUID(entry.details["survivor"]), ERASED)
    return f"merged {join_names(row['first_name'], row['last_name']) if row else ERASED} into {survivor}"


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.CUSTOMER_ADDED: lambda entry: f"added {customer(entry)}",
    Act.CUSTOMER_CHANGED: _changed_customer,
    Act.CUSTOMERS_CHANGED: _changed_many,
    Act.CUSTOMERS_TAGGED: lambda entry: f"put {tag(entry)} on {_many(entry)}",
    Act.CUSTOMERS_UNTAGGED: lambda entry: f"took {tag(entry)} off {_many(entry)}",
    Act.CUSTOMERS_FIELD_SET: lambda entry: f"set ‘{named(entry, 'field') or ERASED}’ for {_many(entry)}",
    Act.CUSTOMERS_FIELD_CLEARED: lambda entry: f"cleared ‘{named(entry, 'field') or ERASED}’ for {_many(entry)}",
    Act.CUSTOMERS_MERGED: _merged,
    Act.CUSTOMER_DELETED: lambda _entry: "permanently deleted a customer",
    Act.MENTIONS_ERASED: lambda _entry: "permanently deleted more mentions of a deleted customer",
    Act.CUSTOMERS_ERASED: lambda entry: (
        f"permanently deleted {counted(entry.details['customers'], 'customer')} "
        f"not heard of for {counted(entry.details['months'], 'month')}"
    ),
    Act.CUSTOMERS_EXPORTED: lambda _entry: "exported customers",
    Act.CUSTOMER_EXPORTED: lambda _entry: "downloaded all that is held about a customer",
    Act.CONSENT_RECORDED: lambda entry: f"recorded that {customer(entry)} {_consent(entry)}",
    Act.REQUEST_ADDED: lambda entry: f"added {_request(entry)}",
    Act.REQUEST_CHANGED: lambda entry: f"changed {_request(entry)}",
    Act.REQUEST_ACKNOWLEDGED: lambda entry: f"acknowledged {_request(entry)}",
    Act.REQUEST_PAUSED: lambda entry: f"paused the clock of {_request(entry)}",
    Act.REQUEST_RESUMED: lambda entry: f"resumed the clock of {_request(entry)}",
    Act.REQUEST_ANSWERED: lambda entry: f"answered {_request(entry)}",
    Act.REQUEST_REOPENED: lambda entry: f"reopened {_request(entry)}",
}
