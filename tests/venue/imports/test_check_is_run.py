"""A check tells exactly what the run then does (ACCEPTANCE F2), whatever is in the file.

Short here; `SOAK=full` (make soak) tries 1,000 files for each test and database, `SOAK=100` a hundred.
"""

import csv
import io
import os
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event, Message
from tests.makers import MANAGER, NOW, a_customer, an_event
from tests.venue.imports.spreadsheets import xlsx
from tests.venue.imports.taking import ON
from tests.venue.imports.uploads import Scheduler, press_import, shown
from venue.imports import BadFile, Outcome, runs
from venue.imports.runs import ImportRun, ImportState
from venue.profile import Venue

SOAK = os.environ.get("SOAK", "")
FILES = 1_000 if SOAK == "full" else int(SOAK or 8)
pytestmark = pytest.mark.soak

EXAMPLES = settings(max_examples=FILES, suppress_health_check=list(HealthCheck))


def mostly(good: list[str], *bad: str) -> st.SearchStrategy[str]:
    """Few of each, so that rows often meet one another and what is there already."""
    return st.one_of(st.sampled_from(good), st.sampled_from(good), st.sampled_from([*good, *bad]))


FIRST = mostly(["Jo", "Al", "Zoë"], "", "=1+1", "x" * 300, "Jo\nAl", '"', "\x7f")
LAST = mostly(["Smith", "O'Neil", "van Dyk"], "", "'x", "<b>")
NUMBERS = mostly(
    ["07700 900456", "07700900457", "+447700900458", "07700 900459"],
    *("7700900459", "4.47700900460E+11", "4.47E+11", "020 7946 0123", "", "nonsense", "+33 6 12 34 56 78"),
    *("07700 900456 ::: 07700 900461", "'07700900462", '="07700900463"'),
)
NOTES = mostly(["", "red"], "blue", "two\nlines", "a,b;c|d\te", '"', "-", "x" * 3_000, "café")
DAYS = mostly([ON], "2020-01-31", "31/12/2026", "never", "", "2027-03-28")
EMAILS = mostly(["", "jo@example.com"], "al@example.com", "nonsense")
SINCE = mostly(["", "2020-01-31"], "31/12/2026", "never")
TIMES = mostly(["19:30"], "7.30 pm", "01:30", "", "25:00")
SEATS = mostly(["0", "1", "4"], "9", "-1", "two", "", "1000000")
CANCELLED = mostly(["", "yes"], "no", "31/12/2026")
EVENTS = mostly(["Quiz Night", "quiz night"], "Jazz", "")

KINDS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "customers": {
        "First Name": FIRST,
        "Last Name": LAST,
        "Mobile": NUMBERS,
        "E-mail": EMAILS,
        "Notes": NOTES,
        "Customer Since": SINCE,
    },
    "events": {
        "Event": EVENTS,
        "Date": DAYS,
        "Time": TIMES,
        "Capacity": SEATS,
        "Notes": NOTES,
        "Cancelled": CANCELLED,
    },
    "bookings": {
        "Mobile": NUMBERS,
        "Event": EVENTS,
        "Date": DAYS,
        "Seats": SEATS,
        "Notes": NOTES,
        "Event Cancelled": CANCELLED,
    },
}
TICKS = count(1)
DAMAGE = st.sampled_from(['"open\r\n', "a,b\r\n", ",,,,,,,,x\r\n", "\r\n", 'a"b",c\r\n'])
TABLES = {"customers": Customer, "events": Event, "bookings": Booking}


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A kind, and a file of it as some program might write it, now and then with a damaged line."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    columns = KINDS[kind]
    rows = draw(st.lists(st.tuples(*columns.values()), min_size=3, max_size=20))
    table = [list(columns), *map(list, rows)]
    if draw(st.sampled_from(["csv", "csv", "csv", "xlsx"])) == "xlsx":
        return kind, xlsx(table)
    text = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(text, delimiter=draw(st.sampled_from(",;\t|")), quoting=quoting).writerows(table)  # type: ignore[arg-type]
    lines = text.getvalue().splitlines(keepends=True)
    for damage in draw(
        st.lists(st.sampled_from(['"open\r\n', "a,b\r\n", ",,,,,,,,x\r\n", "\r\n", 'a"b",c\r\n']), max_size=2)
    ):
        lines.insert(draw(st.integers(1, len(lines))), damage)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return kind, "".join(lines).encode(encoding)


@EXAMPLES
@given(file=files(), repair_zeros=st.booleans())
def test_a_run_does_what_its_check_told(venue: Venue, file: tuple[str, bytes], repair_zeros: bool) -> None:
    kind, content = file
    before = sizes(venue)
    found = checked(venue, kind, content, repair_zeros)
    if found is None:
        return
    assert sizes(venue) == before
    told = notes(venue, found.id)

    press_import(venue, found)
    assert scheduler(venue).step()

    done = shown(venue, found.id)
    assert (done.state, done.problem) == (ImportState.DONE, "")
    assert (done.counts, done.reminders, done.reminders_soon) == (found.counts, found.reminders, found.reminders_soon)
    assert notes(venue, found.id) == told
    after = sizes(venue)
    assert after[kind] - before[kind] == done.counts[Outcome.NEW]
    assert after["reminders"] - before["reminders"] == done.reminders
    event(f"{kind}: {sorted(outcome.value for outcome, rows in done.counts.items() if rows)}")


@EXAMPLES
@given(file=files())
def test_a_file_imported_again_adds_nothing(venue: Venue, file: tuple[str, bytes]) -> None:
    kind, content = file
    if (found := checked(venue, kind, content, repair_zeros=True)) is None:
        return
    press_import(venue, found)
    assert scheduler(venue).step()

    again = checked(venue, kind, content, repair_zeros=True)

    assert again is not None
    assert again.counts[Outcome.NEW] == 0


def checked(venue: Venue, kind: str, content: bytes, repair_zeros: bool) -> ImportRun | None:
    """The import after its check; None for a file that cannot be read, which is refused at once."""
    try:
        with venue.transaction(MANAGER) as session:
            import_id = runs.start(session, kind=kind, file_name="f", content=io.BytesIO(content), now=NOW)
            runs.map_columns(session, import_id, mapping={}, repair_zeros=repair_zeros, now=NOW)
    except BadFile:
        return None
    assert scheduler(venue).step()
    found = shown(venue, import_id)
    assert (found.state, found.problem) == (ImportState.CHECKED, "")
    return found


def scheduler(venue: Venue) -> Scheduler:
    """A scheduler at a later instant than any before: what an import has planned is told by its instant."""
    return Scheduler(venue, now=NOW + timedelta(microseconds=next(TICKS)))


def notes(venue: Venue, import_id: UUID) -> list[tuple[Any, ...]]:
    with venue.reading(MANAGER) as session:
        rows = runs.rows_of(session, import_id, limit=1_000)
        return [(row.line, row.outcome, row.column, row.value, row.reason) for row in rows]


def sizes(venue: Venue) -> dict[str, int]:
    tables = {**TABLES, "reminders": Message}
    with venue.reading(MANAGER) as session:
        return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}


@pytest.fixture(autouse=True)
def what_is_there(venue: Venue) -> None:
    """Some of the people and events that the files have."""
    with venue.transaction(MANAGER) as session:
        _add(session)


def _add(session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900456", email="al@example.com")
    a_customer(session, first_name="Al", last_name="van Dyk", mobile_number="07700900456")
    a_customer(session, first_name="Jo", last_name="O'Neil", mobile_number="07700900458")
    an_event(session, name="Quiz Night", capacity=9)
