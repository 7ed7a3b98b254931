"""Columns of a file of customers that are the venue's own fields: imported and exported by their names."""

import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.makers import NOW, a_booking, a_customer, hours
from tests.venue.fields.making import a_field, choice_id, words_of
from tests.venue.imports.taking import counts, take_customers
from venue import acts, customers, exports, fields, imports
from venue.exports import Format
from venue.journal.undo import undo

KINDS = {"Allergies": "text", "Table": "number", "Birthday": "day", "Has a dog": "flag", "Place": "choice"}
HEADER = "First Name,Last Name,Mobile,Notes,ALLERGIES,Table,Birthday,Has a dog,Place\n"
JO = "Jo,Smith,07700 900123,,"
LATER = NOW + hours(1)


@pytest.fixture
def own(session: Session) -> dict[str, UUID]:
    return {name: a_field(session, name, kind) for name, kind in KINDS.items()}


def take(session: Session, *rows: str, header: str = HEADER, **how: Any) -> Any:
    return take_customers(session, "\n".join([header.strip(), *rows, ""]), **how)


def said(report: Any) -> list[tuple[str, str, str]]:
    return [(row.outcome.value, row.column, row.reason) for row in report.rows]


def words(session: Session) -> dict[str, str]:
    return words_of(session, customers.search(session, "07700 900123", now=NOW).rows[0].id)


def test_a_new_customer_gets_what_is_in_the_columns(session: Session, own: dict[str, UUID]) -> None:
    report = take(session, f"{JO}nuts,12.5,6/3/1980,yes,snug", "Ann,Lee,07700 900124,,,,,,")
    assert counts(report) == {"new": 2}
    assert words(session) == {
        "Allergies": "nuts", "Table": "12.5", "Birthday": "6 March 1980", "Has a dog": "Yes", "Place": "Snug",
    }  # fmt: skip


def test_every_value_that_does_not_fit_is_reported_with_its_line(session: Session, own: dict[str, UUID]) -> None:
    report = take(session, f"{JO},many,soon,perhaps,Roof")
    assert counts(report) == {"refused": 1}
    assert {(row.line, row.column, row.value): row.reason for row in report.rows} == {
        (2, "Table", "many"): "Table is not a number: write it like 12 or 12.5",
        (2, "Birthday", "soon"): "Birthday is not a date: write it like 31/12/2026",
        (2, "Has a dog", "perhaps"): "Has a dog is neither yes nor no",
        (2, "Place", "Roof"): "Place has no choice ‘Roof’. Choose from: Bar, Garden, Snug",
    }


def test_a_known_customer_is_changed_and_an_empty_cell_changes_nothing(session: Session, own: dict[str, UUID]) -> None:
    a_customer(session, mobile_number="07700 900123", own={own["Allergies"]: "milk", own["Table"]: 4})
    report = take(session, f"{JO}nuts,,,no,")
    assert said(report) == [("changed", "ALLERGIES", "It was: milk"), ("changed", "Has a dog", "It was empty")]
    assert counts(report) == {"changed": 1}
    assert words(session) == {"Allergies": "nuts", "Table": "4", "Has a dog": "No"}
    assert counts(take(session, f"{JO}nuts,4,,no,")) == {"unchanged": 1}


def test_notes_and_values_are_changed_at_once(session: Session, own: dict[str, UUID]) -> None:
    a_customer(session, mobile_number="07700 900123")
    report = take(session, "Jo,Smith,07700 900123,Regular,nuts,,,,")
    assert counts(report) == {"changed": 1}
    assert customers.search(session, "Smith", now=NOW).rows[0].notes == "Regular"
    assert words(session) == {"Allergies": "nuts"}


def test_two_rows_of_one_customer_with_other_values_are_asked_about(session: Session, own: dict[str, UUID]) -> None:
    report = take(session, f"{JO}nuts,,,,", f"{JO}milk,,,,", f"{JO},5,,,")
    assert counts(report) == {"new": 1, "in_doubt": 1, "changed": 1}
    assert said(report)[0] == (
        "in_doubt", "ALLERGIES", "The same customer appears earlier in this file with other values: which are right?",
    )  # fmt: skip
    assert words(session) == {"Allergies": "nuts", "Table": "5"}


def test_a_choice_that_is_no_longer_offered_is_kept_and_not_given(session: Session, own: dict[str, UUID]) -> None:
    a_customer(session, mobile_number="07700 900123", own={own["Place"]: "Bar"})
    fields.retire_choice(session, choice_id(session, own["Place"], "Bar"), now=NOW)
    assert counts(take(session, f"{JO},,,,Bar")) == {"unchanged": 1}
    report = take(session, "Ann,Lee,07700 900124,,,,,,Bar")
    assert said(report) == [("refused", "Place", "This choice is no longer offered: choose another one")]


def test_a_column_belongs_to_the_own_field_of_its_name(session: Session) -> None:
    a_field(session, "Comments")
    a_field(session, "Emergency phone")
    header = "First Name,Last Name,Mobile,Comments,Emergency phone"
    report = take(session, "Jo,Smith,07700 900123,Loud,07700 900999", header=header)
    assert (counts(report), report.rows) == ({"new": 1}, [])
    assert words(session) == {"Comments": "Loud", "Emergency phone": "07700 900999"}
    assert customers.search(session, "Smith", now=NOW).rows[0].notes == ""


def test_an_import_is_undone_with_its_values(session: Session, own: dict[str, UUID]) -> None:
    ann = a_customer(session, first_name="Ann", last_name="Lee", mobile_number="07700 900124", own={own["Table"]: 4})
    take(session, f"{JO}nuts,,,,", "Ann,Lee,07700 900124,,milk,5,,,", now=LATER)
    entry_id = acts.last_entry(session) or 0
    session.expire_all()
    undo(session, entry_id, now=LATER + hours(1))
    session.expire_all()
    assert customers.search(session, "Smith", now=NOW).total == 0
    assert words_of(session, ann.id) == {"Table": "4"}


def test_a_customer_who_stays_at_an_undo_keeps_the_values_of_the_import(session: Session, own: dict[str, UUID]) -> None:
    take(session, f"{JO}nuts,,,,", "Ann,Lee,07700 900124,,milk,5,,,")
    entry_id = acts.last_entry(session) or 0
    a_booking(session, customers.get(session, customers.search(session, "07700 900123", now=NOW).rows[0].id))

    done = undo(session, entry_id, now=LATER)

    assert done.left == ["Jo Smith: was booked since"]
    assert words(session) == {"Allergies": "nuts"}


@pytest.mark.parametrize("file_format", list(Format))
def test_what_is_exported_is_imported_without_a_change(
    session: Session, own: dict[str, UUID], file_format: Format
) -> None:
    hard = ["=1+1", "'x", "-", "+33 6", "a,b;c|d", "1/2", "007", "é🎉"]
    for number, text in enumerate(hard):
        values = {own["Allergies"]: text, own["Table"]: -number / 2, own["Birthday"]: f"19{80 + number}-01-02"}
        more = {own["Has a dog"]: number % 2 == 0, own["Place"]: "Snug"}
        a_customer(session, first_name="Jo", last_name=f"Smith {number}", own={**values, **more})
    a_customer(session, last_name="Without")
    export = exports.customer_list(session, now=NOW)
    assert [column.heading for column in export.columns][-5:] == list(KINDS)
    file = b"".join(exports.write(export, file_format))
    table = imports.importer_for(session, "customers").open(io.BytesIO(file))
    report = imports.import_customers(session, table, now=NOW)
    assert (counts(report), report.rows) == ({"unchanged": len(hard) + 1}, [])
