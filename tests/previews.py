"""What screens show before something is done, in a session that must not lock rows, as theirs only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from tests.databases import ONLY_READS
from venue.journal import undo
from venue.journal.undo import UndoPreview


@contextmanager
def only_reading(session: Session) -> Iterator[None]:
    session.info[ONLY_READS] = True
    try:
        yield
    finally:
        del session.info[ONLY_READS]


def preview(session: Session, entry_id: int, *, now: datetime) -> UndoPreview:
    """What undoing an entry would do."""
    with only_reading(session):
        return undo.preview(session, entry_id, now=now)
