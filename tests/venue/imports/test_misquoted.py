"""A file with a stray quotation mark or byte: the problem is reported, and every other row is read."""

import csv
import io
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Booking, Customer, Event
from tests.makers import NOW, a_customer, an_event, days
from tests.venue.imports.taking import (
    HEADER,
    ON,
    booking_rows,
    counts,
    take_bookings,
    take_customers,
    take_events,
)
from venue import imports
from venue.imports import BadFile, open_table
from venue.imports.table import Row

FIELDS = ("first_name", "last_name", "mobile_number", "notes")
HEADINGS = ("First Name", "Last Name", "Mobile", "Notes")


def read(content: str | bytes) -> list[Row]:
    data = content.encode() if isinstance(content, str) else content
    table = open_table(io.BytesIO(data), imports.customers.NAMES, required=imports.customers.REQUIRED)
    return list(table.rows())


def said(report: imports.Report) -> list[tuple[int, str, str]]:
    return [(row.line, row.outcome.value, row.reason) for row in report.rows]


# Quotation marks


def test_a_quotation_mark_that_is_not_closed_costs_its_own_line_only(session: Session) -> None:
    report = take_customers(
        session, HEADER + 'Jo,Smith,07700900456,"by the door\nAl,Lee,07700900457,\nBo,Fox,07700900458,"tall"\n'
    )

    assert said(report) == [(2, "refused", imports.records.UNCLOSED)]
    assert set(session.scalars(select(Customer.first_name))) == {"Al", "Bo"}


def test_an_event_with_an_open_quotation_mark_takes_no_other_along(session: Session) -> None:
    report = take_events(
        session,
        'Event,Date,Time,Notes\n"Quiz,2027-02-03,20:00,\nOpen Mic,2027-02-04,20:00,"bring, a pen"\n',
    )

    assert said(report) == [(2, "refused", imports.records.UNCLOSED)]
    assert session.scalars(select(Event.name)).all() == ["Open Mic"]


def test_a_booking_with_an_open_quotation_mark_takes_no_other_along(session: Session) -> None:
    an_event(session, name="Quiz Night", starts_at=NOW + days(14), capacity=10)
    a_customer(session, mobile_number="07700900123")
    other = a_customer(session, mobile_number="07700900124")

    report = take_bookings(
        session,
        booking_rows(
            f'07700900123,Jo,Smith,Quiz Night,{ON},4,"window', f'07700900124,,,Quiz Night,{ON},2,"by ""our"" door"'
        ),
    )

    assert said(report) == [(2, "refused", imports.records.UNCLOSED)]
    assert session.scalars(select(Booking.customer_id)).all() == [other.id]


def test_an_event_with_cells_too_many_is_refused(session: Session) -> None:
    report = take_events(session, "Event,Date,Time\nQuiz,2027-02-03,20:00,60\n")

    assert counts(report) == {"refused": 1}


HEADERS_REFUSED = [
    'First Name,"Last Name,Mobile,Notes\n',
    'First Name,Last Name,Mobile,"Notes\n',
    'First Name,Last Name,Mobile,Notes"\n',
    '"First" Name,Last Name,Mobile,Notes\n',
    'First Name,Last Name,Mobile,Notes,"\n',
]


@pytest.mark.parametrize("header", HEADERS_REFUSED)
@pytest.mark.parametrize("notes", ["", '"tall"', '"\nsmall"', '", small"'])
def test_a_quotation_mark_too_many_in_the_headings_is_named(header: str, notes: str) -> None:
    with pytest.raises(BadFile, match="column headings cannot be read"):
        read(f"{header}Jo,Smith,07700900456,{notes}\nAl,Lee,07700900457,\n")


TAKEN = [
    ('Jo,Smith,07700900456,"one\ntwo, three"', "one\ntwo, three"),
    ('Jo,Smith,07700900456,"one\n\n""two"", three, four, five 07\n"', 'one\n\n"two", three, four, five 07\n'),
    ('"Jo","Smith" ,"07700900456","one\r\ntwo"', "one\r\ntwo"),
    ('Jo,Smith,07700900456,a 6" pipe', 'a 6" pipe'),
    ('Jo,Smith,07700900456,""', ""),
    ('Jo,Smith,07700900456,""""', '"'),
]


