"""The manifest beside each backup, which says what is in it and how it was checked."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from db import private_files
from db.backup_problem import BackupProblem

FORMAT = 1
ENDING = ".json"
READ_AT_ONCE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, as it was at `made_at` (UTC).

    `database` is sqlite or postgresql, `revision` its schema. `rows` counts the rows of each table. `last_entry` is the
    id of the last journal entry, `seal` the letters of the last seal. `erasures` are the ids of the customers who were
    erased last, the latest first. `size` is in bytes. `checks` says in words how it was verified, at `verified_at`.
    `copied_to` is where another copy is kept, in the administrator's words.
    """

    file: str
    made_at: datetime
    database: str
    revision: str
    rows: Mapping[str, int]
    last_entry: int
    seal: str
    erasures: Sequence[str]
    size: int
    sha256: str
    verified_at: datetime
    checks: Sequence[str]
    copied_to: str


def path_of(file: Path) -> Path:
    """Where the manifest of a backup is."""
    return file.with_name(file.name + ENDING)


def write(manifest: Manifest, file: Path) -> None:
    """Write the manifest of a backup beside it."""
    path = path_of(file)
    part = path.with_name(f".{path.name}.part")
    private_files.create(part)
    content = {"format": FORMAT, **manifest.__dict__}
    part.write_text(json.dumps(content, indent=2, ensure_ascii=False, default=_plain) + "\n", encoding="utf-8")
    private_files.flush(part)
    os.replace(part, path)


def read(file: Path) -> Manifest | None:
    """The manifest of a backup, or None if there is none. Raises BackupProblem when it is damaged or of a later
    version."""
    path = path_of(file)
    try:
        stored: dict[str, Any] = json.loads(path.read_bytes())
        if stored.pop("format") != FORMAT:
            raise BackupProblem(f"{path} is of another version of Anchor Desk")
        moments = {name: datetime.fromisoformat(stored[name]) for name in ("made_at", "verified_at")}
        return Manifest(**{**stored, **moments})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupProblem(f"{path} cannot be read as the manifest of a backup") from error


def hash_of(file: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(file, "rb") as opened:
        while part := opened.read(READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
