"""Writing many new rows at once, the way each database does it fastest."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from db.models import Base


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns, none of which may be there already."""
    stored = cast("Table", table.__table__)
    if session.get_bind().dialect.name != "postgresql":
        session.connection().execute(insert(stored), list(rows))
        return
    names = list(rows[0])
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {stored.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
