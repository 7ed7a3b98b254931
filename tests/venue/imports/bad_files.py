"""Broken and hostile files, with the sentence that refuses each: a pattern."""

import random
import struct
from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.venue.imports.spreadsheets import ODS_NAMESPACES, ODS_TYPE, Cell, ods, xlsx, zipped

MB = 1024 * 1024

PEOPLE: list[list[Cell]] = [["First Name", "Last Name", "Mobile"], ["Jo", "Smith", "07700 900456"]]
LINE = b"First Name,Last Name,Mobile\nJo,Smith,07700900456\n"
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 504


def workbook(sheet: str, shared: str = "") -> bytes:
    """An Excel file with this XML in its only sheet, which a program would not write."""
    part = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName="/xl/workbook.xml" '
            f'ContentType="{kind}.sheet.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{part}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{part}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{part}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
            f'Type="{part}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>{escape(shared)}</t></si></sst>',
            "xl/worksheets/sheet1.xml": sheet.replace("<worksheet>", f'<worksheet xmlns="{main}">'),
        }
    )


def in_sheet(rows: str) -> str:
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def cell(place: str) -> str:
    return f'<row><c r="{place}"><v>1</v></c></row>'


def claimed_small(content: bytes) -> bytes:
    """The zip with every size when unzipped in its directory replaced by 10."""
    changed = bytearray(content)
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        struct.pack_into("<I", changed, place + 24, 10)
    return bytes(changed)


def repeated_ods() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-cell></table:table-row>'
    content = (
        f'<office:document-content {ODS_NAMESPACES} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{row}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": ODS_TYPE, "META-INF/manifest.xml": "<m/>", "content.xml": content})


def encrypted_ods() -> bytes:
    return zipped(
        {
            "mimetype": ODS_TYPE,
            "META-INF/manifest.xml": "<manifest:manifest><manifest:encryption-data/></manifest:manifest>",
            "content.xml": b"\x93\x11",
        }
    )


def noise(size: int) -> bytes:
    return random.Random(17).randbytes(size)


def compound(part: str) -> bytes:
    return COMPOUND + part.encode("utf-16-le")


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "The file is empty"),
    "only a BOM": (lambda: b"\xef\xbb\xbf", "no column headings"),
    "only line breaks": (lambda: b"\r\n" * 100_000, "no column headings"),
    "only separators": (lambda: b",,,\n" * 100_000, "no column headings"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + noise(MB), "This is a picture"),
    "JPEG": (lambda: b"\xff\xd8\xff\xe0" + noise(MB), "This is a picture"),
    "PDF": (lambda: b"%PDF-1.7\n" + noise(MB), "This is a PDF"),
    "web page called .xls": (lambda: b"\xef\xbb\xbf \n<HTML><table><tr><td>Jo", "This is a web page"),
    "XML": (lambda: b'<?xml version="1.0"?><Workbook/>', "This is an XML file"),
    "contact cards": (lambda: b"BEGIN:VCARD\nFN:Jo Smith\n", "file of contact cards"),
    "gzip": (lambda: b"\x1f\x8b\x08" + noise(1000), "This file is compressed"),
    "noise": (lambda: noise(MB), "not a CSV file|cannot be read|is longer"),
    "NULs in a list": (lambda: LINE * 1000 + b"Al,\0Lee,07700900457\n", "not a CSV file"),
    "NULs": (lambda: b"\0" * MB, "not a CSV file"),
    "half a character of UTF-16": (lambda: LINE.decode().encode("utf-16")[:-1], "cannot be read from line 2"),
    "one line of 60 MB": (lambda: b"a" * 60 * MB, "Line 1 is longer than 1,000,000 characters"),
    "one line of 60 MB in UTF-16": (lambda: ("a" * 30 * MB).encode("utf-16"), "Line 1 is longer"),
    "a long line below": (lambda: LINE + b'"' + b"a" * 10 * MB, "Line 3 is longer than 1,000,000 characters"),
    "a million columns": (lambda: b"," * 999_990 + b"a\n", "The file has 999,991 columns"),
    "a million quoted columns": (lambda: b'"",' * 300_000 + b"a\n", "The file has 300,001 columns"),
    "a million quotation marks": (lambda: b'"' * 999_999 + b"\n", "no column headings"),
    "65 MB": (lambda: LINE * (65 * MB // len(LINE)), "The file is larger than 64 MB: split it"),
    "zip of folders": (lambda: zipped({"a/": b"", "a/b/": b""}), "This is not a spreadsheet"),
    "zip without entries": (lambda: zipped({}), "This is not a spreadsheet"),
    "zip of a CSV file": (lambda: zipped({"people.csv": LINE}), "This is not a spreadsheet"),
    "Word document": (lambda: zipped({"word/document.xml": b"<w/>"}), "This is a Word document"),
    "presentation": (lambda: zipped({"ppt/presentation.xml": b"<p/>"}), "This is a presentation"),
    "Numbers file": (lambda: zipped({"Index/Document.iwa": b"x"}), "This is a Numbers file"),
    "start of a zip": (lambda: b"PK\x03\x04" + noise(1000), "is damaged"),
    "half a spreadsheet": (lambda: xlsx(PEOPLE)[:3000], "is damaged"),
    "spreadsheet with noise": (lambda: xlsx(PEOPLE)[:900] + noise(200) + xlsx(PEOPLE)[1100:], "is damaged|too large"),
    "spreadsheet without sheets": (
        lambda: zipped({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"}),
        "is damaged|no sheet",
    ),
    "spreadsheet without cells": (lambda: xlsx([]), "no sheet with cells"),
    "OpenDocument without cells": (lambda: ods([]), "no sheet with cells"),
    "a cell in the last place": (lambda: xlsx([["x"], *([[]] * 1_048_574), [*([None] * 16_383), "y"]]), "too large"),
    "a claimed place": (lambda: workbook(in_sheet(cell("A1") + cell("XFD1048576"))), "too large"),
    "a place outside": (lambda: workbook(in_sheet(cell("ZZZZZZ99999999999"))), "is damaged|too large"),
    "broken XML": (lambda: workbook("<worksheet><sheetData><row>"), "is damaged|no sheet"),
    "entities": (lambda: workbook('<!DOCTYPE a [<!ENTITY b "&a;&a;">]>' + in_sheet("&b;")), "damaged|no sheet"),
    "a text in many cells": (
        lambda: workbook(in_sheet("<row>" + '<c t="s"><v>0</v></c>' * 16_000 + "</row>"), "x" * 32_000),
        "more than 1,000,000 characters|too large",
    ),
    "a text in many rows": (
        lambda: workbook(in_sheet('<row><c t="s"><v>0</v></c></row>' * 100_000), "x" * 32_000),
        "too large",
    ),
    "zip bomb": (lambda: workbook(in_sheet(" " * 100 * MB)), "too large"),
    "zip bomb that claims to be small": (lambda: claimed_small(workbook(in_sheet(" " * 100 * MB))), "large|damaged"),
    "very many entries": (lambda: zipped({"xl/a": "", **{f"xl/{n}": "" for n in range(6_000)}}), "too large"),
    "repeated cells": (repeated_ods, "too large|is damaged"),
    "password in OpenDocument": (encrypted_ods, "protected with a password"),
    "password in Excel": (lambda: compound("EncryptedPackage"), "protected with a password"),
    "old Word document": (lambda: compound("WordDocument"), "This is a Word document"),
    "e-mail": (lambda: compound("__properties_version1.0"), "This is an e-mail"),
    "start of an old Excel file": (lambda: COMPOUND + noise(5000), "is damaged|too large"),
}  # fmt: skip
