"""When bulk texts may be sent, how often, and what they cost, as the environment says."""

import re
from dataclasses import dataclass
from datetime import time
from decimal import ROUND_CEILING, Decimal
from typing import Self

from venue.clock import Hours

DEFAULT_HOURS = Hours(time(9), time(20))


@dataclass(frozen=True)
class Price:
    """What one segment of a text costs, in the currency of this sign."""

    sign: str
    amount: Decimal

    @classmethod
    def read(cls, typed: str) -> Self:
        """Parse a price like "£0.04". Raises ValueError with what to type."""
        match = re.fullmatch(r"([^\d\s.,-]{1,3})\s?(\d{1,3}(?:\.\d{1,5})?)", typed.strip())
        if not match:
            raise ValueError("give the price of one segment like £0.04")
        return cls(match[1], Decimal(match[2]))

    def of(self, segments: int) -> str:
        """The price of this number of segments, rounded up to a hundredth."""
        total = (self.amount * segments).quantize(Decimal("0.01"), rounding=ROUND_CEILING)
        return f"{self.sign}{total:,}"


@dataclass(frozen=True)
class BulkTexts:
    """Bulk texts are sent only within `hours` (None = always), and to a number not again within `days_apart` days.

    `price` is that of one segment, None if it is not known. `can_be_answered` is whether a guest can answer the sender
    of texts, so that STOP arrives.
    """

    hours: Hours | None = DEFAULT_HOURS
    days_apart: int = 7
    price: Price | None = None
    can_be_answered: bool = True
