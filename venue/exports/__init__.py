"""Export lists as CSV and Excel files."""

from venue.exports.bookings import booking_list
from venue.exports.customers import customer_list, customers_csv
from venue.exports.events import event_list
from venue.exports.export import Export, Format
from venue.exports.journal import journal_list
from venue.exports.messages import message_list
from venue.exports.writing import note, write

__all__ = [
    "Export",
    "Format",
    "booking_list",
    "customer_list",
    "customers_csv",
    "event_list",
    "journal_list",
    "message_list",
    "note",
    "write",
]
