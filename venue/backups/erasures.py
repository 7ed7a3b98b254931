"""Who was erased, so that a restored backup can be erased again: the list of erased customers beside the backups.

It has only ids and instants. It is kept outside of the database, which may be lost when a backup is needed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import private_files
from db.models import Erasure
from db.session import Database, DatabaseUnavailable
from venue.roles import Permission, require

NAME = "erasures.jsonl"
# A transaction may commit later than its instant says.
OVERLAP = timedelta(days=1)
NOT_KNOWN = (
    "Who was erased since the backup is not known: the current database cannot be read, and BACKUP_FOLDER is not set "
    f"to the folder that has {NAME}."
)


@dataclass(frozen=True)
class Known:
    """When each customer was erased, in UTC. `problem` is why there may be others, as a sentence, or empty."""

    erased_at: Mapping[UUID, datetime]
    problem: str = ""


def known(database: Database, folder: Path | None) -> Known:
    """All erasures that a database, of whatever version, and the list in the folder know."""
    listed = read(folder) if folder else {}
    try:
        with database.past_the_pooler() as itself, itself.reading_at_length() as session:
            return Known({**listed, **_stored(session)})
    except (DatabaseUnavailable, DBAPIError):
        return Known(listed, "" if folder and folder.is_dir() else NOT_KNOWN)


def _stored(session: Session) -> dict[UUID, datetime]:
    """Those in the database; none in an empty one, nor in one that is older than the table."""
    if not inspect(session.connection()).has_table(Erasure.__tablename__):
        return {}
    return {row[0]: row[1] for row in session.execute(select(Erasure.customer_id, Erasure.erased_at))}


def append_new(session: Session, folder: Path) -> int:
    """Add the erasures that are not in the file of this folder yet, and return how many. Raises OSError."""
    require(session, Permission.DELIVERY)
    known = read(folder)
    query = select(Erasure.customer_id, Erasure.erased_at).order_by(Erasure.erased_at)
    if known:
        query = query.where(Erasure.erased_at > max(known.values()) - OVERLAP)
    new = [row for row in session.execute(query) if row.customer_id not in known]
    if new:
        lines = [{"customer_id": str(row.customer_id), "erased_at": row.erased_at.isoformat()} for row in new]
        _append(folder / NAME, "".join(json.dumps(line) + "\n" for line in lines))
    return len(new)


def read(folder: Path) -> Mapping[UUID, datetime]:
    """When each customer in the file was erased, in UTC; empty without a file. A line cut off by a crash is left out,
    and will be written again."""
    erased: dict[UUID, datetime] = {}
    path = folder / NAME
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            stored = json.loads(line)
            erased[UUID(stored["customer_id"])] = datetime.fromisoformat(stored["erased_at"])
        except (ValueError, KeyError, TypeError):
            continue
    return erased


def is_listed(folder: Path | None) -> bool:
    """Whether this folder has the list."""
    return folder is not None and (folder / NAME).exists()


def _append(path: Path, lines: str) -> None:
    if not path.exists():
        private_files.create(path)
    with open(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            # After a line that was cut off.
            lines = lines if file.read(1) == b"\n" else f"\n{lines}"
        file.write(lines.encode())
        file.flush()
        os.fsync(file.fileno())
