"""Sentences about households."""

from collections.abc import Callable

from venue.acts import Act
from venue.journal.entries import EntryRow
from venue.journal.sentences.parts import first
from venue.wording import ERASED, in_words


def _joined(entry: EntryRow) -> str:
    names = _names(entry)
    # In the history of one of them, only their own values are loaded.
    return f"put {in_words(names)} into {'one' if len(names) > 1 else 'a'} household"


def _left(entry: EntryRow) -> str:
    # Of a household of two, both memberships end.
    names = _names(entry)
    if len(names) > 1 or first(entry, "households"):
        return f"ended the household of {in_words(names)}"
    return f"took {in_words(names)} out of their household"


def _names(entry: EntryRow) -> list[str]:
    """The names of the customers whose membership changed."""
    ids = dict.fromkeys(value.customer_id for value in entry.values if value.table == "household_members")
    return sorted(entry.customers.get(id_, ERASED) for id_ in ids if id_) or ["customers"]


SENTENCES: dict[str, Callable[[EntryRow], str]] = {
    Act.HOUSEHOLD_JOINED: _joined,
    Act.HOUSEHOLD_LEFT: _left,
    Act.HOUSEHOLD_DECLINED: lambda _entry: "recorded that two customers with the same number are no household",
}
