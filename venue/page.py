"""Cutting a list into pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row_co = TypeVar("Row_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[Row_co]):
    """Some rows of a list, and how many there are on all pages. `page` counts from 1; it is None where the rows were
    reached by a jump into the middle, which gives no number."""

    rows: Sequence[Row_co]
    total: int
    page: int | None
    page_size: int

    @property
    def pages(self) -> int:
        return count_pages(self.total, self.page_size)


def count_pages(total: int, page_size: int) -> int:
    """How many pages there are: an empty list has one, which is empty."""
    return max(1, -(-total // page_size))


def nearest_page(page: int, total: int, page_size: int) -> int:
    """The number of an existing page: this one, or else the first or the last."""
    return min(max(1, page), count_pages(total, page_size))


def offset_of(page: int, page_size: int) -> int:
    """How many rows come before a page."""
    return (page - 1) * page_size
