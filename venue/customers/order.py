"""The orders of the list of customers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func

from db.types import FirstNameKey
from venue.customers import booking_status
from venue.customers.booking_status import Columns

Keys = tuple[ColumnElement[Any], ...]

# What a list is sorted by, from the columns of customers and the instant at which the venue's day began. Each ends with
# the id, so that no two customers have the same place.
ORDERS: dict[str, Callable[[Columns, datetime], Keys]] = {
    "name": lambda c, _: (c.sort_key, c.id),
    "first_name": lambda c, _: (FirstNameKey(c.sort_key), c.sort_key, c.id),
    "mobile_number": lambda c, _: (c.mobile_number, c.id),
    "created_at": lambda c, _: (c.created_at, c.id),
    # These have no index, so that all who match are sorted: one changes with the day, the other is hardly used.
    "bookings": lambda c, today: (booking_status.rank(c, today), c.sort_key, c.id),
    "notes": lambda c, _: (case((c.notes == "", 1), else_=0), func.lower(c.notes), c.id),
}


@dataclass(frozen=True)
class Order:
    """One of ORDERS, or the usual one for any other `sort`, and its direction."""

    sort: str
    descending: bool
    today: datetime

    def keys(self, columns: Columns) -> Keys:
        return ORDERS.get(self.sort, ORDERS["name"])(columns, self.today)

    def directed(self, keys: Keys, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """For `order_by`. Read backwards, the list begins at its end."""
        return [key.desc() for key in keys] if self.descending != backwards else list(keys)
