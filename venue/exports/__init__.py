"""Export customers and guests as CSV files."""

from venue.exports.customers import customers_csv, note_customers
from venue.exports.guests import guests_csv, note_guests

__all__ = [
    "customers_csv",
    "guests_csv",
    "note_customers",
    "note_guests",
]
