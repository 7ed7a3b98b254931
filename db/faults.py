"""Why the database cannot be used, in words for the log and for staff: the driver's own often need an expert."""

import sqlite3

from sqlalchemy.exc import TimeoutError

# https://www.sqlite.org/rescode.html#primary_result_codes_versus_extended_result_codes
PRIMARY_CODE = 0xFF
# https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK = "40P01"
READ_ONLY = "25006"

_IS_FULL = "the disk of the database is full"
_IS_READ_ONLY = "the database is read-only"
_IS_BROKEN = "the disk of the database cannot be read or written"
_IS_BUSY = "the database is busy"
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _IS_FULL,
    sqlite3.SQLITE_READONLY: _IS_READ_ONLY,
    sqlite3.SQLITE_IOERR: _IS_BROKEN,
    sqlite3.SQLITE_BUSY: _IS_BUSY,
    sqlite3.SQLITE_LOCKED: _IS_BUSY,
    sqlite3.SQLITE_CANTOPEN: "the file of the database cannot be opened",
}
_OF_POSTGRESQL = {
    "53100": _IS_FULL,
    READ_ONLY: _IS_READ_ONLY,
    "58030": _IS_BROKEN,
    LOCK_NOT_AVAILABLE: _IS_BUSY,
    DEADLOCK: _IS_BUSY,
    "40001": _IS_BUSY,
    "57014": "the database took too long",
    "53300": "the database has too many connections",
    "57P01": "the database is being stopped",
    "57P02": "the database is being stopped",
    "57P03": "the database is starting",
}


def in_words(error: Exception) -> str:
    """Why the database cannot be used, like "the disk of the database is full", for an error that `is_away`."""
    if isinstance(error, TimeoutError):
        return "all connections to the database are in use"
    is_answer = sqlite_code(error) is not None or sqlstate(error) is not None
    return _known(error) or ("the database cannot do this now" if is_answer else "the database cannot be reached")


def why_not_saved(error: Exception) -> str:
    """Why the database saves nothing, though it may answer, until an administrator has seen to it; or nothing."""
    words = _known(error)
    return words if words in (_IS_FULL, _IS_READ_ONLY, _IS_BROKEN) else ""


def sqlite_code(error: Exception) -> int | None:
    """SQLite's primary result code; None of another error."""
    code: int | None = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return None if code is None else code & PRIMARY_CODE


def sqlstate(error: Exception) -> str | None:
    """PostgreSQL's code of an error; None of another error, and when no answer came."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state


def _known(error: Exception) -> str:
    return _OF_SQLITE.get(sqlite_code(error) or 0, "") or _OF_POSTGRESQL.get(sqlstate(error) or "", "")