@pytest.mark.parametrize(("line", "notes"), TAKEN)
def test_what_is_quoted_rightly_is_taken_as_it_is(line: str, notes: str) -> None:
    rows = read(f"{HEADER}{line}\nAl,Lee,07700900457,\n")

    assert [(row.fault, row["first_name"]) for row in rows] == [("", "Jo"), ("", "Al")]
    assert rows[0]["notes"] == notes


def test_a_heading_may_have_a_line_break() -> None:
    rows = read('First Name,Last Name,Mobile,"Anything\nelse"\nJo,Smith,07700900456,\n')

    assert [(row.line, row["first_name"]) for row in rows] == [(3, "Jo")]


def written(rows: list[tuple[str, ...]], *, quoting: Any = csv.QUOTE_MINIMAL, separator: str = ",") -> list[str]:
    """Each row as the line or lines that a spreadsheet writes for it."""
    lines = []
    for row in [HEADINGS, *rows]:
        output = io.StringIO()
        csv.writer(output, quoting=quoting, delimiter=separator, lineterminator="\n").writerow(row)
        lines.append(output.getvalue())
    return lines


def assert_no_customer_is_lost(lines: list[str], rows: list[tuple[str, ...]], *, broken: int, place: int) -> None:
    """With a quotation mark put into one row: each other row is read as it was written, or its line is named."""
    spoilt = lines[broken + 1]
    content = "".join([*lines[: broken + 1], spoilt[:place] + '"' + spoilt[place:], *lines[broken + 2 :]])
    found = read(content)
    taken = {tuple(row[field] for field in FIELDS) for row in found if not row.fault}
    named = {row.line for row in found if row.fault}
    starts = 2
    for number, row in enumerate(rows):
        if number != broken:
            assert row in taken or starts in named, (content, row)
        starts += lines[number + 1].count("\n")
    first = 2 + sum(line.count("\n") for line in lines[1 : broken + 1])
    spoilt_lines = range(first, first + spoilt.count("\n"))
    assert named & set(spoilt_lines) or any(row.line in spoilt_lines for row in found), content


PEOPLE = [
    ("Jo", "Smith", "07700900456", ""),
    ("Al", "Lee", "07700900457", "likes beer, wine"),
    ("Bo", "Fox", "07700900458", "\nby the door"),
    ("Cy", "Day", "07700900459", ', "quoted", '),
    ("Di", "Ash", "07700900460", "one\ntwo\n\nthree, four, five, 6"),
    ("Ed", "Elm", "07700900461", '"'),
    ("Flo", "Oak", "07700900462", "ends with one,"),
    ("Gil", "Fir", "07700900463", ","),
]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("turn", range(len(PEOPLE)))
def test_wherever_a_quotation_mark_is_put_no_other_row_is_lost(quoting: Any, turn: int) -> None:
    rows = PEOPLE[turn:] + PEOPLE[:turn]
    lines = written(rows, quoting=quoting)
    for broken in range(len(rows)):
        for place in range(len(lines[broken + 1]) + 1):
            assert_no_customer_is_lost(lines, rows, broken=broken, place=place)


NAMES = st.text("abcdé '-", min_size=1, max_size=8).map(lambda name: f"x{name}")
NOTES = st.text('ab ,;"\n0', max_size=12)
MOBILES = st.integers(0, 999).map(lambda number: f"07700900{number:03}")


@given(data=st.data(), separator=st.sampled_from([",", ";", "\t"]))
def test_whatever_the_rows_are_none_is_lost(data: st.DataObject, separator: str) -> None:
    rows = data.draw(st.lists(st.tuples(NAMES, NAMES, MOBILES, NOTES), min_size=2, max_size=6))
    lines = written(rows, quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])), separator=separator)
    broken = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(lines[broken + 1])))

    assert_no_customer_is_lost(lines, rows, broken=broken, place=place)


