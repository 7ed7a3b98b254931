"""The commands about backups in docs/operating.md, run as they are written there."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.models import Customer
from db.session import open_briefly, open_database
from tests import command_line, postgresql_programs
from tests.makers import MANAGER, a_booking, a_customer
from venue.profile import Venue

ROOT = Path(__file__).parent.parent
PYTHON = "python manage.py "
FOLDER = "/mnt/usb"
URL = "postgresql://anchor:PASSWORD@localhost/anchor"


def commands(heading: str) -> list[list[str]]:
    """The arguments of each command of manage.py under a heading, up to the next heading of the same kind."""
    manual = (ROOT / "docs/operating.md").read_text()
    (section,) = re.findall(rf"^{heading}\n(.*?)(?=^#)", manual, re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(PYTHON)]
    return [shlex.split(line.removeprefix(PYTHON), comments=True) for line in lines]


def run(venue: Venue, arguments: list[str], tmp_path: Path, url: str = "") -> str:
    replaced = [each.replace(FOLDER, str(tmp_path)).replace(URL, url) for each in arguments]
    venue.database.close()
    finished = command_line.run(
        *replaced,
        url=venue.database.engine.url.render_as_string(hide_password=False),
        typed="y\n",
        folder=tmp_path,
        PG_BIN=str(postgresql_programs.folder() or ""),
    )
    assert finished.exit_code == 0, finished.output
    return finished.stdout


def test_backup_and_restore(venue: Venue, tmp_path: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    (backup,), (restore,) = commands("## Backup"), commands("### Restore")
    run(venue, backup, tmp_path)
    with venue.transaction(MANAGER) as session:
        a_customer(session)
    run(venue, restore, tmp_path)
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_moving_to_postgresql(venue: Venue, new_database: Callable[..., str], tmp_path: Path) -> None:
    with venue.transaction(MANAGER) as session:
        a_booking(session)
    backup, move = commands("### Moving to PostgreSQL")
    target = open_database(new_database("postgresql", migrated=False)).engine.url
    run(venue, backup, tmp_path)
    run(venue, move, tmp_path, url=target.render_as_string(hide_password=False))
    with open_briefly(target) as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1
