"""Recognise files that are no list, whatever they are called, and say what to do instead."""

from typing import BinaryIO

from venue.imports.encodings import BadFile, check_size

# By how the file begins, after blanks; in lower case where there are letters.
_FORMATS = {
    b"%pdf": "This is a PDF: ask for the list as CSV or Excel",
    b"\x89png": "This is a picture: save the list as CSV or Excel",
    b"\xff\xd8\xff": "This is a picture: save the list as CSV or Excel",
    b"gif8": "This is a picture: save the list as CSV or Excel",
    b"begin:vcard": "This is a file of contact cards: open it in an address book, and export from there as CSV",
    b"begin:vcalendar": "This is a calendar file: save its events in a spreadsheet as CSV or Excel",
    b"{\\rtf": "This is a text document: copy its table to a spreadsheet, and save that as CSV or Excel",
    b"<!doctype html": "This is a web page: open it in a spreadsheet program, and save it as CSV or Excel",
    b"<html": "This is a web page: open it in a spreadsheet program, and save it as CSV or Excel",
    b"<table": "This is a web page: open it in a spreadsheet program, and save it as CSV or Excel",
    b"<?xml": "This is an XML file: open it in a spreadsheet program, and save it as CSV or Excel",
    b"\x1f\x8b": "This file is compressed: unpack it first",
    b"7z\xbc\xaf\x27\x1c": "This file is compressed: unpack it first",
    b"rar!": "This file is compressed: unpack it first",
    b"sqlite format 3": "This is a database: export the list from its program as CSV or Excel",
}
_LONGEST = 64


def check_format(stream: BinaryIO) -> None:
    """Raises BadFile for an empty or too large file, and for one that is known to be no list."""
    check_size(stream)
    stream.seek(0)
    start = stream.read(_LONGEST)
    if not start:
        raise BadFile("The file is empty")
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for begins, problem in _FORMATS.items():
        if start.startswith(begins):
            raise BadFile(problem)
