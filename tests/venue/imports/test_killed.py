"""A scheduler that is killed in the middle of an import leaves nothing half done, and nothing behind."""

import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.models import Base
from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW, seconds
from tests.patience import PATIENCE
from tests.venue.imports.uploads import PEOPLE, Scheduler, checked, imported, press_import, shown, upload
from venue.imports import Outcome, runs
from venue.imports.runs import ImportRun, ImportState
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

ROOT = Path(__file__).parents[3]
ALWAYS = ("after the claim", "while the rows are checked", "while they are stored", "before the commit")


@pytest.mark.parametrize("step", ALWAYS)
def test_a_check_that_is_killed_is_made_again(venue: Venue, step: str) -> None:
    import_id, before = upload(venue), sizes(venue)

    kill(venue, step)

    assert sizes(venue) == before
    assert files_beside(venue) <= {"-wal", "-shm", ""}
    found = work_after_the_lease(venue, import_id)
    assert (found.state, found.counts[Outcome.NEW]) == (ImportState.CHECKED, 2)


@ON_BOTH
@pytest.mark.parametrize("step", ALWAYS)
def test_a_run_that_is_killed_imported_nothing_and_can_be_begun_again(venue: Venue, step: str) -> None:
    found = checked(venue)
    press_import(venue, found)
    before = sizes(venue)

    kill(venue, step)

    assert sizes(venue) == before
    failed = work_after_the_lease(venue, found.id)
    assert (failed.state, sizes(venue)) == (ImportState.FAILED, before)
    assert "nothing was imported" in failed.problem
    press_import(venue, failed)
    assert work_after_the_lease(venue, found.id).counts[Outcome.NEW] == 2


@pytest.mark.parametrize("step", ["after the claim", "in the undo", "after the undo"])
def test_an_undo_that_is_killed_is_made_again(venue: Venue, step: str) -> None:
    done = imported(venue)
    with venue.transaction(MANAGER) as session:
        runs.undo(session, done.id, now=NOW)
    before = sizes(venue)

    kill(venue, step)

    assert sizes(venue) == before
    assert work_after_the_lease(venue, done.id).state is ImportState.UNDONE
    assert sizes(venue)["customers"] == 0
    assert imported(venue, PEOPLE).counts[Outcome.NEW] == 2


def kill(venue: Venue, step: str) -> None:
    """Another process begins to work, and is killed at this step."""
    url = venue.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.venue.imports.killed_worker", url, step]
    assert subprocess.run(command, cwd=ROOT, timeout=PATIENCE, check=False).returncode == -9


def work_after_the_lease(venue: Venue, import_id: UUID) -> ImportRun:
    # A PostgreSQL server takes a moment to notice that the process has gone.
    deadline = time.monotonic() + PATIENCE
    scheduler = Scheduler(venue, "two", now=NOW + seconds(61))
    while shown(venue, import_id).is_at_work and time.monotonic() < deadline:
        scheduler.step()
    return shown(venue, import_id)


def files_beside(venue: Venue) -> set[str]:
    """The ends of the names of files that belong to the database."""
    file = venue.database.file
    return set() if file is None else {path.name.removeprefix(file.name) for path in file.parent.glob(f"*{file.name}*")}


def sizes(venue: Venue) -> dict[str, int]:
    with venue.reading(MANAGER) as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }
