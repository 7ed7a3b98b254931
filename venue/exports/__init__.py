"""Export customers and guests as CSV files."""

from venue.exports.customers import customers_csv
from venue.exports.guests import guests_csv

__all__ = [
    "customers_csv",
    "guests_csv",
]
