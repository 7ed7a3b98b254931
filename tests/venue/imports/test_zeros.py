"""Phone numbers that a spreadsheet has taken for amounts."""

import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db.models import Customer
from tests.makers import NOW, a_customer
from tests.venue.imports.spreadsheets import xlsx
from tests.venue.imports.taking import HEADER, counts, take_customers
from venue import imports
from venue.imports import Report
from venue.imports.zeros import repaired

REPAIRED = [
    ("GB", "7700900123", "07700900123"),
    ("GB", " 7700900123.0 ", "07700900123"),
    ("GB", "4.47700900123E+11", "447700900123"),
    ("GB", "4,47700900123e11", "447700900123"),
    ("GB", "7.700900123E+09", "7700900123"),
    ("IE", "871234567", "0871234567"),
    ("FR", "612345678", "0612345678"),
    ("DE", "15123456789", "015123456789"),
]
WHOLE_OR_LOST = [
    ("GB", "07700900123"),
    ("GB", "447700900123"),
    ("GB", "+447700900123"),
    ("GB", "7700 900123"),
    ("GB", "770090012"),
    ("GB", "2079460123"),
    ("GB", "4.47701E+11"),
    ("GB", "4.47E+11"),
    ("GB", "4.4770090012E+11"),
    ("GB", "1234567890"),
    ("GB", "7" * 500),
    ("GB", ""),
    # Numbers without a zero in their own country.
    ("US", "2015550123"),
    ("ES", "612345678"),
    ("IT", "3123456789"),
]


@pytest.mark.parametrize(("region", "written", "number"), REPAIRED)
def test_a_number_is_repaired_when_it_can_be(region: str, written: str, number: str) -> None:
    assert repaired(written, region=region, allow_fictional=True) == number


@pytest.mark.parametrize(("region", "written"), WHOLE_OR_LOST)
def test_a_number_is_left_alone_when_it_is_whole_or_lost(region: str, written: str) -> None:
    assert repaired(written, region=region, allow_fictional=True) == ""


def test_a_reserved_number_is_not_repaired_where_those_are_refused() -> None:
    assert repaired("7700900123", region="GB", allow_fictional=False) == ""


def take(session: Session, content: bytes | str, *, repair_zeros: bool, **over: Any) -> Report:
    data = content.encode() if isinstance(content, str) else content
    table = imports.CUSTOMERS.open(io.BytesIO(data), repair_zeros=repair_zeros)
    return imports.import_customers(session, table, now=NOW, **over)


ROWS = HEADER + 'Jo,Smith,7700900123,\nAl,Lee,4.47700900124E+11,\nBo,Lee,"4,47E+11",\nCy,Day,07700900126,\n'


def test_with_the_tick_numbers_without_their_zero_are_taken_and_counted(session: Session) -> None:
    report = take(session, ROWS, repair_zeros=True)

    assert (counts(report), report.repaired) == ({"new": 3, "refused": 1}, 2)
    assert {customer.mobile_number for customer in session.query(Customer)} == {
        "+447700900123",
        "+447700900124",
        "+447700900126",
    }
    assert report.as_dict()["repaired"] == 2


def test_without_it_they_are_asked_about_in_words_that_name_it(session: Session) -> None:
    report = take(session, ROWS, repair_zeros=False)

    assert (counts(report), report.repaired) == ({"new": 1, "in_doubt": 2, "refused": 1}, 0)
    asked = [(row.value, row.reason) for row in report.rows if row.outcome == "in_doubt"]
    assert asked == [
        (
            written,
            "Did a spreadsheet remove the first zero? "
            f"“Put back the zero that Excel removed” takes this number as {number}",
        )
        for written, number in (("7700900123", "07700 900123"), ("4.47700900124E+11", "07700 900124"))
    ]


def test_digits_that_are_lost_are_refused_in_words_that_say_where_they_are(session: Session) -> None:
    refused = [row for row in take(session, ROWS, repair_zeros=True).rows if row.outcome == "refused"]

    assert [(row.line, row.value) for row in refused] == [(4, "4,47E+11")]
    assert "format the column as Text and save it again" in refused[0].reason


def test_a_row_in_doubt_is_added_by_its_line(session: Session) -> None:
    assert counts(take(session, ROWS, repair_zeros=False, add_lines=[2, 3])) == {"new": 3, "refused": 1}


def test_a_customer_who_is_known_is_recognised_without_the_zero(session: Session) -> None:
    a_customer(session, first_name="Jo", last_name="Smith", mobile_number="07700900123")

    assert counts(take_customers(session, HEADER + "Jo,Smith,7700900123,\n")) == {"unchanged": 1}


def test_numbers_in_a_spreadsheet_are_asked_about_too(session: Session) -> None:
    content = xlsx([["First Name", "Last Name", "Mobile"], ["Jo", "Smith", 7700900123], ["Al", "Lee", 447700900124]])

    assert counts(take(session, content, repair_zeros=False)) == {"new": 1, "in_doubt": 1}
    assert counts(take(session, content, repair_zeros=True)) == {"new": 1, "unchanged": 1}
