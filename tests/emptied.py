"""Emptying a database of PostgreSQL after a test, which costs a tenth of dropping it and making another."""

import psycopg
from psycopg import Connection, sql
from sqlalchemy import make_url

# Deleted rows stay in the files of their tables until a vacuum.
MOST_DELETED = 2_000

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"

_CLOSE_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

# The name of each sequence, the number that comes next or was given last, and whether it was given.
_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences ORDER BY sequencename
"""

# Everything that a test may have changed besides rows. A restored database has other oids. After ANALYZE, statements
# are planned for rows that are gone.
_SCHEMA = """
SELECT md5(string_agg(found, ';' ORDER BY found)) FROM (
  SELECT format('database %s %s %s', oid, datconnlimit, datacl) FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT format('settings %s %s', setdatabase, setconfig) FROM pg_db_role_setting
  UNION ALL SELECT format('schema %s %s', oid, nspacl) FROM pg_namespace WHERE nspname = 'public'
  UNION ALL SELECT format('extension %s', oid) FROM pg_extension
  UNION ALL SELECT format('relation %s %s %s %s %s', oid, relname, relacl, reloptions, relkind = 'r' AND reltuples >= 0)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT format('column %s %s %s %s %s', attrelid, attname, atttypid, attnotnull, atthasdef)
    FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT format('trigger %s %s', oid, tgenabled) FROM pg_trigger
  UNION ALL SELECT format('constraint %s %s', oid, convalidated) FROM pg_constraint
  UNION ALL SELECT format('function %s %s', oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS whole (found)
"""


class Emptied:
    """A migrated database, new at first, that can be emptied."""

    def __init__(self, url: str) -> None:
        self.url = url
        with self._connected() as connection:
            self.schema = _schema(connection)
            self.tables = [sql.Identifier(name) for (name,) in connection.execute(_TABLES)]
            # The few rows that migrations insert.
            self.rows = [(table, row) for table in self.tables for row in _rows(connection, table)]
            self.sequences = connection.execute(_SEQUENCES).fetchall()
        self.deleted = 0

    def empty(self) -> bool:
        """Whether it is as new again: false when a test changed more than rows, or many rows."""
        try:
            connected = self._connected()
        except psycopg.OperationalError:
            return False
        with connected as connection:
            connection.execute(_CLOSE_OTHERS)
            if _schema(connection) != self.schema:
                return False
            # No trigger counts these rows, and no foreign key asks for an order.
            connection.execute("SET session_replication_role = replica")
            self.deleted += self._delete_all(connection)
            for table, row in self.rows:
                values = sql.SQL(", ").join(sql.Placeholder() * len(row))
                connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(table, values), row)
            for sequence in set(self.sequences) - set(connection.execute(_SEQUENCES)):
                connection.execute("SELECT setval(%s, %s, %s)", sequence)
        return self.deleted <= MOST_DELETED

    def _connected(self) -> Connection:
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)

    def _delete_all(self, connection: Connection) -> int:
        """Delete all rows, with one message to the server, and return their number."""
        deleted = connection.execute(
            sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in self.tables)
        )
        number = deleted.rowcount
        while deleted.nextset():
            number += deleted.rowcount
        return number


def _schema(connection: Connection) -> str:
    return connection.execute(_SCHEMA).fetchone()[0]


def _rows(connection: Connection, table: sql.Identifier) -> list[tuple]:
    return connection.execute(sql.SQL("SELECT * FROM {}").format(table)).fetchall()
