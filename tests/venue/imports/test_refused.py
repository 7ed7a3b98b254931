"""Refused rows as a file: every cell as it was, and what is wrong; corrected, they are imported."""

import csv
import io
import zipfile
from typing import Any, Literal
from uuid import uuid4

import pytest
import python_calamine

from tests.databases import ON_BOTH
from tests.makers import MANAGER, NOW
from tests.venue.imports.uploads import HEADER, Scheduler, checked, imported, shown, upload
from venue.errors import NotFound
from venue.imports import Outcome, runs
from venue.imports.runs import ImportRun
from venue.profile import Venue

pytestmark = pytest.mark.plain_sql

BROKEN = (
    "First Name,Last Name,Mobile,Notes,Colour\n"
    "Ann,Lee,nonsense,=1+1,red\n"
    "Bob,Ray,07700 900902,,blue\n"
    ",Day,,é,green\n"
    "Cy,Fox,07700 900903\n"
)


def test_refused_rows_are_written_as_they_were_with_what_is_wrong(venue: Venue) -> None:
    rows = list(csv.reader(io.StringIO(written(venue, imported(venue, BROKEN), "csv").decode("utf-8-sig"))))

    assert rows[0] == ["First Name", "Last Name", "Mobile", "Notes", "Colour", "What is wrong"]
    assert [row[:5] for row in rows[1:]] == [
        # A cell that a spreadsheet would run as a formula is escaped.
        ["Ann", "Lee", "nonsense", "'=1+1", "red"],
        ["", "Day", "", "é", "green"],
        ["Cy", "Fox", "07700 900903", "", ""],
    ]
    assert rows[1][5].startswith("Mobile: ")
    assert "First Name: Enter" in rows[2][5]
    assert "; Mobile: Enter" in rows[2][5]
    assert rows[3][5] == "This line has more or fewer cells than the header"


MISQUOTED = {
    "misplaced": f'Ann,Lee,"07700 900901"x,{"Likes the fire. " * 10},red',
    "unclosed": f'Ann,Lee,07700 900901,"{"Likes the fire. " * 10},red',
    "too long for Excel": f'Ann,Lee,"07700 900901"x,{"Likes the fire. " * 2_100}',
}


@pytest.mark.parametrize("line", MISQUOTED.values(), ids=MISQUOTED)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_line_that_cannot_be_split_is_written_whole(venue: Venue, line: str, format: Literal["csv", "xlsx"]) -> None:
    file = written(venue, imported(venue, f"{BROKEN.splitlines()[0]}\n{line}\n"), format)

    _header, row = rows_in(file, format)
    whole = line if format == "csv" else line[:32_767]
    assert row[:5] == [whole, "", "", "", ""]
    assert "quotation mark" in row[5]


def test_in_excel_no_cell_is_a_formula(venue: Venue) -> None:
    sheet = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(written(venue, imported(venue, BROKEN), "xlsx"))
    ).get_sheet_by_index(0)

    rows = sheet.to_python()
    assert rows[1][:5] == ["Ann", "Lee", "nonsense", "=1+1", "red"]
    assert rows[3][2] == "07700 900903"


def test_in_excel_only_the_bad_cell_is_coloured(venue: Venue) -> None:
    book = zipfile.ZipFile(io.BytesIO(written(venue, imported(venue, BROKEN), "xlsx")))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    second = sheet.split('<row r="2"')[1].split("</row>")[0]
    styles = {cell.split('"')[0]: ' s="' in cell.split(">")[0] for cell in second.split('<c r="')[1:]}
    assert styles == {"A2": False, "B2": False, "C2": True, "D2": False, "E2": False, "F2": False}


@ON_BOTH
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_corrected_rows_are_imported(venue: Venue, format: Literal["csv", "xlsx"]) -> None:
    file = written(venue, imported(venue, BROKEN), format)
    rows = rows_in(file, format)
    rows[1][2], rows[2][0], rows[2][2] = "07700 900901", "Eve", "07700 900904"
    text = io.StringIO()
    csv.writer(text).writerows(rows)

    found = checked(venue, text.getvalue())

    assert (found.counts[Outcome.NEW], found.counts[Outcome.REFUSED]) == (3, 0)


def test_rows_that_are_refused_again_say_what_is_wrong_now(venue: Venue) -> None:
    first = written(venue, imported(venue, BROKEN), "csv").decode("utf-8-sig")

    second = list(csv.reader(io.StringIO(written(venue, imported(venue, first), "csv").decode("utf-8-sig"))))

    assert second[0] == ["First Name", "Last Name", "Mobile", "Notes", "Colour", "What is wrong"]
    assert second[1][:3] == ["Ann", "Lee", "nonsense"]


def test_a_mapping_is_remembered_for_the_refused_rows(venue: Venue) -> None:
    unusual = BROKEN.replace("Mobile", "Handynr.")
    import_id = upload(venue, unusual)
    mapping = {"first_name": "First Name", "last_name": "Last Name", "mobile_number": "Handynr."}
    with venue.transaction(MANAGER) as session:
        runs.map_columns(session, import_id, mapping=mapping, now=NOW)
    Scheduler(venue).step()

    again = upload(venue, written(venue, shown(venue, import_id), "csv").decode("utf-8-sig"))

    assert shown(venue, again).mapping == mapping


def test_an_import_without_refused_rows_has_a_file_with_its_header_only(venue: Venue) -> None:
    found = imported(venue, HEADER + "Ann,Lee,07700 900901,\n")
    assert written(venue, found, "csv").decode("utf-8-sig") == "First Name,Last Name,Mobile,Notes,What is wrong\r\n"


def test_an_unknown_import_is_not_found(venue: Venue) -> None:
    with pytest.raises(NotFound), venue.reading(MANAGER) as session:
        list(runs.refused_rows(session, uuid4(), "csv"))


def rows_in(file: bytes, format: Literal["csv", "xlsx"]) -> list[list[Any]]:
    if format == "csv":
        return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()


def written(venue: Venue, found: ImportRun, format: Literal["csv", "xlsx"]) -> bytes:
    with venue.reading(MANAGER) as session:
        return b"".join(runs.refused_rows(session, found.id, format))
