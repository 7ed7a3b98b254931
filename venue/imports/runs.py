"""Imports of uploaded files, step by step: upload, choose the columns, check, decide the rows in doubt, run, undo.

Each command notes what staff want. The scheduler does the work (venue/imports/work.py).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import Import, ImportMapping, ImportRow
from db.writes import delete_where, insert_once, update_where
from venue import acts
from venue.acts import Act, act
from venue.errors import Invalid, NotFound
from venue.imports import IMPORTERS, Importer, describe, importer_for, parts
from venue.imports.columns import Columns, find_columns
from venue.imports.refused import WHAT_IS_WRONG, refused_rows
from venue.imports.run_views import (
    MAY_BE_CANCELLED,
    Decision,
    ImportRowView,
    ImportRun,
    ImportState,
    at_work,
    blocks_others,
    count_rows,
    get,
    lines_to_decide,
    listed,
    rows_of,
)
from venue.imports.shape import FileShape, fingerprint
from venue.imports.tidying import tidy
from venue.journal import entries, undoable
from venue.journal import undo as journal
from venue.journal.undo import UndoPreview
from venue.roles import Permission, require

__all__ = [
    "Decision",
    "ImportRowView",
    "ImportRun",
    "ImportState",
    "at_work",
    "blocks_others",
    "cancel",
    "count_rows",
    "decide",
    "get",
    "lines_to_decide",
    "listed",
    "map_columns",
    "refused_rows",
    "rows_of",
    "run",
    "shape",
    "start",
    "tidy",
    "undo",
    "undo_preview",
]

LONGEST_FILE_NAME = 200
# For the ids that are made from form tokens.
FORM_NAMESPACE = UUID("6f0b3f52-58a5-4f0e-9a53-1d0f3c6d9f27")


@act(Act.IMPORT_UPLOADED)
def start(
    session: Session, *, kind: str, file_name: str, content: BinaryIO, form_token: str | None = None, now: datetime
) -> UUID:
    """Store a file of this kind ("customers", "events" or "bookings") and return the id of its import.

    It will be checked at once if its columns are recognised, or were mapped in an earlier file with the same headings.
    Raises BadFile for a file that cannot be read, and then stores nothing.

    A form token that was used before returns the import it started, so a double tap starts one import.
    """
    actor = require(session, Permission.IMPORT, ask_again=False)
    if kind not in IMPORTERS:
        raise Invalid(kind="Choose what is in the file")
    # Before any statement: reading a spreadsheet takes seconds, and on SQLite others would wait for it to write.
    found = describe(content, IMPORTERS[kind])
    import_id = uuid4() if form_token is None else uuid5(FORM_NAMESPACE, form_token)
    if session.get(Import, import_id) is not None:
        return import_id
    mapping = _remembered(session, kind, found.header)
    missing = _columns(IMPORTERS[kind], found.header, mapping).missing
    new = Import(
        id=import_id,
        kind=kind,
        state=(ImportState.UPLOADED if missing else ImportState.CHECKING).value,
        file_name=PurePath(file_name).name[:LONGEST_FILE_NAME],
        size=content.seek(0, 2),
        header=json.dumps(found.header, ensure_ascii=False),
        mapping=json.dumps(mapping, ensure_ascii=False),
        actor=actor.name,
        staff_id=actor.staff_id,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(new)
    except IntegrityError:
        # Started by another tap at the same moment.
        if session.get(Import, import_id) is None:
            raise
        return import_id
    parts.store(session, import_id, content)
    acts.details(session, kind=kind)
    return import_id


def shape(session: Session, import_id: UUID) -> FileShape:
    """The uploaded file's columns with examples, to map them. Raises NotFound when the file was deleted."""
    require(session, Permission.IMPORT, ask_again=False)
    row = get(session, import_id)
    with parts.opened(session, import_id) as file:
        return describe(file, importer_for(session, row.kind), mapped=row.mapping)


