"""Import a venue's CSV files. Nothing is guessed, no texts are sent, and every row that needs attention is reported."""

from venue.imports.bookings import IMPORTER as BOOKINGS
from venue.imports.bookings import import_bookings
from venue.imports.customers import IMPORTER as CUSTOMERS
from venue.imports.customers import import_customers
from venue.imports.encodings import BadFile
from venue.imports.events import IMPORTER as EVENTS
from venue.imports.events import import_events
from venue.imports.importer import Importer
from venue.imports.report import Outcome, Report, ReportRow
from venue.imports.table import Table, open_table

__all__ = [
    "BOOKINGS",
    "CUSTOMERS",
    "EVENTS",
    "BadFile",
    "Importer",
    "Outcome",
    "Report",
    "ReportRow",
    "Table",
    "import_bookings",
    "import_customers",
    "import_events",
    "open_table",
]
