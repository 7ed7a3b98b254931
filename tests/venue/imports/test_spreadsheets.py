"""Excel and OpenDocument files are read like CSV files."""

import io
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.venue.imports.spreadsheets import Cell, ods, xlsx
from tests.venue.imports.taking import counts, read_customers, take_bookings, take_customers, take_events
from venue import imports
from venue.imports import IMPORTERS, describe

pytestmark = pytest.mark.plain_sql

HEADER: list[Cell] = ["First Name", "Last Name", "Mobile", "Notes"]
JO: list[Cell] = ["Jo", "Smith", "07700 900456", "red"]
XLS = Path(__file__).parent / "files" / "customers.xls"

Maker = Callable[..., bytes]


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_spreadsheet_is_read_whatever_its_name(make: Maker) -> None:
    rows = read_customers(
        make([HEADER, JO, [None] * 4, ["Al", "O’Lée", "07700 900457", "a\nb" if make is xlsx else ""]])
    )

    assert [(row.line, row["first_name"], row["last_name"], row["mobile_number"]) for row in rows] == [
        (2, "Jo", "Smith", "07700 900456"),
        (4, "Al", "O’Lée", "07700 900457"),
    ]
    assert rows[0].cells == ("Jo", "Smith", "07700 900456", "red")


def test_an_old_excel_file_is_read() -> None:
    rows = read_customers(XLS.read_bytes())

    assert [row.cells for row in rows] == [("Jo", "Smith", "447700900456", "red", "2024-12-31")]


CELLS: list[tuple[Cell, str]] = [
    (447700900456, "447700900456"),
    (2.5, "2.5"),
    (True, "TRUE"),
    (date(2026, 12, 31), "2026-12-31"),
    (datetime(2026, 12, 31, 19, 30), "2026-12-31 19:30"),  # noqa: DTZ001
    (datetime(2026, 12, 31), "2026-12-31"),  # noqa: DTZ001
    (time(19, 30), "19:30"),
    (time(0, 5, 30), "00:05:30"),
    ("=1+1", "=1+1"),
    # From a CSV file that was opened in Excel and saved as a spreadsheet.
    ("'=1+1", "=1+1"),
    ("''=1+1", "'=1+1"),
    ('="07700900456"', "07700900456"),
]


@pytest.mark.parametrize("make", [xlsx, ods])
@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_cell_reads_as_it_would_be_typed(make: Maker, cell: Cell, text: str) -> None:
    assert read_customers(make([HEADER, [*JO[:3], cell]]))[0]["notes"] == text


def test_a_time_is_exact_to_the_second() -> None:
    # As a fraction of a day no minute is exact.
    rows: list[list[Cell]] = [[*JO[:3], datetime(2026, 12, 31, 19, minute)] for minute in range(60)]  # noqa: DTZ001
    read = [row["notes"] for row in read_customers(xlsx([HEADER, *rows]))]
    assert read == [f"2026-12-31 19:{minute:02}" for minute in range(60)]


@pytest.mark.parametrize("make", [xlsx, ods])
def test_the_sheet_with_usual_headings_is_read(make: Maker) -> None:
    cover: list[list[Cell]] = [["Customers of the pub"], ["Printed on Monday"]]
    content = make(cover, [HEADER, JO], [HEADER, ["Al", "Lee", "07700 900457"]], names=["Cover", "People", "Old"])

    assert describe(io.BytesIO(content), IMPORTERS["customers"]).sheet == "People"
    assert [row["first_name"] for row in read_customers(content)] == ["Jo"]


def test_without_usual_headings_the_first_sheet_with_cells_is_read() -> None:
    content = xlsx([], [["Vorname", "Zuname", "Nummer"], ["Jo", "Smith", "07700 900456"]])

    shape = describe(io.BytesIO(content), IMPORTERS["customers"])
    assert (shape.sheet, shape.header, shape.examples["Vorname"]) == (
        "Sheet2",
        ("Vorname", "Zuname", "Nummer"),
        ("Jo",),
    )
    mapped = {"first_name": "Vorname", "last_name": "Zuname", "mobile_number": "Nummer"}
    assert read_customers(content, **mapped)[0]["last_name"] == "Smith"


def test_a_hidden_sheet_is_not_read() -> None:
    content = xlsx([["Cover"]], [HEADER, ["Al", "Lee", "07700 900457"]], [HEADER, JO], hidden=[1])

    assert [row["first_name"] for row in read_customers(content)] == ["Jo"]


def test_cells_below_and_beside_an_empty_area_keep_their_row_number() -> None:
    rows = read_customers(xlsx([[], [], [None, *HEADER], [None, *JO]]))

    assert [(row.line, row["first_name"]) for row in rows] == [(4, "Jo")]


def test_a_cell_without_heading_is_a_fault_of_its_row_only() -> None:
    rows = read_customers(xlsx([HEADER, [*JO, None, "more"], JO]))

    # The sheet is as wide as its widest row, so that the last heading is empty.
    assert [row.fault for row in rows] == ["", ""]


def test_examples_come_from_the_first_rows_alone(session: Session) -> None:
    content = xlsx([HEADER, *([f"Jo{number}", *JO[1:]] for number in range(3_000))])

    shape = describe(io.BytesIO(content), IMPORTERS["customers"])
    assert shape.examples["First Name"] == ("Jo0", "Jo1", "Jo2")
    assert len(read_customers(content)) == 3_000


@pytest.mark.parametrize("make", [xlsx, ods])
def test_spreadsheets_of_each_kind_are_imported(make: Maker, session: Session) -> None:
    events = make([["Event", "Date", "Time", "Capacity"], ["Quiz", date(2027, 1, 29), time(19, 30), 40]])
    bookings = make([["Mobile", "Event", "Date", "Seats"], [447700900456, "Quiz", date(2027, 1, 29), 4]])

    assert counts(take_customers(session, make([HEADER, JO]))) == {"new": 1}
    assert counts(take_events(session, events)) == {"new": 1}
    assert counts(take_bookings(session, bookings)) == {"new": 1}


def test_a_day_with_its_time_is_enough_for_both(session: Session) -> None:
    starts = datetime(2027, 1, 29, 19, 30)  # noqa: DTZ001

    assert counts(take_events(session, xlsx([["Event", "Date", "Time"], ["Quiz", starts, starts]]))) == {"new": 1}


def test_a_file_of_many_rows_needs_little_memory_here(session: Session) -> None:
    import tracemalloc

    content = xlsx([HEADER, *([f"Jo{number}", *JO[1:]] for number in range(20_000))])
    tracemalloc.start()
    rows = sum(1 for _ in imports.CUSTOMERS.open(io.BytesIO(content)).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 20_000
    assert peak < 2_000_000


def test_the_number_of_rows_is_known_for_the_progress() -> None:
    assert imports.CUSTOMERS.open(io.BytesIO(xlsx([HEADER, JO, [], JO]))).row_count == 2
    assert imports.CUSTOMERS.open(io.BytesIO(b"First Name,Last Name,Mobile\n")).row_count is None
