"""What a check or a run says about the rows of a file, kept in bounded memory until it is stored."""

import json
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import ImportRow
from db.writes import ROWS_AT_ONCE, delete_where, insert_new
from venue.imports.report import Outcome, ReportRow
from venue.roles import Permission, require

# Of each outcome. The others are only counted.
MOST_KEPT = 10_000


class Notes:
    """Notes about rows: the first 10,000 of each outcome."""

    def __init__(self, notes: Iterable[ReportRow] = ()) -> None:
        self._by_outcome: dict[Outcome, list[ReportRow]] = defaultdict(list)
        for note in notes:
            self.keep(note)

    def keep(self, note: ReportRow) -> None:
        notes = self._by_outcome[note.outcome]
        if len(notes) < MOST_KEPT:
            notes.append(note)

    def in_order(self) -> list[ReportRow]:
        """In the order of the file."""
        return sorted((note for notes in self._by_outcome.values() for note in notes), key=lambda note: note.line)


def store(session: Session, import_id: UUID, notes: Notes) -> None:
    """Store the notes of an import in place of those it has."""
    require(session, Permission.IMPORT, Permission.DELIVERY, ask_again=False)
    delete_where(session, ImportRow, ImportRow.import_id == import_id)
    rows = [
        {
            "import_id": import_id,
            "line": note.line,
            "outcome": note.outcome.value,
            "column_name": note.column,
            "value": note.value,
            "reason": note.reason,
            "may_add": note.may_add,
            "cells": json.dumps(note.cells, ensure_ascii=False),
        }
        for note in notes.in_order()
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        insert_new(session, ImportRow, rows[start : start + ROWS_AT_ONCE])
