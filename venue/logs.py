"""The logs of each process: ids and what failed, but no name, number, text or key.

Messages of exceptions may contain any value, so a traceback is logged with the code it went through, the types of its
exceptions, and the messages only of those kinds that name code or the schema.
"""

import logging
import re
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import DBAPIError

from db import faults
from venue.json_lines import JsonFormatter

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# Our own loggers. Libraries log values at finer levels: SQLAlchemy rows, urllib3 addresses.
OURS = ("anchor_desk", "cli", "db", "pages", "scheduler", "sms", "venue", "web")
# The web server's, of each request: addresses hold what was searched for. Streamlit turns it off, and on again when its
# configuration file changes while it runs.
ADDRESSES = "uvicorn.access"
# Python's own errors about names, modules and types.
NAMES_CODE = (AttributeError, ImportError, NameError, TypeError)
# SQLSTATE class 22: the value does not fit, and the message quotes it.
DATA_EXCEPTION = "22"
# Not empty once uncaught exceptions are written as JSON too.
_uncaught_to_log: list[bool] = []
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def set_up(level: str, *, json_of: str = "") -> None:
    """Log to standard error, ours from `level` up, and hide values in all logs and all uncaught exceptions.

    With `json_of`, the name of this process such as "scheduler", each line is a JSON object.
    """
    logging.basicConfig(level=logging.WARNING, format=FORMAT)
    set_level(level)
    hide_values()
    if json_of:
        write_json(json_of)


def set_level(level: str) -> None:
    """Log ours from `level` up."""
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def cannot_start(problem: Exception, *, json_of: str) -> None:
    """Write to standard error why this process cannot start: `problem` is a sentence for the administrator."""
    if json_of:
        logging.getLogger("anchor_desk").critical("%s", str(problem))
    else:
        sys.stderr.write(f"Error: {problem}\n")


def write_json(process: str) -> None:
    """Have every log handler of this process write JSON, and what it prints of uncaught exceptions and of warnings."""
    formatter = JsonFormatter(process)
    # Streamlit adds handlers with formats of its own, also later, when its configuration changes.
    logging.Handler.format = lambda _handler, record: formatter.format(record)  # type: ignore[assignment, method-assign]
    logging.captureWarnings(True)
    _uncaught_to_log.append(True)


def hide_values() -> None:
    """Hide values in what this process logs, by whichever logger, and in what it prints of uncaught exceptions."""
    logging.setLogRecordFactory(Record)
    logging.getLogger(ADDRESSES).addFilter(_nothing)
    sys.excepthook = lambda kind, error, frames: _print_uncaught(error, frames)
    sys.unraisablehook = lambda failed: _print_uncaught(failed.exc_value, failed.exc_traceback)
    threading.excepthook = lambda failed: _print_uncaught(failed.exc_value, failed.exc_traceback)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


class Record(logging.LogRecord):
    """A record whose traceback is already text, so that every formatter writes this text."""

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        if self.exc_info and self.exc_info[1]:
            self.exc_text = traceback_of(self.exc_info[1])
            self.exc_info = None
            if self.name == "asyncio":  # the other lines describe the task, with its exception
                self.msg = str(self.msg).splitlines()[0]
        if isinstance(self.args, tuple):
            self.args = tuple(describe(each) if isinstance(each, BaseException) else each for each in self.args)


def traceback_of(error: BaseException) -> str:
    """The traceback as Python prints it, but with `describe` for each exception."""
    return "\n".join(_lines(error, set()))


def describe(error: BaseException) -> str:
    """The type of an exception, and its message without values if it can be had."""
    kind = type(error).__name__
    message = _message(error)
    return f"{kind}: {message}" if message else kind


def describe_away(error: Exception) -> str:
    """Why the database cannot be used, in plain words, and what its driver said, for an error that `is_away`."""
    return f"{faults.in_words(error)} ({describe(error)})"


def _message(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        return _message(error.orig) if error.orig else ""
    if isinstance(error, sqlite3.Error):
        return _QUOTED.sub("…", str(error))
    if diagnosis := getattr(error, "diag", None):
        return _psycopg_message(error, diagnosis)
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if isinstance(error, NAMES_CODE) else ""


def _psycopg_message(error: BaseException, diagnosis: Any) -> str:
    """The server's primary message, without the detail, which has the values of the row."""
    if diagnosis.sqlstate is None:  # the client's own, like a failed connection
        return _QUOTED.sub("…", str(error).partition("\n")[0])
    return "" if diagnosis.sqlstate.startswith(DATA_EXCEPTION) else diagnosis.message_primary or ""


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier and id(earlier) not in seen:
        yield from _lines(earlier, seen)
        yield "\nThe exception above led to this one:\n"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield describe(error)
    for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _lines(each, seen)


def _print_uncaught(error: BaseException | None, frames: Any) -> None:
    if error is None or isinstance(error, SystemExit):
        return
    error = error.with_traceback(frames)
    if _uncaught_to_log:
        logging.getLogger("anchor_desk").critical("An exception was not caught", exc_info=error)
    else:
        sys.stderr.write(f"{traceback_of(error)}\n")
