"""The database's schema version: checking it, and migrating to the one this code needs."""

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from db.session import Database, DatabaseUnavailable, without_time_limit

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaMismatch(DatabaseUnavailable):
    """The database has the schema of an older or newer version of Anchor Desk."""


def migrate(database: Database, *, to: str = "head") -> None:
    """Migrate the database to the schema of this code, or only up to the revision `to`.

    Raises SchemaMismatch when the database is newer than the code.
    """
    if revision_of(database) not in _known_revisions() | {None}:
        raise SchemaMismatch(_NEWER)
    with database.engine.begin() as connection, Session(connection) as session:
        without_time_limit(session)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def check(database: Database) -> None:
    """Raise SchemaMismatch, whose sentence says what to do, unless the database has the schema of this code."""
    database.check()
    revision = revision_of(database)
    if revision == _scripts().get_current_head():
        return
    if revision is None:
        raise SchemaMismatch("The database is empty. Run: python manage.py migrate")
    if revision in _known_revisions():
        raise SchemaMismatch("The database is older than this version of Anchor Desk. Run: python manage.py migrate")
    raise SchemaMismatch(_NEWER)


def current_revision() -> str:
    """The revision of the schema that this code needs."""
    return _scripts().get_current_head() or ""


_NEWER = "The database is newer than this version of Anchor Desk. Install the version that created it, or a later one."


def revision_of(database: Database) -> str | None:
    """The revision of a database's schema, or None for an empty one."""
    database.check()
    with database.engine_for_reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _known_revisions() -> set[str | None]:
    return {script.revision for script in _scripts().walk_revisions()}


@functools.cache
def _scripts() -> ScriptDirectory:
    """The migrations, whose modules Alembic reads once for each of these objects."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
