"""The database file holds names and numbers: only its owner can read it, from the moment it is created."""

import os
import stat
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
# What SQLite puts beside a database, with the permissions of the database itself.
COMPANIONS = ("", "-wal", "-shm", "-journal")


def prepare(path: Path) -> None:
    """Create the file and its folder for their owner only. A file that every user can read becomes private.

    A folder that is there already is left as it is: others may need it. So is a file that only a group can read, since
    no default makes one. Raises OSError when the folder cannot be created.
    """
    _make_folders(path.parent)
    try:
        # With its permissions at once: between creating and changing them somebody could open it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except FileExistsError:
        for file in (path.with_name(path.name + ending) for ending in COMPANIONS):
            if is_public(file):
                # Somebody else's file: `doctor` names it.
                with suppress(OSError):
                    file.chmod(OWNER_ONLY)
    except OSError:
        # SQLite says better what is wrong.
        pass


def is_public(path: Path) -> bool:
    """Whether every user of this machine can read or write the file."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO)
    except OSError:
        return False


def _make_folders(folder: Path) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent)
        # Not by `parents=True`, which leaves the upper folders open.
        folder.mkdir(mode=0o700, exist_ok=True)
