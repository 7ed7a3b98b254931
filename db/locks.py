"""Locks between processes."""

from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

JOURNAL = crc32(b"journal")
# How long the process that seals the journal waits. Writers wait behind it.
SEALING_WAITS = "250ms"
# The code of this error: https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE = "55P03"


def one_at_a_time(session: Session, what: str) -> None:
    """Take the lock of this name, waiting for it if necessary, and hold it until the transaction ends.

    On SQLite this does nothing: there is only one writing transaction at a time.
    """
    if _on_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(crc32(what.encode()))))


def writing_the_journal(session: Session) -> None:
    """Say that this transaction writes the journal, before it gets the id of its entry. Many transactions may at a
    time."""
    if _on_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock_shared(JOURNAL)))


def no_one_writes_the_journal(session: Session) -> None:
    """Wait until no other transaction is writing the journal, and keep others from it until this one ends. Raises
    OperationalError when that takes too long."""
    if _on_postgresql(session):
        session.execute(select(func.set_config("lock_timeout", SEALING_WAITS, True)))
        session.execute(select(func.pg_advisory_xact_lock(JOURNAL)))


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def took_too_long(error: OperationalError) -> bool:
    """Whether a lock was not free in time."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
