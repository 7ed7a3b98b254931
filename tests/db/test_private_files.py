"""Who else on the machine can read the database file."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli import checks
from db import private_files, schema
from db.session import Database, open_database
from tests.makers import a_venue


@pytest.fixture(autouse=True)
def _careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def opened(path: Path) -> Database:
    open_database.cache_clear()
    return open_database(f"sqlite:///{path}")


def test_a_new_database_and_its_folders_are_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "venue" / "data" / "anchor.db"
    database = opened(file)
    assert mode(file) == "0o600", "before SQLite has it"

    schema.migrate(database)

    with database.engine.connect():
        files = [found for found in file.parent.iterdir() if found.is_file()]
        assert {found.name for found in files} == {"anchor.db", "anchor.db-wal", "anchor.db-shm"}
        assert {mode(found) for found in files} == {"0o600"}
    assert {mode(file.parent), mode(file.parent.parent)} == {"0o700"}
    database.close()


def test_a_file_that_everybody_could_read_becomes_private_with_what_is_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "anchor.db"
    for ending in ("", "-wal", "-shm"):
        (tmp_path / f"anchor.db{ending}").touch(0o644)

    opened(file)

    assert {mode(found) for found in tmp_path.iterdir()} == {"0o600"}


def test_a_folder_that_was_there_and_a_file_shared_with_a_group_are_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "anchor.db"
    file.touch(0o660)

    opened(file)

    assert (mode(tmp_path), mode(file)) == ("0o755", "0o660")


def test_a_folder_that_cannot_be_written_to_is_left_to_sqlite_to_name(tmp_path: Path) -> None:
    private_files.prepare(tmp_path)  # A folder where the file should be.


def test_doctor_names_a_file_that_everybody_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = opened(tmp_path / "anchor.db")
    assert [finding.ok for finding in checks.private_file(a_venue(database))] == [True]

    (tmp_path / "anchor.db").chmod(0o644)

    (finding,) = checks.private_file(a_venue(database))
    assert not finding.ok
    assert f"chmod 600 {tmp_path / 'anchor.db'}" in finding.words


def test_a_server_has_no_file_of_ours() -> None:
    server: Any = SimpleNamespace(database=SimpleNamespace(file=None))
    assert checks.private_file(server) == []
