"""`manage.py insight`."""

from pathlib import Path

import pytest

from db.session import open_database
from tests.command_line import run
from tests.makers import MANAGER, a_booking, a_venue, an_event, days
from venue import clock
from venue.acts import Act
from venue.journal import entries

pytestmark = pytest.mark.plain_sql


def test_the_table_of_a_chart_is_written_and_noted(database_url: str) -> None:
    venue = a_venue(open_database(database_url))
    now = clock.now()
    with venue.transaction(MANAGER) as session:
        a_booking(session, event=an_event(session, starts_at=now, now=now), seats=4, now=now)

    finished = run("insight", "export", "seats", url=database_url)

    day = clock.today(now, venue.zone)
    assert finished.stdout.splitlines()[1:] == [f"{day:%d/%m/%Y},{day:%A},1,4,4,,no"]
    with venue.reading(MANAGER) as session:
        assert [row.details["filters"] for row in entries.page(session, act=Act.INSIGHT_EXPORTED).rows] == [["seats"]]


def test_days_can_be_given(database_url: str) -> None:
    finished = run("insight", "export", "seats", "--from", "2026-01-01", "--until", "2026-01-31", url=database_url)

    assert len(finished.stdout.splitlines()) == 1
    assert run("insight", "export", "seats", "--from", "soon", url=database_url).exit_code == 2


def test_the_pace_is_of_an_event(database_url: str) -> None:
    venue = a_venue(open_database(database_url))
    with venue.transaction(MANAGER) as session:
        event_id = an_event(session, starts_at=clock.now() + days(9), now=clock.now()).id

    finished = run("insight", "export", "pace", "--event", str(event_id), url=database_url)
    assert finished.stdout.splitlines() == ["\ufeffEvent,Date,By Now,In the End"]

    refused = run("insight", "export", "pace", url=database_url)
    assert (refused.exit_code, refused.stderr) == (1, "Error: Say which event.\n")


def test_the_letter_is_printed_or_written(database_url: str, tmp_path: Path) -> None:
    printed = run("insight", "letter", "--week", "2026-12-02", url=database_url)
    assert printed.stdout.startswith("The Anchor: week of 30 November 2026\n")

    file = tmp_path / "letter.txt"
    assert run("insight", "letter", "--week", "2026-12-02", "--output", str(file), url=database_url).exit_code == 0
    assert file.read_text().splitlines()[3] == "Last week, 23 November to 29 November 2026"