@act(Act.IMPORT_MAPPED)
def map_columns(
    session: Session, import_id: UUID, *, mapping: Mapping[str, str], repair_zeros: bool = False, now: datetime
) -> None:
    """Say which column holds each field (field → heading), which is remembered for files with the same headings, and
    have the file checked. `repair_zeros` takes numbers without their first zero.

    Raises NotFound, BadFile for a heading that is not in the file, and Invalid(mapping=…) when a column lacks, or when
    the import has begun.
    """
    require(session, Permission.IMPORT, ask_again=False)
    row = _locked(session, import_id)
    _refuse_begun(row)
    importer = importer_for(session, row.kind)
    unknown = mapping.keys() - importer.names.keys()
    if unknown:
        raise Invalid(mapping=f"There is no field {', '.join(sorted(unknown))}")
    header: list[str] = json.loads(row.header)
    missing = _columns(importer, header, mapping).missing
    if missing:
        names = importer.names
        raise Invalid(mapping=f"Choose the column of {' and '.join(names[field][0] for field in missing)}")
    _check_again(session, row, now)
    row.mapping = json.dumps(dict(mapping), ensure_ascii=False)
    row.repairs_zeros = repair_zeros
    _remember(session, row.kind, header, mapping, now)
    acts.details(session, kind=row.kind)


@act(Act.IMPORT_DECIDED)
def decide(session: Session, import_id: UUID, *, lines: Mapping[int, str], now: datetime) -> None:
    """Add rows in doubt, by line number, or leave them out: "add" or "skip". Raises NotFound and Invalid."""
    require(session, Permission.IMPORT, ask_again=False)
    row = _locked(session, import_id)
    if row.state not in (ImportState.CHECKED, ImportState.FAILED):
        raise Invalid(lines="Rows can be decided once the file is checked, and before it is imported")
    in_doubt = set(lines_to_decide(session, import_id))
    unknown = sorted(set(lines) - in_doubt)
    if unknown:
        raise Invalid(lines=f"Line {unknown[0]} is not in doubt, or cannot be added: correct it in the file")
    decided = {**json.loads(row.decisions), **{str(line): Decision(what).value for line, what in lines.items()}}
    row.decisions = json.dumps(decided)
    row.updated_at = now
    acts.details(session, kind=row.kind, rows=len(lines))


@act(Act.IMPORT_BEGUN)
def run(session: Session, import_id: UUID, *, version: int, now: datetime) -> None:
    """Have a checked file imported, in the name of this actor. `version` is that of the import as it was shown.

    An import that is already running stays so. Raises NotFound, Invalid(version=…) when someone else changed it since,
    and Invalid(import_id=…) when it is not checked.
    """
    actor = require(session, Permission.IMPORT)
    row = _locked(session, import_id)
    if row.state in (ImportState.RUNNING, ImportState.DONE):
        return
    if row.state != ImportState.CHECKED and not (row.state == ImportState.FAILED and row.counts != "{}"):
        raise Invalid(import_id="This file must be checked before it is imported")
    if row.version != version:
        raise Invalid(version="Someone else changed this import just now: look at it again, then import")
    _hand_over(row, ImportState.RUNNING, now)
    row.actor, row.staff_id = actor.name, actor.staff_id
    acts.details(session, kind=row.kind)


@act(Act.IMPORT_CANCELLED)
def cancel(session: Session, import_id: UUID, *, now: datetime) -> None:
    """Stop an import, also while it is running: then nothing is imported. Its file is deleted.

    Cancelling again does nothing. Raises NotFound, and Invalid when it is already done.
    """
    require(session, Permission.IMPORT, ask_again=False)
    row = _locked(session, import_id)
    if row.state == ImportState.CANCELLED:
        return
    if row.state not in MAY_BE_CANCELLED:
        raise Invalid(import_id="This import is already done: undo it instead")
    _hand_over(row, ImportState.CANCELLED, now)
    row.finished_at = now
    parts.delete(session, import_id)
    delete_where(session, ImportRow, ImportRow.import_id == import_id)
    acts.details(session, kind=row.kind)


