"""Journal entries as sentences for staff, like "Sam changed Jo Smith's booking for Quiz Night: seats 4 → 6".

Each module here has the sentences about one subject.
"""

from venue.journal.entries import EntryRow
from venue.journal.sentences import (
    campaigns,
    customers,
    data,
    duplicates,
    events,
    fields,
    households,
    staff,
    tags,
    texts,
    views,
)
from venue.journal.sentences.parts import change, label, shown
from venue.journal.sentences.texts import KINDS

__all__ = ["KINDS", "change", "kind", "label", "of", "shown", "with_capital"]

SENTENCES = {
    **customers.SENTENCES,
    **households.SENTENCES,
    **duplicates.SENTENCES,
    **tags.SENTENCES,
    **fields.SENTENCES,
    **views.SENTENCES,
    **events.SENTENCES,
    **texts.SENTENCES,
    **campaigns.SENTENCES,
    **staff.SENTENCES,
    **data.SENTENCES,
}


def of(entry: EntryRow) -> str:
    """What was done and by whom, in one sentence without a full stop."""
    say = SENTENCES.get(entry.act)
    done = say(entry) if say else entry.act.replace(".", " ").replace("_", " ")
    return f"{entry.actor} {done}"


def with_capital(entry: EntryRow) -> str:
    """The sentence as it stands alone. Names stay as they are written; "command line" gets its capital."""
    sentence = of(entry)
    return sentence if entry.staff_id else sentence[:1].upper() + sentence[1:]


def kind(act: str) -> str:
    """What was done, without whom and whose: "Customer changed"."""
    return act.replace(".", " ").replace("_", " ").capitalize()
