"""A venue whose backups go to a folder of the test."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import postgresql_programs
from venue.backup_plan import BackupPlan
from venue.profile import Venue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


@pytest.fixture
def venue(venue: Venue, folder: Path) -> Venue:
    return replace(venue, backups=BackupPlan(folder=folder, programs=postgresql_programs.folder()))
