"""The command line, from files to texts."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.command_line import run as manage
from tests.command_line import run_scheduler
from venue import clock

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "db" / "sample"
NEW_YEARS_EVE = "2026-12-30T20:40:00+00:00"

# For what is no question of SQL.
ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def as_json(finished: Result) -> Any:
    result = json.loads(finished.stdout)
    refused = isinstance(result, dict) and result.get("refused")
    assert finished.exit_code == (1 if refused else 0), finished.stderr
    return result


def files_of_the_coming_year(folder: Path) -> int:
    """The sample as if it were of the year whose last reminders are still to come; that year."""
    now = clock.now()
    year = now.year + (now >= datetime.fromisoformat(NEW_YEARS_EVE).replace(year=now.year))
    for file in SAMPLE.glob("*.csv"):
        moved = re.sub(rb"202[67]", lambda found: str(int(found[0]) - 2026 + year).encode(), file.read_bytes())
        (folder / file.name).write_bytes(moved if file.stem != "customers" else file.read_bytes())
    return year


def test_from_the_files_to_the_reminders_of_new_years_eve_exactly_once(empty_database_url: str, tmp_path: Path) -> None:
    url = empty_database_url
    year = files_of_the_coming_year(tmp_path)
    evening = NEW_YEARS_EVE.replace("2026", str(year))
    assert manage("migrate", url=url).exit_code == 0
    taken = {
        kind: as_json(manage(kind, "import", str(tmp_path / f"{kind}.csv"), "--json", url=url))
        for kind in ("customers", "events", "bookings")
    }
    assert {kind: result["new"] for kind, result in taken.items()} == {
        "customers": 901,
        "events": 108,
        "bookings": 1965,
    }
    assert {"line", "outcome", "column", "value", "reason"} == set(taken["customers"]["rows"][0])

    for _ in range(2):
        assert run_scheduler("--once", "--at", evening, url=url).exit_code == 0
        listed = as_json(manage("messages", "list", "--json", "--kind", "reminder_24_hour", url=url))
        eve = [message for message in listed if message["event_name"] == "New Year's Eve"]
        gone = [message for message in eve if message["sent_at"]]
        assert len(eve) == len(gone) == 10
        assert {message["due_at"] for message in gone} == {f"{year}-12-30T20:30:00+00:00"}
        assert {message["state"] for message in gone} == {"delivered"}
        assert len({message["provider_id"] for message in gone}) == 10
        assert all("tomorrow at 9pm" in message["body"] for message in gone)


@ON_SQLITE
def test_a_dry_run_writes_nothing_and_reports_what_the_real_run_does(database_url: str) -> None:
    file = str(SAMPLE / "customers.csv")

    dry = as_json(manage("customers", "import", file, "--dry-run", "--json", url=database_url))
    assert as_json(manage("messages", "list", "--json", url=database_url)) == []
    real = as_json(manage("customers", "import", file, "--json", url=database_url))

    assert dry == real


@ON_SQLITE
def test_a_file_that_is_no_table_is_a_sentence_and_exit_status_1(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_bytes(b"ab\x00\x00")

    finished = manage("customers", "import", str(tmp_path / "broken.csv"), url=database_url)

    assert (finished.exit_code, finished.stdout) == (1, "")
    assert finished.stderr == "Error: This is not a CSV file: save it from the spreadsheet as CSV\n"


@ON_SQLITE
@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_a_refused_row_is_exit_status_1_and_the_others_are_taken(
    database_url: str, tmp_path: Path, dry_run: tuple[str, ...]
) -> None:
    rows = "First Name,Last Name,Mobile\nJo,Smith,07700900123\nAl,Lee,12\n"
    (tmp_path / "two.csv").write_text(rows, encoding="utf-8")

    finished = manage("customers", "import", str(tmp_path / "two.csv"), *dry_run, url=database_url)

    assert finished.exit_code == 1
    assert "1 new" in finished.stdout
    assert "refused: line 3, Mobile '12'" in finished.stdout
    there = manage("customers", "export", url=database_url).stdout
    assert ("Smith" in there) is (not dry_run)


@ON_SQLITE
def test_an_export_goes_to_standard_output(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("First Name,Last Name,Mobile\nZoë,Smith,07700900123\n", encoding="utf-8")
    manage("customers", "import", str(tmp_path / "one.csv"), url=database_url)

    finished = manage("customers", "export", url=database_url)

    assert finished.stdout.splitlines()[1].startswith("Zoë,Smith,07700 900123,,")


@ON_SQLITE
def test_planning_reminders_again_plans_nothing(database_url: str) -> None:
    assert as_json(manage("reminders", "plan", "--at", NEW_YEARS_EVE, "--json", url=database_url)) == {
        "planned": 0,
        "moved": 0,
    }


@ON_SQLITE
def test_doctor_says_in_plain_words_what_is_wrong(database_url: str) -> None:
    finished = manage("doctor", url=database_url)

    assert finished.exit_code == 1
    assert "WRONG  The scheduler has never run" in finished.stdout


@ON_SQLITE
def test_an_empty_database_is_a_sentence_and_exit_status_2(empty_database_url: str) -> None:
    finished = manage("messages", "list", url=empty_database_url)

    assert finished.exit_code == 2
    assert finished.stderr == "Error: The database is empty. Run: python manage.py migrate\n"


@ON_SQLITE
def test_settings_are_listed_set_and_unset(database_url: str) -> None:
    assert "sending_hours 09:00-21:00 (default)\n" in manage("settings", "list", url=database_url).stdout

    assert manage("settings", "set", "sending_hours", "10:00-20:00", url=database_url).exit_code == 0
    assert "sending_hours 10:00-20:00 (set by command line on " in manage("settings", "list", url=database_url).stdout
    listed = json.loads(manage("settings", "list", "--json", url=database_url).stdout)
    row = next(row for row in listed if row["name"] == "sending_hours")
    assert (row["value"], row["default"], row["is_set"]) == ("10:00-20:00", "09:00-21:00", True)

    refused = manage("settings", "set", "sending_hours", "never", url=database_url)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: Give opening and closing like 09:00-21:00\n",
    )

    assert manage("settings", "unset", "sending_hours", url=database_url).exit_code == 0
    assert (
        "sending_hours 09:00-21:00\n" in manage("settings", "show", url=database_url).stdout
    )  # What older scripts call.
