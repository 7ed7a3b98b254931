"""Imports as the scheduler leaves them, for tests of screens."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from db.models import Import, ImportRow
from tests.venue.imports.uploads import PEOPLE, upload
from venue import clock
from venue.imports import Outcome
from venue.imports.runs import ImportRun, get, run
from venue.imports.work import ImportWorker
from venue.profile import Venue
from venue.roles import DESK

CHECKED = '{"new": 1200, "changed": 3, "unchanged": 0, "in_doubt": 2, "refused": 1}'
# Each line of the file with its outcome.
ROWS = ((2, Outcome.IN_DOUBT), (3, Outcome.IN_DOUBT), (4, Outcome.REFUSED))


@pytest.fixture
def an_import(venue: Venue) -> Callable[..., UUID]:
    """Adds an import in this state, with two rows in doubt and a refused one. Those of the lines `in_doubt` may be
    added."""

    def add(
        state: str = "checked",
        *,
        content: str = PEOPLE,
        kind: str = "customers",
        in_doubt: tuple[int, ...] = (2,),
        **columns: Any,
    ) -> UUID:
        import_id = upload(venue, content, kind=kind, actor=DESK, now=clock.now())
        with venue.transaction(DESK) as session:
            row = session.get_one(Import, import_id)
            row.state, row.counts = state, CHECKED if state not in ("uploaded", "checking") else "{}"
            for name, value in columns.items():
                setattr(row, name, value)
            for line, outcome in ROWS:
                said = {"column_name": "Mobile", "value": "07700 900901", "reason": f"Why line {line}"}
                cells = f'["Ann", "Lee {line}"]'
                session.add(
                    ImportRow(
                        import_id=import_id,
                        line=line,
                        outcome=outcome.value,
                        may_add=line in in_doubt,
                        cells=cells,
                        **said,
                    )
                )
        return import_id

    return add


@pytest.fixture
def work(venue: Venue) -> Callable[[], None]:
    """Does what the scheduler does with imports."""
    worker = ImportWorker(venue, worker="test", clock=clock.now, stopping=threading.Event())

    def work() -> None:
        while worker.step():
            pass

    return work


@pytest.fixture
def imported(venue: Venue, work: Callable[[], None]) -> Callable[..., UUID]:
    """Imports a file."""

    def add(content: str = PEOPLE) -> UUID:
        import_id = upload(venue, content, actor=DESK, now=clock.now())
        work()
        with venue.transaction(DESK) as session:
            run(session, import_id, version=get(session, import_id).version, now=clock.now())
        work()
        return import_id

    return add


@pytest.fixture
def stored(venue: Venue) -> Callable[[UUID], ImportRun]:
    """The import as it is stored."""

    def read(import_id: UUID) -> ImportRun:
        with venue.reading(DESK) as session:
            return get(session, import_id)

    return read
