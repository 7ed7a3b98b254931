"""Import a venue's files. Nothing is guessed, no texts are sent, and every row that needs attention is reported."""

from collections.abc import Mapping
from typing import BinaryIO

from venue.imports.bookings import IMPORTER as BOOKINGS
from venue.imports.bookings import import_bookings
from venue.imports.customers import IMPORTER as CUSTOMERS
from venue.imports.customers import import_customers
from venue.imports.encodings import BadFile
from venue.imports.events import IMPORTER as EVENTS
from venue.imports.events import import_events
from venue.imports.importer import Importer
from venue.imports.report import Outcome, Report, ReportRow
from venue.imports.shape import FileShape, shape_of
from venue.imports.table import Table, open_table

__all__ = [
    "BOOKINGS",
    "CUSTOMERS",
    "EVENTS",
    "IMPORTERS",
    "BadFile",
    "FileShape",
    "Importer",
    "Outcome",
    "Report",
    "ReportRow",
    "Table",
    "describe",
    "import_bookings",
    "import_customers",
    "import_events",
    "open_table",
]

# By the kind of what a file has.
IMPORTERS: Mapping[str, Importer] = {"customers": CUSTOMERS, "events": EVENTS, "bookings": BOOKINGS}


def describe(stream: BinaryIO, kind: str, mapped: Mapping[str, str] | None = None) -> FileShape:
    """What is in a file of this kind ("customers", "events" or "bookings"), read from its first lines.

    `mapped` (field → heading) comes before the headings that are recognised. Raises BadFile.
    """
    return shape_of(stream, IMPORTERS[kind], mapped=mapped)
