"""Uploading files to import, as tests do."""

import io
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.makers import MANAGER, NOW
from venue.imports import runs
from venue.imports.runs import ImportRun
from venue.imports.work import ImportWorker
from venue.profile import Venue

HEADER = "First Name,Last Name,Mobile,Notes\n"
PEOPLE = HEADER + "Ann,Lee,07700 900901,\nBob,Ray,07700 900902,Likes jazz\n"


def upload(venue: Venue, content: str = PEOPLE, *, kind: str = "customers", **over: Any) -> UUID:
    """The id of a new import of this file."""
    given = {"now": NOW, **over}
    with venue.transaction(given.pop("actor", MANAGER)) as session:
        file = io.BytesIO(content.encode())
        return runs.start(session, kind=kind, file_name=f"{kind}.csv", content=file, **given)


def shown(venue: Venue, import_id: UUID) -> ImportRun:
    """The import as screens show it."""
    with venue.reading(MANAGER) as session:
        return runs.get(session, import_id)


class Scheduler(ImportWorker):
    """A scheduler's worker, with a clock that the test moves."""

    def __init__(self, venue: Venue, name: str = "one", *, now: datetime = NOW):
        super().__init__(
            venue, worker=name, clock=lambda: self.now, stopping=threading.Event(), lease=timedelta(seconds=60)
        )
        self.now = now


def checked(venue: Venue, content: str = PEOPLE, *, now: datetime = NOW, **over: Any) -> ImportRun:
    """An import of this file, after its check."""
    import_id = upload(venue, content, now=now, **over)
    assert Scheduler(venue, now=now).step()
    return shown(venue, import_id)


def imported(venue: Venue, content: str = PEOPLE, *, now: datetime = NOW, **over: Any) -> ImportRun:
    """An import of this file, after its check and its run."""
    found = checked(venue, content, now=now, **over)
    press_import(venue, found, now=now)
    assert Scheduler(venue, now=now).step()
    return shown(venue, found.id)


def press_import(venue: Venue, found: ImportRun, *, now: datetime = NOW) -> None:
    with venue.transaction(MANAGER) as session:
        runs.run(session, found.id, version=found.version, now=now)
