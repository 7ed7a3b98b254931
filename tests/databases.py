"""On which kinds of database a test runs: on both, unless it says that one is enough.

`pytestmark = pytest.mark.plain_sql` (or the mark on a test) is for a rule whose SQL is the same for both: no lock, no
upsert, no search, no paging, no dialect's own words, nothing at the same moment. It is tested on SQLite, where a
database takes no time to make. `ON_BOTH` keeps a test of such a module on both, so that a way through each package is
walked on PostgreSQL too. With SOAK=full, `make soak` runs all of them on PostgreSQL.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

KINDS_OF_DATABASE = ("sqlite", "postgresql")
ON_BOTH = pytest.mark.parametrize("database_kind", KINDS_OF_DATABASE)

# In the `info` of a session in which no rows may be locked for now: `tests.previews` sets it.
ONLY_READS = "only_reads"

SOAK_IS_FULL = os.environ.get("SOAK") == "full"
_ALSO_IN_A_SOAK = [pytest.param("postgresql", marks=pytest.mark.soak)] if SOAK_IS_FULL else []
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite", *_ALSO_IN_A_SOAK])


def names_its_databases(test: pytest.Item | pytest.Function) -> bool:
    """Whether a mark of its own, or of its module, says on which kinds it runs."""
    return any("database_kind" in mark.args[0] for mark in test.iter_markers("parametrize"))


@contextmanager
def listening(engine: Engine, name: str, heard: Callable[..., Any]) -> Iterator[None]:
    """Calls a function at an event of an engine, which the next test uses too."""
    event.listen(engine, name, heard)
    try:
        yield
    finally:
        event.remove(engine, name, heard)
