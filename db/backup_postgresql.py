"""Backups of PostgreSQL: dumps made by pg_dump and loaded by pg_restore."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE, TimeoutExpired
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, create_engine, func, literal, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.backup_problem import ANOTHER_RESTORES, BackupProblem, CannotCreateDatabase
from db.session import Database

LOOK_SECONDS = 0.5
# For creating, renaming and dropping databases: every server has it.
MAINTENANCE = "postgres"
LONGEST_NAME = 63
# pg_restore of version 17 sets this, also on an older server, which does not know it, and goes on.
UNKNOWN_SETTING = '"transaction_timeout"'
# https://www.postgresql.org/docs/current/errcodes-appendix.html
INSUFFICIENT_PRIVILEGE, OBJECT_IN_USE = "42501", "55006"


def never() -> bool:
    return False


def write(session: Session, file: Path, *, programs: Path | None = None, stopping: Callable[[], bool] = never) -> None:
    """Dump what the session sees: pg_dump takes part in its snapshot."""
    database = session.get_bind().engine.url
    pg_dump = _program("pg_dump", programs, _server_version(session))
    snapshot = session.scalar(select(func.pg_export_snapshot()))
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={snapshot}"]
    _run([pg_dump, *options, f"--file={file}"], database, stopping)


@contextmanager
def loaded(
    file: Path,
    database: Database,
    *,
    ending: str,
    wait: bool,
    programs: Path | None = None,
    stopping: Callable[[], bool] = never,
) -> Iterator[URL]:
    """The address of a new database on the same server that a dump is loaded into. It is dropped at the end, unless it
    was renamed; so is one that a killed process has left.

    One process at a time: others wait or, without `wait`, get a BackupProblem. Raises CannotCreateDatabase, too.
    """
    url = database.engine.url.set(database=f"{(database.engine.url.database or '')[: LONGEST_NAME - 20]}_{ending}")
    with _alone(database, url, wait=wait):
        try:
            with database.past_the_pooler() as itself:
                _create(url, itself)
                _load(file, url, itself, programs, stopping)
            yield url
        finally:
            _drop(url, database)


@contextmanager
def _alone(database: Database, url: URL, *, wait: bool) -> Iterator[None]:
    engine = create_engine(database.engine.url.set(database=MAINTENANCE), isolation_level="AUTOCOMMIT")
    key = crc32((url.database or "").encode())
    try:
        # The lock is released with the connection.
        with engine.connect() as connection:
            if wait:
                connection.execute(select(func.pg_advisory_lock(key)))
            elif not connection.scalar(select(func.pg_try_advisory_lock(key))):
                raise BackupProblem(ANOTHER_RESTORES)
            yield
    finally:
        engine.dispose()


def _create(url: URL, database: Database) -> None:
    with database.reading() as session:
        present = session.execute(_ENCODING, {"name": database.engine.url.database}).one()
    _drop(url, database)
    _on_server(
        database,
        f"CREATE DATABASE {{name}} TEMPLATE template0 ENCODING '{present.encoding}' "
        f"LC_COLLATE '{present.datcollate}' LC_CTYPE '{present.datctype}'",
        url,
    )


def _load(file: Path, url: URL, database: Database, programs: Path | None, stopping: Callable[[], bool]) -> None:
    with database.reading() as session:
        pg_restore = _program("pg_restore", programs, _server_version(session))
    options = ["--no-owner", "--no-privileges"]
    _run([pg_restore, *options, f"--dbname={url.database}", str(file)], url, stopping)


_ENCODING = text(
    "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype FROM pg_database WHERE datname = :name"
)


def _drop(url: URL, database: Database) -> None:
    _on_server(database, "DROP DATABASE IF EXISTS {name} WITH (FORCE)", url)


def count_rows(file: Path, *, programs: Path | None = None) -> dict[str, int]:
    """The number of rows of each table in a dump, which is read completely."""
    counts: dict[str, int] = {}
    table = ""
    command = [_program("pg_restore", programs), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, encoding="utf-8") as process:  # noqa: S603 # nosec B603
        for line in process.stdout or ():
            if not table:
                begins = re.match(r"COPY (?:\w+\.)?\"?(\w+)\"? \(", line)
                table = begins[1] if begins else ""
                counts |= {table: 0} if table else {}
            elif line == "\\.\n":
                table = ""
            else:
                counts[table] += 1
        errors = process.stderr.read() if process.stderr else ""
    if process.returncode:
        _raise_unless_harmless(errors, "pg_restore", process.returncode)
    return counts


def find_programs(session: Session, programs: Path | None) -> None:
    """Raise BackupProblem unless pg_dump and pg_restore are there, and not older than the server."""
    for name in ("pg_dump", "pg_restore"):
        _program(name, programs, _server_version(session))


def _on_server(database: Database, statement: str, url: URL) -> None:
    """Execute a statement about the database at `url`, outside of any transaction."""
    engine = create_engine(database.engine.url.set(database=MAINTENANCE), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement.format(name=quoted(connection, url.database or "")))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE:
            raise CannotCreateDatabase(
                f"The database's user may not create databases. As a superuser: ALTER ROLE {url.username} CREATEDB"
            ) from error
        raise BackupProblem(f"The database server refused: {str(error.orig).splitlines()[0]}") from error
    finally:
        engine.dispose()


def quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)


def _server_version(session: Session) -> int:
    """The major version, like 17."""
    return int(session.scalar(select(func.current_setting(literal("server_version_num")))) or 0) // 10_000


def _program(name: str, folder: Path | None, server: int = 0) -> str:
    """The path of a program that is not older than the server. Raises BackupProblem."""
    path = shutil.which(name, path=folder)
    if path is None:
        where = f"in {folder} (PG_BIN)" if folder else "on the PATH"
        raise BackupProblem(
            f"{name} is not {where}: install PostgreSQL's client programs (Debian: apt-get install postgresql-client), "
            "or set PG_BIN to their folder"
        )
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 # nosec B603
    version = re.search(r"(\d+)[.\w]*", said)
    if version and int(version[1]) < server:
        raise BackupProblem(
            f"{path} is of version {version[1]}, older than the database server, {server}: "
            f"install version {server} or later, and set PG_BIN to its folder"
        )
    return path


def _run(command: Sequence[str], url: URL, stopping: Callable[[], bool]) -> None:
    """Run a program of PostgreSQL on a database. Raises BackupProblem with what it says went wrong."""
    environment = _environment(url)
    process = subprocess.Popen(command, env=environment, stderr=PIPE, text=True)  # noqa: S603 # nosec B603
    errors = ""
    try:
        while process.returncode is None:
            with suppress(TimeoutExpired):
                errors = process.communicate(timeout=LOOK_SECONDS)[1]
            if stopping():
                raise BackupProblem("The process was stopped before it had finished")
    finally:
        if process.returncode is None:
            process.kill()
            process.communicate()
    if process.returncode:
        _raise_unless_harmless(errors, Path(command[0]).name, process.returncode)


def _raise_unless_harmless(errors: str, program: str, status: int) -> None:
    """Raise BackupProblem with the first error that a program reports. The lines after it may have values of rows."""
    found = re.findall(rf"^\S*{program}: error: (.*)$", errors, re.MULTILINE)
    serious = [error for error in found if UNKNOWN_SETTING not in error]
    # A signal makes the status negative.
    if serious or not found or status != 1:
        raise BackupProblem(f"{program} failed: {serious[0] if serious else 'it gave no reason'}")


# Parts of an address that libpq reads from its environment: a command line is seen by every user of the machine.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def _environment(url: URL) -> dict[str, str]:
    values: dict[str, Any] = {**url.query, **url.translate_connect_args(username="user", database="dbname")}
    given = {_VARIABLES[name]: str(value) for name, value in values.items() if name in _VARIABLES}
    # LC_ALL: so that its errors can be recognised.
    return {**os.environ, "LC_ALL": "C", "PGAPPNAME": "anchor-desk-backup", "PGCONNECT_TIMEOUT": "5", **given}


# Putting a restored database in the place of the present one


def users_of(database: Database) -> str:
    """The other connections to the database, like "2 connections", or an empty string.

    The server needs a moment to end a connection that has just been closed, so that it is asked for up to two seconds.
    """
    for wait in (0.05, 0.2, 0.5, 1.25, 0):
        count = _on_server_scalar(database, f"SELECT count(*) {_CONNECTIONS}", name=database.engine.url.database)
        if not count:
            return ""
        time.sleep(wait)
    return "1 connection" if count == 1 else f"{count} connections"


def switch(present: Database, loaded: URL, *, name: str, disconnect: bool) -> str:
    """Exchange the names of two databases in one transaction, and return the present one's new name."""
    url = present.engine.url
    aside = f"{(url.database or '')[: LONGEST_NAME - 1 - len(name)]}_{name}"
    engine = create_engine(url.set(database=MAINTENANCE))
    try:
        with engine.begin() as connection:
            if disconnect:
                connection.execute(text(f"SELECT pg_terminate_backend(pid) {_CONNECTIONS}"), {"name": url.database})
            for old, new in ((url.database, aside), (loaded.database, url.database)):
                names = (quoted(connection, each or "") for each in (old, new))
                connection.exec_driver_sql("ALTER DATABASE {} RENAME TO {}".format(*names))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == OBJECT_IN_USE:
            raise BackupProblem("The database is in use: stop the dashboards and the schedulers") from error
        raise BackupProblem(f"The database server refused: {str(error.orig).splitlines()[0]}") from error
    finally:
        engine.dispose()
    return aside


# Only these have a user: not what the server does in the background.
_CONNECTIONS = "FROM pg_stat_activity WHERE datname = :name AND usesysid IS NOT NULL"


def _on_server_scalar(database: Database, statement: str, **values: Any) -> Any:
    engine = create_engine(database.engine.url.set(database=MAINTENANCE))
    try:
        with engine.connect() as connection:
            return connection.scalar(text(statement), values)
    finally:
        engine.dispose()