def undo_preview(session: Session, import_id: UUID, *, now: datetime) -> UndoPreview:
    """What undoing an import would do, and what would be left because it was changed since. Raises NotFound."""
    require(session, Permission.IMPORT, ask_again=False)
    row = get(session, import_id)
    if row.state is not ImportState.DONE or row.entry_id is None:
        return UndoPreview(row.entry_id or 0, why_not=_why_not_undone(row))
    return journal.preview(session, row.entry_id, now=now)


@act(Act.IMPORT_UNDO_BEGUN)
def undo(session: Session, import_id: UUID, *, now: datetime) -> None:
    """Have an import undone, in the name of this actor. Doing so again changes nothing.

    Raises NotFound, and Invalid(import_id=…) when it cannot be undone.
    """
    actor = require(session, Permission.IMPORT)
    row = _locked(session, import_id)
    if row.state in (ImportState.UNDOING, ImportState.UNDONE):
        return
    if row.state != ImportState.DONE or row.entry_id is None:
        raise Invalid(import_id=_why_not_undone(get(session, import_id)))
    why_not = undoable.refusal(entries.get(session, row.entry_id), now)
    if why_not:
        raise Invalid(import_id=why_not)
    _hand_over(row, ImportState.UNDOING, now)
    row.actor, row.staff_id = actor.name, actor.staff_id
    acts.details(session, kind=row.kind)


def _locked(session: Session, import_id: UUID) -> Import:
    row = session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("This import does not exist.")
    return row


def _refuse_begun(row: Import) -> None:
    if row.state not in (ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED, ImportState.FAILED):
        raise Invalid(mapping="This import has begun, or was cancelled: upload the file again")


def _hand_over(row: Import, state: ImportState, now: datetime) -> None:
    """Move an import to its next state, for the scheduler to see. Who worked on it stops."""
    row.state = state.value
    row.problem = ""
    row.worker = row.lease_until = None
    row.rows_done = 0
    row.updated_at = now


def _check_again(session: Session, row: Import, now: datetime) -> None:
    _hand_over(row, ImportState.CHECKING, now)
    row.counts = row.decisions = "{}"
    row.reminders = row.reminders_soon = 0
    delete_where(session, ImportRow, ImportRow.import_id == row.id)


def _why_not_undone(row: ImportRun) -> str:
    if row.state in (ImportState.UNDOING, ImportState.UNDONE):
        return "This import was already undone."
    if row.state is ImportState.DONE:
        return "This import changed nothing."
    return "This import is not done: cancel it instead."


# Remembered mappings


def _columns(importer: Importer, header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    return find_columns(header, importer.names, required=importer.required, mapped=mapping)


def _remembered(session: Session, kind: str, header: Sequence[str]) -> dict[str, str]:
    """The mapping of the last file with the same headings, or an empty one."""
    same = (ImportMapping.kind == kind, ImportMapping.header_hash == _key(header))
    stored = session.scalar(select(ImportMapping.mapping).where(*same))
    mapping: dict[str, str] = json.loads(stored or "{}")
    return mapping


def _remember(session: Session, kind: str, header: Sequence[str], mapping: Mapping[str, str], now: datetime) -> None:
    known = {"kind": kind, "header_hash": _key(header)}
    values = {"mapping": json.dumps(dict(mapping), ensure_ascii=False), "updated_at": now}
    if not insert_once(session, ImportMapping, [{"id": uuid4(), **known, **values}]):
        same = (ImportMapping.kind == kind) & (ImportMapping.header_hash == known["header_hash"])
        update_where(session, ImportMapping, same, values)


def _key(header: Sequence[str]) -> str:
    """The same for a file and for the file of its refused rows."""
    return fingerprint([heading for heading in header if heading != WHAT_IS_WRONG])
