"""On PostgreSQL everything works for a user who owns the database and may create others, and nothing more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from db import schema
from db.models import Customer
from db.session import Database, open_briefly
from tests import postgresql_programs
from tests.conftest import on_server
from tests.makers import MANAGER, NOW, a_customer, a_venue
from tests.venue.backups.restored import put_back
from venue.backup_plan import BackupPlan
from venue.backups import make

USER, DATABASE = "anchor_plain", "anchor plain-test"


@pytest.fixture
def database(postgresql_server: URL) -> Iterator[Database]:
    """A database whose name must be quoted, of a user with a password that must be, too."""
    names = [DATABASE, f"{DATABASE}_check", f"{DATABASE}_restoring", f"{DATABASE}_before-restore-{NOW:%Y%m%dt%H%M%Sz}"]
    on_server(postgresql_server, f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD 'p@ss/w''ord'")
    url = postgresql_server.set(username=USER, password="p@ss/w'ord", database="postgres")
    try:
        on_server(url, f'CREATE DATABASE "{DATABASE}" ENCODING UTF8 TEMPLATE template0')
        with open_briefly(url.set(database=DATABASE)) as database:
            schema.migrate(database)
            yield database
    finally:
        for name in names:
            on_server(postgresql_server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        on_server(postgresql_server, f"DROP ROLE {USER}")


def test_backup_and_restore(database: Database, tmp_path: Path) -> None:
    plan = BackupPlan(folder=tmp_path, programs=postgresql_programs.folder())
    venue = replace(a_venue(database), backups=plan)
    with venue.transaction(MANAGER) as session:
        a_customer(session)
    made = make.back_up(venue, tmp_path / "x.dump", worker="one", clock=lambda: NOW)
    assert (made.remark, made.manifest.checks[0]) == ("", "loaded into a new database")
    with venue.transaction(MANAGER) as session:
        a_customer(session)

    restored = put_back(venue, made.file, now=NOW)

    assert restored.aside == f"{DATABASE}_before-restore-20270115t120000z"
    with venue.transaction(MANAGER) as session:
        a_customer(session)
        assert session.scalar(select(func.count()).select_from(Customer)) == 2
