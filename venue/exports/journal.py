"""Export the journal: who did what and when."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from venue.exports.export import Column, Export, Row
from venue.journal import entries, sentences
from venue.roles import Permission, require

COLUMNS = (
    Column("Entry", 10),
    Column("When", 17),
    Column("Who", 20),
    Column("What Was Done", 90),
    Column("Kind", 25),
    Column("Undone", 10),
)
ENTRIES_AT_ONCE = 500


def journal_list(session: Session, **filters: Any) -> Export:
    """The entries that `entries.page` finds with these filters, latest first. Times are in the venue's zone. The
    session must be from `reading_at_length`."""
    require(session, Permission.EXPORT)
    require(session, Permission.JOURNAL)
    return Export(COLUMNS, _rows(session, filters), count=lambda most: entries.count(session, **filters, most=most))


def _rows(session: Session, filters: dict[str, Any]) -> Iterator[Row]:
    """Read page by page, each from the last entry of the one before."""
    page = entries.page(session, **filters, limit=ENTRIES_AT_ONCE)
    while True:
        for entry in page.rows:
            undone = "yes" if entry.undone_by is not None else ""
            done = (sentences.with_capital(entry), sentences.kind(entry.act))
            yield (entry.id, entry.at.astimezone(entry.zone), entry.actor, *done, undone)
        if page.next is None:
            return
        page = entries.page(session, **filters, after=page.next, limit=ENTRIES_AT_ONCE)
