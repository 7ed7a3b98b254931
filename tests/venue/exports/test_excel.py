"""Excel files: text is text, numbers, days and times are themselves, and no cell is a formula."""

import io
import os
import re
import tempfile
import zipfile
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from tests.venue.exports.reading import csv_of, excel_of
from venue.errors import Invalid
from venue.exports import Export, Format, excel, write
from venue.exports.export import Column, phone_number

SUMMER = timezone(timedelta(hours=1))
TEXTS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "＝1+1",
    "07700 900123",
    "a\nb",
    "\ta",
    "é🎉",
    "_x0041_",
    "1",
    "https://x.test",
    "<&>",
]


def an_export(*rows, columns=1) -> Export:
    return Export([Column("Heading", 12)] * columns, rows, count=lambda most: min(len(rows), most))


def test_text_stays_text_as_it_is() -> None:
    assert excel_of(an_export(*([text] for text in TEXTS))) == [["Heading"], *([text] for text in TEXTS)]


@pytest.mark.parametrize("text", ["'=1", "''=1", '="07700900123"', "'＝1"])
def test_text_that_an_import_would_take_for_escaped_is_escaped(text: str) -> None:
    assert excel_of(an_export([text])) == [["Heading"], [f"'{text}"]]


def test_numbers_days_and_times_are_themselves() -> None:
    at = datetime(2027, 6, 1, 19, 30, tzinfo=SUMMER)
    row = [7, at.date(), at.time(), at, None, ""]
    assert excel_of(an_export(row, columns=6))[1] == [
        7,
        date(2027, 6, 1),
        time(19, 30),
        datetime(2027, 6, 1, 19, 30),  # noqa: DTZ001  (Excel knows no zones)
        "",
        "",
    ]


def test_days_before_excel_counts_are_text() -> None:
    assert excel_of(an_export([date(1899, 12, 31), date(1900, 2, 28)], columns=2))[1] == ["31/12/1899", "28/02/1900"]


def test_no_cell_is_a_formula_and_the_header_stays_in_sight() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(write(an_export(*([text] for text in TEXTS)), Format.EXCEL)))) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert re.search(r'<pane ySplit="1"[^>]*state="frozen"', sheet)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    assert len(excel_of(an_export(["a"], ["b"]))) == 3
    with pytest.raises(Invalid, match=r"An Excel sheet holds 2 rows\. Filter the list first"):
        next(write(an_export(["a"], ["b"], ["c"]), Format.EXCEL))


def test_a_download_begins_before_all_rows_are_read() -> None:
    rows = iter([["a"]] * 5_000)
    parts = write(Export([Column("Heading", 12)], rows, count=lambda most: most - 1), Format.EXCEL)
    assert next(parts) == b""
    assert sum(1 for _row in rows) == 4_750


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+447700900123", "07700 900123"),
        ("+33612345678", "+33 6 12 34 56 78"),
        ("+12015550123", "+1 201 555 0123"),
        (None, ""),
    ],
)
def test_a_phone_number_is_text_with_its_zero_or_plus(stored: str, shown: str) -> None:
    row = [phone_number(stored, region="GB")]
    assert csv_of(an_export(row))[1] == [shown]
    assert excel_of(an_export(["x"], row))[2:] == ([[shown]] if shown else [])


def test_temporary_files_are_removed_also_those_of_a_killed_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed, running = tmp_path / f"{excel.FOLDER}1", tmp_path / f"{excel.FOLDER}2"
    for folder in (killed, running):
        folder.mkdir()
        (folder / "sheet").write_text("Jo Smith")
    os.utime(killed, (0, 0))

    cancelled = write(an_export(*[["a"]] * 5_000), Format.EXCEL)
    next(cancelled)
    assert len(list(tmp_path.iterdir())) == 2
    cancelled.close()

    assert list(tmp_path.iterdir()) == [running]
