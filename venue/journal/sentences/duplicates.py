"""Sentences about customers who may be the same person."""

from collections.abc import Callable

from venue.acts import Act
from venue.journal.entries import EntryRow
from venue.journal.sentences.parts import first

ANSWERS = {
    "not_same": "said that two customers are not the same person",
    "household": "said that two customers are one household",
    "later": "put off the question whether two customers are the same person",
}


def _decided(entry: EntryRow) -> str:
    value = first(entry, "duplicate_pairs")
    row = (value.after if value else None) or {}
    return ANSWERS.get(row.get("state", ""), "answered whether two customers are the same person")


SENTENCES: dict[str, Callable[[EntryRow], str]] = {Act.DUPLICATE_DECIDED: _decided}
