"""The orders in which the customer list can be sorted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func

from db.types import FirstNameKey
from venue.customers import booking_status
from venue.customers.booking_status import Columns

Keys = tuple[ColumnElement[Any], ...]

# The sort keys of each order, from the columns of customers and the instant at which the venue's day began. Each ends
# with the id, which makes the order total.
ORDERS: dict[str, Callable[[Columns, datetime], Keys]] = {
    "name": lambda c, _: (c.sort_key, c.id),
    "first_name": lambda c, _: (FirstNameKey(c.sort_key), c.sort_key, c.id),
    "mobile_number": lambda c, _: (c.mobile_number, c.id),
    "created_at": lambda c, _: (c.created_at, c.id),
    # These have no index, so all matching rows are sorted. One depends on today, the other is rarely used.
    "bookings": lambda c, today: (booking_status.rank(c, today), c.sort_key, c.id),
    "notes": lambda c, _: (case((c.notes == "", 1), else_=0), func.lower(c.notes), c.id),
}

# The name of each order on the screen, in the address and in saved views, and its arguments of `customers.search`: what
# it is sorted by, and whether it is descending.
SORTS = {
    "Last name": ("name", False),
    "Last name, Z first": ("name", True),
    "First name": ("first_name", False),
    "First name, Z first": ("first_name", True),
    "Mobile number": ("mobile_number", False),
    "Mobile number, 9 first": ("mobile_number", True),
    "Bookings": ("bookings", False),
    "Bookings, none first": ("bookings", True),
    "Notes": ("notes", False),
    "Notes, none first": ("notes", True),
    "Newest first": ("created_at", True),
    "Oldest first": ("created_at", False),
}
DEFAULT_SORT = "Last name"


@dataclass(frozen=True)
class Order:
    """One of ORDERS, and its direction. An unknown `sort` is sorted by name."""

    sort: str
    descending: bool
    today: datetime

    def keys(self, columns: Columns) -> Keys:
        return ORDERS.get(self.sort, ORDERS["name"])(columns, self.today)

    def directed(self, keys: Keys, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """The keys for `order_by`; `backwards` reads the list from its end."""
        return [key.desc() for key in keys] if self.descending != backwards else list(keys)
