"""An SQLite database whose disk is full, or read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from db.session import Database

# The database may not become larger than it is.
FULL = "PRAGMA max_page_count=1"
READ_ONLY = "PRAGMA query_only=ON"


@contextmanager
def disk(database: Database, pragma: str) -> Iterator[None]:
    """Have SQLite itself refuse what it would refuse on such a disk."""

    def prepare(connection: Any, *_about: Any) -> None:
        connection.execute(pragma)

    database.close()
    event.listen(database.engine, "checkout", prepare)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", prepare)
        database.close()
