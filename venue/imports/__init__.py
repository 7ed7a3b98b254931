"""Import a venue's files. Nothing is guessed, no texts are sent, and every row that needs attention is reported."""

from collections.abc import Mapping
from typing import BinaryIO

from sqlalchemy.orm import Session

from venue import fields
from venue.imports.bookings import IMPORTER as BOOKINGS
from venue.imports.bookings import import_bookings
from venue.imports.customers import IMPORTER as CUSTOMERS
from venue.imports.customers import import_customers
from venue.imports.encodings import BadFile
from venue.imports.events import IMPORTER as EVENTS
from venue.imports.events import import_events
from venue.imports.importer import Importer
from venue.imports.own_values import with_fields
from venue.imports.report import Outcome, Report, ReportRow
from venue.imports.shape import FileShape, shape_of
from venue.imports.table import Table, open_table
from venue.roles import Permission, require

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
    "importer_for",
    "open_table",
]

# By the kind of what a file has.
IMPORTERS: Mapping[str, Importer] = {"customers": CUSTOMERS, "events": EVENTS, "bookings": BOOKINGS}


def importer_for(session: Session, kind: str) -> Importer:
    """The importer of files of this kind; of customers, it knows the venue's own fields too."""
    require(session, Permission.IMPORT, ask_again=False)
    importer = IMPORTERS[kind]
    return with_fields(importer, fields.listed(session)) if importer is CUSTOMERS else importer


def describe(stream: BinaryIO, importer: Importer, mapped: Mapping[str, str] | None = None) -> FileShape:
    """What is in a file, read from its first lines.

    `mapped` (field → heading) comes before the headings that are recognised. Raises BadFile.
    """
    return shape_of(stream, importer, mapped=mapped)
