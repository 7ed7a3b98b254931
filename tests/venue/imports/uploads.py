"""Uploading files to import, as tests do."""

import io
from typing import Any
from uuid import UUID

from tests.makers import MANAGER, NOW
from venue.imports import runs
from venue.imports.runs import ImportRun
from venue.profile import Venue

HEADER = "First Name,Last Name,Mobile,Notes\n"
PEOPLE = HEADER + "Ann,Lee,07700 900901,\nBob,Ray,07700 900902,Likes jazz\n"


def upload(venue: Venue, content: str = PEOPLE, *, kind: str = "customers", **over: Any) -> UUID:
    """The id of a new import of this file."""
    file = io.BytesIO(content.encode())
    with venue.transaction(over.pop("actor", MANAGER)) as session:
        return runs.start(session, kind=kind, file_name=f"{kind}.csv", content=file, now=over.pop("now", NOW))


def shown(venue: Venue, import_id: UUID) -> ImportRun:
    """The import as screens show it."""
    with venue.reading(MANAGER) as session:
        return runs.get(session, import_id)
