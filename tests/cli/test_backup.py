"""`manage.py backup`."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import backup
from tests import postgresql_programs
from tests.makers import MANAGER, a_booking
from venue.backup_plan import BackupPlan
from venue.profile import Venue


@pytest.fixture
def venue(venue: Venue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Venue:
    venue = replace(venue, backups=BackupPlan(folder=tmp_path, programs=postgresql_programs.folder()))
    monkeypatch.setattr(backup, "open_venue", lambda: venue)
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    return venue


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(backup.backup, list(arguments))
    assert result.exit_code == status, result.output
    return result


def test_a_backup_goes_to_the_file_that_is_given(venue: Venue, tmp_path: Path) -> None:
    output = run("--output", str(tmp_path / "x.db")).output
    assert f"{tmp_path / 'x.db'}: 1 customer, 1 booking, " in output
    assert "Verified: loaded into a new database, integrity, schema, row counts, journal." in output
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith("x")} == {"x.db", "x.db.json"}


def test_without_a_file_it_goes_to_the_folder(venue: Venue, tmp_path: Path) -> None:
    ending = ".db" if venue.database.dialect == "sqlite" else ".dump"
    run()
    (file,) = tmp_path.glob(f"anchor-*{ending}")
    assert file.stat().st_size > 0


def test_without_either_it_is_a_sentence(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "open_venue", lambda: replace(venue, backups=BackupPlan()))
    assert run(status=2).stderr == "Error: Give a file with --output, or set BACKUP_FOLDER\n"
