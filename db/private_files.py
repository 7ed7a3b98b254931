"""Keeping the database file, which holds names and numbers, readable only by its owner from the moment it exists."""

import os
import stat
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
# SQLite creates these files beside the database, with the database's permissions.
COMPANIONS = ("", "-wal", "-shm", "-journal")


def prepare(path: Path) -> None:
    """Create the file and its folder, readable only by their owner. Make an existing public file private.

    An existing folder is not changed, since others may need it. Nor is a file that only a group can read, since that is
    never the default. Raises OSError when the folder cannot be created.
    """
    _make_folders(path.parent)
    try:
        # Created with its permissions: changing them afterwards would leave a moment in which others can open it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except FileExistsError:
        for file in (path.with_name(path.name + ending) for ending in COMPANIONS):
            if is_public(file):
                # The file may belong to another user: `doctor` reports it.
                with suppress(OSError):
                    file.chmod(OWNER_ONLY)
    except OSError:
        # SQLite's own error is clearer.
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
        # `parents=True` would give the upper folders default permissions.
        folder.mkdir(mode=0o700, exist_ok=True)


def create(path: Path) -> None:
    """Create a new empty file that only its owner can read, in place of an old one. Raises OSError."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))


def flush(path: Path) -> None:
    """Wait until the contents of a file, or of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
