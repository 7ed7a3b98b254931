"""`manage.py events export` and its like: the same files as the screens give, noted in the journal."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from cli.bookings import bookings
from cli.customers import customers
from cli.events import events
from cli.exporting import progress_bar
from cli.journal import journal
from cli.messages import messages
from db.session import open_database
from tests.makers import IN_TWO_WEEKS, MANAGER, a_booking, a_customer, a_venue, an_event
from venue import clock
from venue.exports import Export, Format, write
from venue.exports.export import Column
from venue.journal import entries
from venue.profile import Venue


@pytest.fixture
def venue(new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Venue:
    url = new_database("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(clock, "now", lambda: IN_TWO_WEEKS)
    return a_venue(open_database(url))


@pytest.fixture
def event_id(venue: Venue) -> str:
    with venue.transaction(MANAGER) as session:
        event = an_event(session)
        a_booking(session, a_customer(session, first_name="Seán"), event, seats=4)
        an_event(session, name="Roast", starts_at=IN_TWO_WEEKS.replace(year=2026))
    return str(event.id)


GROUPS = {group.name: group for group in (bookings, customers, events, journal, messages)}


def run(group: str, *arguments: str) -> Result:
    return CliRunner().invoke(GROUPS[group], arguments)


def csv_rows(*arguments: str) -> list[list[str]]:
    finished = run(*arguments)
    assert finished.exit_code == 0, finished.output
    return list(csv.reader(io.StringIO(finished.stdout_bytes.decode("utf-8-sig"))))


def noted(venue: Venue) -> list[tuple[str, object]]:
    with venue.reading(MANAGER) as session:
        return [(row.act, row.details) for row in entries.page(session).rows if row.act.endswith("exported")]


def test_events_with_a_filter(venue: Venue, event_id: str) -> None:
    assert [row[0] for row in csv_rows("events", "export")] == ["Event", "Roast", "Quiz Night"]
    assert [row[0] for row in csv_rows("events", "export", "--when", "past")] == ["Event", "Roast"]
    assert noted(venue) == [
        ("events.exported", {"filters": ["when"], "format": "csv"}),
        ("events.exported", {"filters": [], "format": "csv"}),
    ]


def test_bookings_and_the_guests_of_an_event(venue: Venue, event_id: str) -> None:
    assert [row[3] for row in csv_rows("bookings", "export")] == ["First Name", "Seán"]
    assert [row[6] for row in csv_rows("bookings", "export", "--event", event_id)] == ["Seats", "4"]
    assert noted(venue) == [
        ("guests.exported", {"event_id": event_id, "format": "csv"}),
        ("bookings.exported", {"format": "csv"}),
    ]


def test_texts_and_the_journal(venue: Venue, event_id: str) -> None:
    assert [row[4] for row in csv_rows("messages", "export", "--kind", "confirmation")] == ["Type", "Confirmation"]
    assert [row[4] for row in csv_rows("messages", "export", "--on", "2020-01-31")] == ["Type"]
    assert [row[4] for row in csv_rows("journal", "export", "--act", "booking.added")] == ["Kind", "Booking added"]
    assert noted(venue)[0] == ("journal.exported", {"filters": ["act"], "format": "csv"})
    assert noted(venue)[-1] == ("texts.exported", {"filters": ["kind"], "format": "csv"})


@pytest.mark.parametrize("options", [["--format", "xlsx"], []])
def test_the_ending_of_the_file_says_its_kind(event_id: str, tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "customers.xlsx"
    assert run("customers", "export", "--output", str(file), *options).exit_code == 0
    assert CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()[1][0] == "Seán"


def test_guests_of_no_event_are_refused_and_not_noted(venue: Venue) -> None:
    finished = run("bookings", "export", "--event", "00000000-0000-0000-0000-000000000000")
    assert (finished.exit_code, finished.stderr) == (1, "Error: This event no longer exists.\n")
    assert noted(venue) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("copied", [True, False])
def test_a_terminal_shows_how_far_an_export_is(copied: bool) -> None:
    rows = [["a"], ["b"]]
    lines = iter([b"a\r\nb\r\n"]) if copied else None
    export = Export([Column("Heading", 12)], rows, count=lambda _most: 2, csv_rows=lines)
    with progress_bar(export, terminal := Terminal()) as shown:
        content = b"".join(write(shown, Format.CSV))
    assert content.endswith(b"Heading\r\na\r\nb\r\n")
    assert "Exporting" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_without_a_terminal_there_is_no_bar() -> None:
    export = Export([Column("Heading", 12)], [], count=lambda _most: 0)
    with progress_bar(export, terminal := io.StringIO()) as shown:
        assert shown is export
    assert terminal.getvalue() == ""
