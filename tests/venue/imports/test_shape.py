"""What is told about a file before it is imported."""

import io

import pytest

from venue.imports import IMPORTERS, BadFile, FileShape, describe

JO = "First Name;Last Name;Mobile;Wish\nJo;Smith;07700 900456;\nAl;Lee;07700 900457;red\nBo;Lee;07700 900458;red\n"


def shape(content: str | bytes, kind: str = "customers", **mapped: str) -> FileShape:
    return describe(io.BytesIO(content.encode() if isinstance(content, str) else content), IMPORTERS[kind], mapped)


def test_a_file_is_described_from_its_first_lines() -> None:
    found = shape(JO.encode("utf-8-sig"))

    assert (found.encoding, found.separator, found.sheet) == ("utf-8-sig", ";", "")
    assert found.header == ("First Name", "Last Name", "Mobile", "Wish")
    assert found.columns == {"first_name": "First Name", "last_name": "Last Name", "mobile_number": "Mobile"}
    assert found.missing == ()
    assert found.examples == {
        "First Name": ("Jo", "Al", "Bo"),
        "Last Name": ("Smith", "Lee"),
        "Mobile": ("07700 900456", "07700 900457", "07700 900458"),
        "Wish": ("red",),
    }


def test_what_is_missing_is_told_and_a_mapping_supplies_it() -> None:
    content = JO.replace("First Name", "Vorname").replace("Last Name", "Zuname")

    assert shape(content).missing == ("first_name", "last_name")
    found = shape(content, first_name="Vorname", last_name="zuname")
    assert (found.missing, found.columns["last_name"]) == ((), "Zuname")


def test_a_column_with_full_names_is_enough() -> None:
    assert shape("Guest;Tel\nJo Smith;07700 900456\n").missing == ()


def test_what_is_missing_depends_on_the_kind() -> None:
    assert shape(JO, "events").missing == ("name", "on", "at")
    assert shape(JO, "bookings").missing == ("event", "on", "seats")


def test_the_fingerprint_is_that_of_the_headings_alone() -> None:
    same = [JO, JO.replace(";", ","), JO.upper(), JO.replace("Wish", "  Wïsh  "), JO + "Cy;Lee;07700 900459;\n"]

    assert len({shape(content).fingerprint for content in same}) == 1
    assert shape(JO.replace("Wish", "Wishes")).fingerprint != shape(JO).fingerprint
    assert shape("Wish;" + JO).fingerprint != shape(JO).fingerprint


def test_examples_are_short_and_of_the_first_column_with_their_heading() -> None:
    found = shape(f"First Name,Last Name,Mobile,,Notes,Notes\nJo,Smith,07700900456,blank,{'long ' * 40},second\n")

    assert found.header == ("First Name", "Last Name", "Mobile", "", "Notes", "Notes")
    assert found.examples["Notes"] == (("long " * 16)[:80],)
    assert "" not in found.examples


def test_a_ragged_row_and_a_misplaced_quotation_mark_are_no_hindrance() -> None:
    found = shape('First Name,Last Name,Mobile\n"Jo"x,Smith,07700900456\nAl\nBo,Lee,07700900458,more\n')

    assert found.examples["First Name"] == ("Al", "Bo")


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "empty"), ("\n\n", "no column headings"), ("sep=;\n", "no column headings"), (b"\x00PNG", "not a CSV file")],
)
def test_what_cannot_be_read_is_refused(content: str | bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        shape(content)


def test_a_mapped_heading_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadFile, match="no column 'Rufname'"):
        shape(JO, first_name="Rufname")


def test_a_field_that_is_mapped_to_nothing_is_left_out() -> None:
    assert "last_name" not in shape(JO, last_name="").columns
    found = shape(JO, mobile_number="")
    assert ("mobile_number" in found.columns, found.missing) == (False, ("mobile_number",))
