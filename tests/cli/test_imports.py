"""`imports list` and `imports undo`: they know what was imported from the command line, too."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from db.models import Customer, Import, JournalEntry
from manage import main
from tests.makers import MANAGER, NOW
from tests.venue.imports.uploads import HEADER, PEOPLE, Scheduler, shown, upload
from venue.imports import Outcome, runs
from venue.imports.runs import ImportState
from venue.profile import Venue

Manage = Callable[..., Result]


@pytest.fixture
def manage(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> Manage:
    monkeypatch.setenv("DATABASE_URL", venue.database.engine.url.render_as_string(hide_password=False))
    return lambda *arguments: CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE + "Cy,Fox,nonsense,\n", encoding="utf-8")
    return path


def test_what_the_command_line_imports_is_listed(venue: Venue, manage: Manage, file: Path) -> None:
    assert manage("customers", "import", file).exit_code == 1

    listed = json.loads(manage("imports", "list", "--json").stdout)

    assert [(each["kind"], each["file_name"], each["state"], each["actor"]) for each in listed] == [
        ("customers", "people.csv", "done", "command line")
    ]
    assert listed[0]["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "in_doubt": 0, "refused": 1}
    assert "customers from people.csv: done, 2 new, 1 refused" in manage("imports", "list").stdout
    with venue.reading(MANAGER) as session:
        import_id = session.scalars(select(Import.id)).one()
        assert [row.line for row in runs.rows_of(session, import_id, outcome=Outcome.REFUSED)] == [4]


def test_a_dry_run_leaves_no_trace(venue: Venue, manage: Manage, file: Path) -> None:
    assert json.loads(manage("customers", "import", file, "--dry-run", "--json").stdout)["new"] == 2

    assert json.loads(manage("imports", "list", "--json").stdout) == []
    with venue.reading(MANAGER) as session:
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 0


def test_an_import_is_undone_after_a_look(venue: Venue, manage: Manage, file: Path) -> None:
    manage("customers", "import", file)
    import_id = json.loads(manage("imports", "list", "--json").stdout)[0]["id"]

    look = manage("imports", "undo", import_id, "--dry-run")
    assert look.stdout == "Would be restored:\n  2 customers are removed\n"
    assert people(venue) == 2
    done = manage("imports", "undo", import_id)
    assert done.stdout == "Restored:\n  2 customers are removed\n"
    assert people(venue) == 0

    again = manage("imports", "undo", import_id)
    assert (again.exit_code, again.stderr) == (1, "Error: This import was already undone.\n")
    assert json.loads(manage("imports", "list", "--json").stdout)[0]["state"] == "undone"


def test_the_journals_undo_of_an_import_is_the_same(venue: Venue, manage: Manage, file: Path) -> None:
    manage("customers", "import", file)
    entry_id = json.loads(manage("imports", "list", "--json").stdout)[0]["entry_id"]

    assert manage("journal", "undo", entry_id).stdout == "Restored:\n  2 customers are removed\n"

    assert people(venue) == 0
    assert json.loads(manage("imports", "list", "--json").stdout)[0]["state"] == "undone"


def test_an_upload_is_cancelled_from_the_command_line(venue: Venue, manage: Manage) -> None:
    import_id = upload(venue)

    assert manage("imports", "cancel", import_id).exit_code == 0

    assert shown(venue, import_id).state is ImportState.CANCELLED
    assert not Scheduler(venue).step()


def test_the_reminders_that_an_import_plans_are_told(venue: Venue, manage: Manage, tmp_path: Path) -> None:
    manage("customers", "import", written(tmp_path, HEADER + "Ann,Lee,07700 900901,\n"))
    manage("events", "import", written(tmp_path, "Event,Date,Time\nJazz,2099-02-20,20:00\n"))

    found = manage("bookings", "import", written(tmp_path, "Mobile,Event,Date,Seats\n07700900901,Jazz,2099-02-20,2\n"))

    assert found.stdout.splitlines()[-1] == "2 reminders are planned"


def test_an_unknown_import_is_a_sentence(manage: Manage) -> None:
    for command in ("undo", "cancel"):
        finished = manage("imports", command, "12345678-1234-1234-1234-123456789012")
        assert (finished.exit_code, finished.stderr) == (1, "Error: This import does not exist.\n")


def written(folder: Path, content: str) -> Path:
    path = folder / "file.csv"
    path.write_text(content, encoding="utf-8")
    return path


def people(venue: Venue) -> int:
    with venue.reading(MANAGER) as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_imports_of_both_kinds_are_in_one_list(venue: Venue, manage: Manage, file: Path) -> None:
    upload(venue, now=NOW)
    manage("customers", "import", file)
    assert {each["state"] for each in json.loads(manage("imports", "list", "--json").stdout)} == {"checking", "done"}
