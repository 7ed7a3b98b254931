"""Broken and hostile files are refused in a clear sentence, in bounded time and memory, and the server lives."""

import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from time import process_time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Customer
from tests.venue.imports.bad_files import BAD, LINE, MB, PEOPLE
from tests.venue.imports.spreadsheets import xlsx
from tests.venue.imports.taking import counts, take_customers
from venue import imports
from venue.imports import IMPORTERS, BadFile, describe, spreadsheet_process

MOST_MEMORY = 48 * MB
MOST_SECONDS = 30


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_words_and_bounds(name: str) -> None:
    make, words = BAD[name]
    content = make()
    tracemalloc.start()
    start = process_time()
    with pytest.raises(BadFile, match=words) as refused:
        read(content)
    seconds, peak = process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < MOST_SECONDS
    assert peak < MOST_MEMORY
    assert len(str(refused.value)) < 200


def read(content: bytes) -> None:
    stream = io.BytesIO(content)
    describe(stream, IMPORTERS["customers"])
    list(imports.CUSTOMERS.open(stream).rows())


def test_nothing_is_written_for_a_bad_file(session: Session) -> None:
    content = LINE * 2000 + b"Al,\0Lee,07700900457\n"

    with pytest.raises(BadFile):
        take_customers(session, content)
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_ragged_file_keeps_its_good_rows(session: Session) -> None:
    ragged = b"a\n" + b"a,b,c,d,e\n" + b'"x\n' + b"Al,Lee,07700900457\n"

    assert counts(take_customers(session, LINE + ragged)) == {"new": 2, "refused": 3}


def test_a_good_file_is_read_while_bad_ones_are_refused() -> None:
    bad = [BAD[name][0]() for name in ("a claimed place", "zip bomb", "noise", "one line of 60 MB")]

    def refused(content: bytes) -> bool:
        with pytest.raises(BadFile):
            describe(io.BytesIO(content), IMPORTERS["customers"])
        return True

    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(refused, content) for content in bad * 2]
        good = [threads.submit(describe, io.BytesIO(xlsx(PEOPLE)), IMPORTERS["customers"]) for _ in range(4)]
        assert all(each.result() for each in waiting)
        assert {each.result().header for each in good} == {("First Name", "Last Name", "Mobile")}


def test_a_conversion_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("venue.imports.spreadsheet.MOST_SECONDS", 0.01)

    with pytest.raises(BadFile, match="too large to open"):
        describe(io.BytesIO(xlsx(PEOPLE)), IMPORTERS["customers"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_a_bom(encoding: str) -> None:
    content = (LINE.decode() + "Zoë,O’Neil,07700900457\n").encode(encoding)

    rows = list(imports.CUSTOMERS.open(io.BytesIO(content)).rows())
    assert [row["first_name"] for row in rows] == ["Jo", "Zoë"]


def test_the_process_reads_only_what_is_asked_for() -> None:
    output = io.BytesIO()

    sheets = spreadsheet_process.convert(io.BytesIO(xlsx([["a"], [None], ["b"], ["c"]])), output, rows=2)
    assert (sheets, output.getvalue()) == ([("Sheet1", 0, 2)], b'[1, ["a"]]\n[3, ["b"]]\n')
