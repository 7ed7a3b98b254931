"""Imports of files as screens and the command line show them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models import Import, ImportRow
from venue.errors import NotFound
from venue.imports.report import Outcome
from venue.journal.undoable import KEPT as UNDOABLE_FOR
from venue.roles import Permission, require

LISTED = 100
# SQLite stores about 2,000 in a second.
MANY_ROWS = 5_000


class ImportState(StrEnum):
    UPLOADED = auto()
    CHECKING = auto()
    CHECKED = auto()
    RUNNING = auto()
    DONE = auto()
    FAILED = auto()
    CANCELLED = auto()
    UNDOING = auto()
    UNDONE = auto()


class Decision(StrEnum):
    """What staff decided about a row in doubt."""

    ADD = auto()
    SKIP = auto()


# In these the scheduler has something to do.
AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
MAY_BE_CANCELLED = (
    ImportState.UPLOADED,
    ImportState.CHECKING,
    ImportState.CHECKED,
    ImportState.RUNNING,
    ImportState.FAILED,
)


@dataclass(frozen=True)
class ImportRun:
    """One import. `counts` are the rows by outcome, of the check and then of the run itself; empty before the check.

    `repaired` is the number of rows whose number got its first zero back.

    `mapping` is field → heading, as staff chose. `decisions` is line → what was decided about a row in doubt.
    `progress` is between 0 and 1, of what is being done now, which `doing` says in words for staff. `reminders` are
    planned for coming events, `reminders_soon` of them within 24 hours. `problem` is a sentence, or empty.
    `may_undo_until` is None if it cannot be undone. Instants are in UTC.
    """

    id: UUID
    kind: str
    state: ImportState
    file_name: str
    size: int
    header: Sequence[str]
    mapping: Mapping[str, str]
    repairs_zeros: bool
    decisions: Mapping[int, Decision]
    counts: Mapping[Outcome, int]
    repaired: int
    progress: float
    doing: str
    reminders: int
    reminders_soon: int
    problem: str
    actor: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    may_run: bool
    may_cancel: bool
    may_undo_until: datetime | None
    entry_id: int | None
    version: int

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def undecided(self) -> int:
        """The number of rows in doubt about which nothing was decided. They are left out."""
        return max(0, self.counts.get(Outcome.IN_DOUBT, 0) - len(self.decisions))


@dataclass(frozen=True)
class ImportRowView:
    """What is said about one cell of a row of the file. `cells` are all cells of the row, empty once erased.

    `may_add` is whether a row in doubt is added when staff decide so, `decision` what they have decided.
    """

    id: int
    line: int
    outcome: Outcome
    column: str
    value: str
    reason: str
    cells: Sequence[str]
    may_add: bool
    decision: Decision | None


def get(session: Session, import_id: UUID) -> ImportRun:
    """One import. Raises NotFound."""
    require(session, Permission.IMPORT, ask_again=False)
    found = session.execute(select(Import.__table__).where(Import.id == import_id)).first()
    if found is None:
        raise NotFound("This import does not exist.")
    return _run(found)


def listed(session: Session) -> Sequence[ImportRun]:
    """The latest 100 imports, latest first."""
    require(session, Permission.IMPORT, ask_again=False)
    newest_first = select(Import.__table__).order_by(Import.created_at.desc(), Import.id)
    return [_run(row) for row in session.execute(newest_first.limit(LISTED))]


def at_work(session: Session) -> Sequence[ImportRun]:
    """The imports on which the scheduler works now or next, oldest first."""
    require(session, Permission.IMPORT, ask_again=False)
    waiting = select(Import.__table__).where(Import.state.in_(AT_WORK)).order_by(Import.created_at, Import.id)
    return [_run(row) for row in session.execute(waiting)]


def blocks_others(session: Session, run: ImportRun) -> bool:
    """Whether nothing else can be saved for more than a moment while the rows of this import are stored.

    SQLite has one writer at a time: docs/operating.md.
    """
    require(session, Permission.IMPORT, ask_again=False)
    rows = sum(run.counts.get(outcome, 0) for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.IN_DOUBT))
    return session.get_bind().dialect.name == "sqlite" and rows >= MANY_ROWS


def rows_of(
    session: Session, import_id: UUID, *, outcome: Outcome | None = None, after: int | None = None, limit: int = 50
) -> Sequence[ImportRowView]:
    """What is said about rows of the file, in its order: those with this outcome, or all. `after` is the `id` of the
    last one of the page before."""
    require(session, Permission.IMPORT, ask_again=False)
    decisions = _decisions(session.scalar(select(Import.decisions).where(Import.id == import_id)) or "{}")
    wanted = _rows_with(import_id, outcome)
    if after is not None:
        wanted.append(ImportRow.id > after)
    rows = session.execute(select(ImportRow.__table__).where(*wanted).order_by(ImportRow.id).limit(limit))
    return [
        ImportRowView(
            id=row.id,
            line=row.line,
            outcome=Outcome(row.outcome),
            column=row.column_name,
            value=row.value,
            reason=row.reason,
            cells=tuple(json.loads(row.cells or "[]")),
            may_add=row.may_add,
            decision=decisions.get(row.line),
        )
        for row in rows
    ]


def count_rows(session: Session, import_id: UUID, *, outcome: Outcome | None = None) -> int:
    """How many of these `rows_of` gives in all. They are fewer than the counted rows when a file has very many."""
    require(session, Permission.IMPORT, ask_again=False)
    return session.scalar(select(func.count()).select_from(ImportRow).where(*_rows_with(import_id, outcome))) or 0


def lines_to_decide(session: Session, import_id: UUID) -> Sequence[int]:
    """The lines of the rows in doubt that can be added."""
    require(session, Permission.IMPORT, ask_again=False)
    wanted = [*_rows_with(import_id, Outcome.IN_DOUBT), ImportRow.may_add]
    return list(session.scalars(select(ImportRow.line).where(*wanted).order_by(ImportRow.line).distinct()))


def _rows_with(import_id: UUID, outcome: Outcome | None) -> list[ColumnElement[bool]]:
    every: list[ColumnElement[bool]] = [ImportRow.import_id == import_id]
    return every if outcome is None else [*every, ImportRow.outcome == outcome.value]


def _run(row: Any) -> ImportRun:
    state = ImportState(row.state)
    counts = {Outcome(name): count for name, count in json.loads(row.counts).items()}
    may_undo = state is ImportState.DONE and row.entry_id is not None and row.finished_at is not None
    return ImportRun(
        id=row.id,
        kind=row.kind,
        state=state,
        file_name=row.file_name,
        size=row.size,
        header=tuple(json.loads(row.header)),
        mapping=json.loads(row.mapping),
        repairs_zeros=row.repairs_zeros,
        decisions=_decisions(row.decisions),
        counts=counts,
        repaired=row.repaired,
        progress=_progress(row),
        doing=_doing(row, state),
        reminders=row.reminders,
        reminders_soon=row.reminders_soon,
        problem=row.problem,
        actor=row.actor,
        created_at=row.created_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        may_run=state is ImportState.CHECKED or (state is ImportState.FAILED and bool(counts)),
        may_cancel=state in MAY_BE_CANCELLED,
        may_undo_until=row.finished_at + UNDOABLE_FOR if may_undo else None,
        entry_id=row.entry_id,
        version=row.version,
    )


def _decisions(stored: str) -> dict[int, Decision]:
    return {int(line): Decision(decided) for line, decided in json.loads(stored).items()}


def _progress(row: Any) -> float:
    return min(1.0, row.rows_done / row.rows_total) if row.rows_total else 0.0


def _doing(row: Any, state: ImportState) -> str:
    if state not in AT_WORK:
        return ""
    if row.worker is None:
        return "Waiting for the scheduler"
    if state is ImportState.RUNNING:
        # The database cannot take notes of progress then: on SQLite there is one writer at a time.
        is_read = row.rows_total and row.rows_done >= row.rows_total
        return "Saving …" if is_read else "Reading the file"
    return {ImportState.CHECKING: "Checking the file", ImportState.UNDOING: "Undoing the import"}[state]