def test_a_file_of_nothing_but_open_quotation_marks_is_read_in_good_time() -> None:
    start = process_time()
    rows = read(HEADER + 'a,"\n' * 20_000 + 'x",",b\n' * 20_000)

    assert len([row for row in rows if row.fault]) > 20_000
    assert process_time() - start < 10


# Another encoding


def test_one_byte_of_another_encoding_is_asked_about_and_harms_no_other_line(session: Session) -> None:
    content = HEADER.encode() + "Seán,Smith,07700900456,\n".encode() + b"Zo\xeb,Lee,07700900457,\n"

    report = take_customers(session, content)

    assert [(row.line, row.outcome, row.column, row.value) for row in report.rows] == [
        (3, "in_doubt", "First Name", "Zoë")
    ]
    assert session.scalars(select(Customer.first_name)).all() == ["Seán"]
    assert counts(take_customers(session, content, add_lines=[3])) == {"unchanged": 1, "new": 1}
    assert set(session.scalars(select(Customer.first_name))) == {"Seán", "Zoë"}
    assert counts(take_customers(session, content)) == {"unchanged": 2}


def test_a_stray_byte_beside_right_accents_leaves_those_right() -> None:
    rows = read(HEADER.encode() + "Seán,Smith,07700900456,café ".encode() + b"\xa35\nZo\xc3\xab,Lee,07700900457,\n")

    assert [(row["first_name"], row["notes"], row.doubtful) for row in rows] == [
        ("Seán", "café £5", ("notes",)),
        ("Zoë", "", ()),
    ]


def test_a_file_that_is_cp1252_throughout_is_read_without_asking() -> None:
    lines = [f"Zo\xeb,Lacharit\xe9,07700900{number:03},caf\xe9" for number in range(20)]
    rows = read((HEADER + "\n".join([*lines, "Al,Lee,07700900457,JOS\xc9’S"])).encode("cp1252"))

    assert {row["first_name"] for row in rows} == {"Zoë", "Al"}
    assert rows[-1]["notes"] == "JOSÉ’S"
    assert not any(row.doubtful or row.fault for row in rows)


def test_a_line_of_utf8_in_a_file_of_cp1252_is_asked_about() -> None:
    lines = [f"Zo\xeb,Lee,07700900{number:03},".encode("cp1252") for number in range(20)]
    rows = read(HEADER.encode() + b"\n".join([*lines, "Seán,Smith,07700900456,".encode()]))

    assert {row["first_name"] for row in rows} == {"Zoë", "Seán"}
    assert [(row["first_name"], row.doubtful) for row in rows if row.doubtful] == [("Seán", ("first_name",))]


def test_a_byte_that_no_encoding_has_is_refused(session: Session) -> None:
    report = take_customers(
        session, HEADER.encode() + "Seán,Smith,07700900456,\n".encode() + b"Zo\x81,Lee,07700900457,\n"
    )

    assert [(row.line, row.outcome) for row in report.rows] == [(3, "refused")]


def test_an_event_and_a_booking_in_another_encoding_are_asked_about_too(session: Session) -> None:
    a_customer(session, first_name="Seán", last_name="Lee", mobile_number="07700900123")
    event_lines = "Event,Date,Time,Notes\nCafé,2027-02-03,20:00,\n".encode() + b"F\xeate,2027-02-04,20:00,\n"
    assert said(take_events(session, event_lines))[0][:2] == (3, "in_doubt")
    assert counts(take_events(session, event_lines, add_lines=[3])) == {"unchanged": 1, "new": 1}

    header = booking_rows()
    rows = "07700900123,Seán,Lee,Café,2027-02-03,0,\n".encode() + b"07700900123,,,Caf\xe9,2027-02-03,0,\n"
    rows += b"07700900123,,,F\xeate,2027-02-04,2,\n"
    report = take_bookings(session, header.encode() + rows)
    assert counts(report) == {"new": 1, "unchanged": 1, "in_doubt": 1}
    assert counts(take_bookings(session, header.encode() + rows, add_lines=[4])) == {"unchanged": 2, "new": 1}
