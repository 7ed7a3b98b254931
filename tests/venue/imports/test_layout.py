"""How a file may begin, what separates its cells, and how a spreadsheet writes a number as text."""

import io
from datetime import date
from time import process_time

import pytest

from tests.venue.imports.spreadsheets import Cell, xlsx
from tests.venue.imports.taking import read_customers
from venue import imports
from venue.imports import BadFile
from venue.imports.table import Row

JO = "First Name,Last Name,Mobile,Notes\nJo,Smith,07700900456,red\n"


def people(content: str | bytes, **mapped: str) -> list[tuple[int, str, str, str]]:
    return [
        (row.line, row["first_name"], row["mobile_number"], row["notes"]) for row in read_customers(content, **mapped)
    ]


SEPARATED = [
    (",", JO),
    (";", JO.replace(",", ";")),
    ("\t", JO.replace(",", "\t")),
    ("|", JO.replace(",", "|")),
    # Other separators in the headings and the cells do not count.
    ("|", "First Name|Last Name|Mobile|Notes, wishes, birthdays, and more\nJo|Smith|07700900456|a, b, c, d\n"),
    (";", "First Name;Last Name;Mobile;Wishes, birthdays, likes, dislikes\nJo;Smith;07700900456;a, b, c, d\n"),
]


@pytest.mark.parametrize(("separator", "content"), SEPARATED)
def test_the_separator_is_found(separator: str, content: str) -> None:
    assert imports.CUSTOMERS.open(io.BytesIO(content.encode())).file.separator == separator
    assert people(content)[0][:3] == (2, "Jo", "07700900456")


BEGINNINGS = ["\n", "\r\n", ",,,\r\n", ";;;\n", '"",""\n', " \t \n", "\n,,,\n\n", "\xa0\n"]


@pytest.mark.parametrize("before", BEGINNINGS)
def test_blank_lines_before_the_header_are_skipped_and_counted(before: str) -> None:
    line = 2 + before.count("\n")

    assert people(before + JO) == [(line, "Jo", "07700900456", "red")]


