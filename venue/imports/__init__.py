"""Bringing a venue's CSV files in: nothing guessed, nobody texted, every row that was not simply taken reported."""

from venue.imports.bookings import import_bookings
from venue.imports.customers import import_customers
from venue.imports.encodings import BadFile
from venue.imports.events import import_events
from venue.imports.report import Outcome, Report, ReportRow
from venue.imports.table import Table, open_table

__all__ = [
    "BadFile",
    "Outcome",
    "Report",
    "ReportRow",
    "Table",
    "import_bookings",
    "import_customers",
    "import_events",
    "open_table",
]
