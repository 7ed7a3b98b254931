"""Import a file in this process, as the command line does: the same work as the scheduler's, without waiting for it."""

import json
from datetime import datetime
from pathlib import PurePath
from uuid import uuid4

from db.models import Import
from venue.imports import Importer, importer_for, notes
from venue.imports.checked import CheckedRows, Progress, no_progress
from venue.imports.notes import Notes
from venue.imports.run_views import ImportState
from venue.imports.runs import LONGEST_FILE_NAME
from venue.imports.table import Table
from venue.imports.work import Imported, columns_of, take
from venue.profile import Venue
from venue.roles import Actor


def look(
    venue: Venue,
    kind: str,
    table: Table,
    *,
    actor: Actor,
    now: datetime,
    add_lines: frozenset[int] = frozenset(),
    progress: Progress = no_progress,
) -> Imported:
    """What importing the file would do. Raises BadFile."""
    checked = CheckedRows(table, _importer(venue, kind, actor).check, venue, now=now, progress=progress)
    with checked as rows, venue.trial(actor) as session:
        return take(session, kind, rows, now=now, add_lines=add_lines)


def import_file(
    venue: Venue,
    kind: str,
    table: Table,
    *,
    file_name: str,
    size: int,
    actor: Actor,
    now: datetime,
    add_lines: frozenset[int] = frozenset(),
    progress: Progress = no_progress,
) -> Imported:
    """Import the file in one transaction, and list it among the imports. The file is not stored. Raises BadFile."""
    checked = CheckedRows(table, _importer(venue, kind, actor).check, venue, now=now, progress=progress)
    with checked as rows, venue.transaction(actor) as session:
        done = take(session, kind, rows, now=now, add_lines=add_lines)
        new = Import(
            id=uuid4(),
            kind=kind,
            state=ImportState.DONE.value,
            file_name=PurePath(file_name).name[:LONGEST_FILE_NAME],
            size=size,
            header=json.dumps(table.header, ensure_ascii=False),
            mapping=json.dumps(table.columns, ensure_ascii=False),
            actor=actor.name,
            staff_id=actor.staff_id,
            created_at=now,
            updated_at=now,
            finished_at=now,
            entry_id=done.entry_id,
            **columns_of(done, rows),
        )
        session.add(new)
        session.flush()
        notes.store(session, new.id, Notes(done.report.rows))
    return done


def _importer(venue: Venue, kind: str, actor: Actor) -> Importer:
    with venue.reading(actor) as session:
        return importer_for(session, kind)