TOLD = [
    ("sep=;\n", ";"),
    ("SEP=;\r\n", ";"),
    ('"sep=;"\n', ";"),
    ("sep=|\n", "|"),
    ("sep=^\n", "^"),
    ("sep=\t\n", "\t"),
    # Saved again by another program, with its own separators.
    ("sep=;,,,\n", ","),
    ("\nsep=;\n\n", ";"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("before", "separator"), TOLD)
def test_a_line_that_tells_the_separator_is_followed(before: str, separator: str, encoding: str) -> None:
    content = (before + JO.replace(",", separator)).encode(encoding)

    assert people(content) == [(2 + before.count("\n"), "Jo", "07700900456", "red")]


@pytest.mark.parametrize("content", ["\n\n", ",,,\n", "sep=;\n", "sep=;\n;;\n", " "])
def test_a_file_without_a_header_is_refused(content: str) -> None:
    with pytest.raises(BadFile, match="no column for First Name"):
        read_customers(content)


AS_TEXT = ['="07700900457"', '"=""07700900457"""', ' ="07700900457" ', '"07700900457"', "'07700900457"]


@pytest.mark.parametrize("cell", AS_TEXT)
@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_a_number_that_excel_keeps_as_text_is_read(cell: str, separator: str) -> None:
    content = f'First Name,Last Name,Mobile,Notes\n="Jo",Smith,{cell},"a\nb"\n'.replace(",", separator)

    assert [(row[1], row[2].lstrip("'"), row[3]) for row in people(content)] == [("Jo", "07700900457", "a\nb")]


def test_text_that_excel_keeps_may_have_separators_and_quotation_marks() -> None:
    content = '="First Name",="Last Name",="Mobile",="Notes"\nJo,Smith,="07700900457",="by the ""door"", left"\n'

    assert people(content) == [(2, "Jo", "07700900457", 'by the "door", left')]


def test_an_exported_note_in_that_form_stays_as_it_is() -> None:
    assert people(JO.replace("red", '"\'=""red"""'))[0][3] == '="red"'


MAPPED = [
    ("  Vorname ", "  Vorname "),
    ("  Vorname ", "Vorname"),
    ("Vorname", "  Vorname "),
    ("\xa0Vorname\t", "\xa0Vorname\t"),
    ("Vor  name", "vor name"),
    ("VORNAME:", "Vorname"),
]


@pytest.mark.parametrize(("heading", "wanted"), MAPPED)
def test_a_column_is_mapped_by_its_heading_with_or_without_blanks(heading: str, wanted: str) -> None:
    content = JO.replace("First Name", f'"{heading}"')

    assert people(content, first_name=wanted)[0][1] == "Jo"


@pytest.mark.parametrize("wanted", ["Rufname", "", " ", "?"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(wanted: str) -> None:
    with pytest.raises(BadFile, match=r"no column .*Its columns are: First Name, Last Name, Mobile, Notes"):
        read_customers(JO.replace("Notes", "Notes,"), first_name=wanted)


def test_two_columns_that_read_the_same_are_not_guessed_between() -> None:
    with pytest.raises(BadFile, match="no column 'vorname'"):
        read_customers("Vorname,VORNAME,Last Name,Mobile\nJo,Al,Smith,07700900456\n", first_name="vorname")


def row_faults(rows: list[Row]) -> list[str]:
    return [row.fault for row in rows]


def test_a_ragged_row_of_pipes_is_named() -> None:
    rows = read_customers(JO.replace(",", "|") + "Al|Lee\n")

    assert row_faults(rows) == ["", imports.table.RAGGED]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_that_is_too_large_is_refused_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports.encodings, "LARGEST", 1024 * 1024)
    with pytest.raises(BadFile, match="larger than 1 MB: split it"):
        read_customers((JO + "\n" * 1024 * 1024).encode(encoding))


def test_a_header_of_very_many_phone_columns_is_read_in_good_time() -> None:
    start = process_time()
    rows = read_customers("First Name,Last Name" + ",Phone" * 16_000 + "\nJo,Smith" + ",07700900457" * 16_000 + "\n")

    assert [len(row.phones) for row in rows] == [16_000]
    assert process_time() - start < 10


TITLES = [
    "Customers exported on 3 May 2026\n",
    "Customers, exported on 3 May 2026\n\n",
    "The Anchor\n\nGuests\n,,,\n",
    "Report;Guest list\n",
    "Mobile\n",
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("title", TITLES)
def test_title_lines_above_the_header_are_skipped_and_counted(title: str, separator: str) -> None:
    line = 2 + title.count("\n")

    assert people(title + JO.replace(",", separator)) == [(line, "Jo", "07700900456", "red")]


def test_a_title_is_not_looked_for_below_the_twentieth_line() -> None:
    with pytest.raises(BadFile, match="no column for First Name"):
        people("Customers\n" * 20 + JO)
    assert people("Customers\n" * 19 + JO) == [(21, "Jo", "07700900456", "red")]


NO_TITLES = [
    # As many cells as the line with usual headings: that one is a row.
    "Vorname,Zuname,Art,Nummer\nMobile,First,Smith,07700900456\n",
    "Vorname,Zuname,Art,Nummer,Notiz\nJo,Smith,Mobile,First Name,\n",
]


@pytest.mark.parametrize("content", NO_TITLES)
def test_a_row_with_words_like_headings_is_no_header(content: str) -> None:
    rows = read_customers(content, first_name="Vorname", last_name="Zuname", mobile_number="Nummer")

    assert [row.line for row in rows] == [2]


def test_a_title_in_a_spreadsheet_is_skipped() -> None:
    header: list[Cell] = ["First Name", "Last Name", "Mobile"]
    content = xlsx([["Customers exported on", date(2026, 5, 3)], [], header, ["Jo", "Smith", "07700900456"]])

    assert people(content) == [(4, "Jo", "07700900456", "")]
