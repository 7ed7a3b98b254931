"""Delete what imports leave behind: uploaded files after a week, what is said about rows after a month, and at once
files with a person who is erased."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from db.models import Import, ImportPart, ImportRow
from db.search import fold
from db.writes import delete_where, update_where
from venue.errors import VenueError
from venue.imports import IMPORTERS, parts
from venue.imports.run_views import AT_WORK, MAY_BE_CANCELLED, ImportState
from venue.imports.table import open_file
from venue.roles import Permission, require

FILES_KEPT = timedelta(days=7)
ROWS_KEPT = timedelta(days=30)
EXPIRED = "The file was deleted after 7 days: upload it again."
ERASED_FILE = "The file was deleted, since someone in it was erased: upload it again without them."
# Of a number: enough to know it again with any prefix, such as 07700 900123 and +44 7700 900123.
LAST_DIGITS = 9


def tidy(session: Session, *, now: datetime) -> None:
    """Delete files that were not imported, 7 days after the last change; and notes about rows after 30 days."""
    require(session, Permission.DELIVERY)
    has_file = exists().where(ImportPart.import_id == Import.id)
    old = and_(Import.updated_at <= now - FILES_KEPT, Import.state.not_in(AT_WORK), has_file)
    for import_id in session.scalars(select(Import.id).where(old)).all():
        _cancel(session, import_id, EXPIRED, now)
    older = select(Import.id).where(Import.updated_at <= now - ROWS_KEPT, Import.state.not_in(AT_WORK))
    delete_where(session, ImportRow, ImportRow.import_id.in_(older))


def waiting_with(session: Session, *, names: Collection[str], numbers: Collection[str]) -> list[UUID]:
    """The imports whose file is stored and contains a person, by full name or number. This reads the files."""
    require(session, Permission.DELETE, Permission.EXPORT, ask_again=False)
    person = _Person(names, numbers)
    waiting = select(Import.id, Import.kind).where(exists().where(ImportPart.import_id == Import.id))
    return [row.id for row in session.execute(waiting).all() if _contains(session, row.id, row.kind, person)]


def erase_files(session: Session, import_ids: Collection[UUID], *, now: datetime) -> None:
    """Delete the stored files of these imports, since someone in them is erased, and cancel the imports."""
    require(session, Permission.DELETE)
    for import_id in import_ids:
        _cancel(session, import_id, ERASED_FILE, now)


class _Person:
    """Recognises a person's name and number in the cells of a row."""

    def __init__(self, names: Collection[str], numbers: Collection[str]):
        self._names = [fold(name).split() for name in names if name.strip()]
        digits = ["".join(filter(str.isdigit, number))[-LAST_DIGITS:] for number in numbers]
        self._numbers = [each for each in digits if len(each) == LAST_DIGITS]

    def is_in(self, cells: Iterable[str]) -> bool:
        """Whether the cells contain the number, or all parts of the name."""
        cells = list(cells)
        if any(number in "".join(filter(str.isdigit, cell)) for number in self._numbers for cell in cells):
            return True
        words = set(fold(" ".join(cells)).replace(",", " ").split())
        return any(words.issuperset(name) for name in self._names)


def _contains(session: Session, import_id: UUID, kind: str, person: _Person) -> bool:
    """Whether a stored file contains the person. A file that cannot be read is treated as if it did."""
    try:
        with parts.opened(session, import_id) as content:
            file = open_file(content, IMPORTERS[kind].names)
            return any(person.is_in([*record.cells, record.text]) for record in file.everything())
    except VenueError:
        return True


def _cancel(session: Session, import_id: UUID, problem: str, now: datetime) -> None:
    """Delete the file, and cancel the import unless it has ended since it was looked at."""
    parts.delete(session, import_id)
    ended = {"state": ImportState.CANCELLED.value, "worker": None, "lease_until": None}
    said = {"problem": problem, "finished_at": now, "updated_at": now, "version": Import.version + 1}
    may_be_cancelled = and_(Import.id == import_id, Import.state.in_(MAY_BE_CANCELLED))
    update_where(session, Import, may_be_cancelled, {**ended, **said})
