"""Locks between processes."""

from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def one_at_a_time(session: Session, what: str) -> None:
    """Take the lock of this name, waiting for it if necessary, and hold it until the transaction ends.

    On SQLite this does nothing: there is only one writing transaction at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(crc32(what.encode()))))
