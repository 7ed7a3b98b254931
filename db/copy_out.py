"""Reading rows as CSV by PostgreSQL's COPY, which is several times as fast as fetching them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from db.types import AnySelect


def csv_lines(session: Session, query: AnySelect) -> Iterator[bytes]:
    """Each row of the query as one CSV line, without its line ending. Read all of it: it occupies the connection."""
    compiled: Any = query.compile(session.get_bind())
    bound: Any = compiled.construct_expanded_state()
    statement = f"COPY ({bound.statement}) TO STDOUT (FORMAT csv)"
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(statement, bound.parameters) as copy:
        for line in copy:
            # COPY ends each line with a line feed.
            yield bytes(line)[:-1]
